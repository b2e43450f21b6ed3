//! The numbers that new rows get.

use passgate_gate::store::StoreError;

use crate::sql::{Sql, values};

/// The next free number of a counter.
pub(super) async fn next(sql: &mut dyn Sql, counter: &'static str) -> Result<i32, StoreError> {
    const NEXT: &str = "UPDATE counters SET last = last + 1 WHERE name = ?1 RETURNING last";
    match sql.first(NEXT, values![counter]).await? {
        Some(mut row) => row.next("counters", "last"),
        None => Err(StoreError::Corrupt { table: "counters", column: "name" }),
    }
}

/// Sees to it that a number given from outside is not given again.
pub(super) async fn skip(sql: &mut dyn Sql, counter: &'static str, number: i32) -> Result<(), StoreError> {
    const SKIP: &str = "UPDATE counters SET last = ?2 WHERE name = ?1 AND last < ?2";
    sql.execute(SKIP, values![counter, number]).await?;
    Ok(())
}
