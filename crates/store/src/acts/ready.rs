//! Showing that the store can be written.

use async_trait::async_trait;
use passgate_gate::store::StoreError;

use crate::sql::{Act, Sql};

/// `Store::ready`: a real write to the disk. Only that shows a full or read-only one (R118).
pub(crate) struct Ready;

#[async_trait]
impl Act for Ready {
    const WORD: &'static str = "ready";
    type Answer = ();

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        sql.execute("UPDATE counters SET last = last + 1 WHERE name = 'ready'", &[]).await?;
        Ok(())
    }
}
