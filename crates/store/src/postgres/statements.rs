//! How the statements of acts run on a connection: placeholders, hints, parameters and cells.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use async_trait::async_trait;
use bytes::BytesMut;
use deadpool_postgres::ClientWrapper;
use passgate_gate::store::StoreError;
use tokio_postgres::Statement;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::errors::{Cause, cause, store_error};
use super::text;
use crate::rows::{Cell, Row};
use crate::sql::{Sql, Value};

/// The statements of one transaction.
pub(super) struct Statements<'c> {
    client: &'c ClientWrapper,
    /// Why a statement failed. The server has undone the transaction then, whatever the act makes of it.
    pub(super) failed: Option<Cause>,
}

impl<'c> Statements<'c> {
    pub(super) fn new(client: &'c ClientWrapper) -> Self {
        Self { client, failed: None }
    }

    async fn prepared(&mut self, sql: &'static str) -> Result<Statement, StoreError> {
        let prepared = self.client.prepare_cached(&translated(sql)).await;
        prepared.map_err(|error| self.noted(error))
    }

    fn noted(&mut self, error: tokio_postgres::Error) -> StoreError {
        self.failed.get_or_insert_with(|| cause(&error));
        store_error(error)
    }
}

#[async_trait]
impl Sql for Statements<'_> {
    async fn query(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepared(sql).await?;
        let bound = bound(values);
        let rows = self.client.query(&statement, &parameters(&bound)).await;
        let rows = rows.map_err(|error| self.noted(error))?;
        Ok(rows.iter().map(row).collect())
    }

    async fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let statement = self.prepared(sql).await?;
        let bound = bound(values);
        let changed = self.client.execute(&statement, &parameters(&bound)).await;
        changed.map_err(|error| self.noted(error))
    }
}

/// The server's words for a statement, made once.
fn translated(sql: &'static str) -> Arc<str> {
    static TRANSLATED: LazyLock<RwLock<HashMap<&'static str, Arc<str>>>> = LazyLock::new(RwLock::default);
    if let Some(known) = TRANSLATED.read().unwrap_or_else(PoisonError::into_inner).get(sql) {
        return known.clone();
    }
    let text: Arc<str> = translate(sql).into();
    TRANSLATED.write().unwrap_or_else(PoisonError::into_inner).insert(sql, text.clone());
    text
}

/// `?1` becomes `$1`; what stands in a hint, `/*+ .. */`, is read. No literal holds a `?`, see `crate::sql`.
fn translate(sql: &str) -> String {
    sql.replace('?', "$").replace("/*+", "").replace("*/", "")
}

/// The parameters of a statement, in their order.
pub(super) fn bound<'a>(values: &[Value<'a>]) -> Vec<Bound<'a>> {
    values.iter().map(|value| Bound(*value)).collect()
}

/// The same as the driver takes them.
pub(super) fn parameters<'b>(bound: &'b [Bound<'_>]) -> Vec<&'b (dyn ToSql + Sync)> {
    bound.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// A parameter, written as the type that the server has declared for it.
pub(super) struct Bound<'a>(Value<'a>);

/// Hashes are among the values: none is ever shown.
impl fmt::Debug for Bound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bound(..)")
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self.0, kind) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Integer(number), &Type::INT8) => number.to_sql(kind, out),
            (Value::Integer(number), &Type::INT4) => i32::try_from(number)?.to_sql(kind, out),
            (Value::Integer(number), &Type::INT2) => i16::try_from(number)?.to_sql(kind, out),
            (Value::Bool(truth), &Type::BOOL) => truth.to_sql(kind, out),
            (Value::Text(text), &Type::TEXT | &Type::VARCHAR) => text::outgoing(text).to_sql(kind, out),
            (Value::Bytes(bytes), &Type::BYTEA) => bytes.to_sql(kind, out),
            _ => Err(format!("a parameter is not of the declared type {kind}").into()),
        }
    }

    fn accepts(_kind: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn row(row: &tokio_postgres::Row) -> Row {
    Row::new(cells(row))
}

/// What the columns of a row hold.
pub(super) fn cells(row: &tokio_postgres::Row) -> Vec<Cell> {
    let columns = row.columns().iter().enumerate();
    columns.map(|(place, column)| cell(row, place, column.type_()).unwrap_or(Cell::Foreign)).collect()
}

fn cell(row: &tokio_postgres::Row, place: usize, kind: &Type) -> Result<Cell, tokio_postgres::Error> {
    let cell = match *kind {
        Type::INT8 => row.try_get::<_, Option<i64>>(place)?.map(Cell::Integer),
        Type::INT4 => row.try_get::<_, Option<i32>>(place)?.map(|number| Cell::Integer(number.into())),
        Type::INT2 => row.try_get::<_, Option<i16>>(place)?.map(|number| Cell::Integer(number.into())),
        Type::BOOL => row.try_get::<_, Option<bool>>(place)?.map(|truth| Cell::Integer(truth.into())),
        Type::TEXT | Type::VARCHAR => {
            row.try_get::<_, Option<String>>(place)?.map(|sent| text::incoming(sent).map_or(Cell::Foreign, Cell::Text))
        }
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(place)?.map(Cell::Bytes),
        _ => Some(Cell::Foreign),
    };
    Ok(cell.unwrap_or(Cell::Null))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_and_hints_become_the_server_s() {
        // decisions/0006
        let portable = "SELECT a FROM t WHERE b = ?1 AND c = ?12 /*+FOR SHARE OF t*/";
        assert_eq!(translate(portable), "SELECT a FROM t WHERE b = $1 AND c = $12 FOR SHARE OF t");
        assert_eq!(&*translated("SELECT ?1"), "SELECT $1");
        assert_eq!(&*translated("SELECT ?1"), "SELECT $1");
    }

    #[test]
    fn a_parameter_s_value_is_never_shown() {
        assert_eq!(format!("{:?}", Bound(Value::Text("$argon2id$"))), "Bound(..)");
    }
}
