//! Reading how far second places have received the record.

use async_trait::async_trait;
use passgate_gate::audit::Chain;
use passgate_gate::store::StoreError;

use crate::rows::Row;
use crate::sql::{Act, Sql, values};
use crate::trail::Delivered;

/// `Trail::undelivered`.
pub(crate) struct UndeliveredTo<'a> {
    pub(crate) sink: &'a str,
    pub(crate) limit: u32,
}

#[async_trait]
impl Act for UndeliveredTo<'_> {
    const WORD: &'static str = "undelivered_to";
    type Answer = Vec<Delivered>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const UNDELIVERED: &str = "SELECT h.chain, COALESCE(s.sequence, 0), COALESCE(s.checkpoint, 0) \
             FROM audit_heads h LEFT JOIN audit_sinks s ON s.chain = h.chain AND s.name = ?1 \
             WHERE h.sequence > COALESCE(s.sequence, 0) OR EXISTS (SELECT 1 FROM audit_checkpoints c \
             WHERE c.chain = h.chain AND c.sequence > COALESCE(s.checkpoint, 0) \
             AND c.sequence <= COALESCE(s.sequence, 0)) ORDER BY h.chain LIMIT ?2";
        let rows = sql.query(UNDELIVERED, values![self.sink, self.limit]).await?;
        rows.into_iter().map(|mut row| delivered(&mut row)).collect()
    }
}

/// `Trail::delivered`.
pub(crate) struct DeliveredTo<'a> {
    pub(crate) sink: &'a str,
    pub(crate) chain: Chain,
}

#[async_trait]
impl Act for DeliveredTo<'_> {
    const WORD: &'static str = "delivered_to";
    type Answer = Delivered;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const DELIVERED: &str = "SELECT chain, sequence, checkpoint FROM audit_sinks WHERE name = ?1 AND chain = ?2";
        match sql.first(DELIVERED, values![self.sink, self.chain.number()]).await? {
            Some(mut row) => delivered(&mut row),
            None => Ok(Delivered { chain: self.chain, sequence: 0, checkpoint: 0 }),
        }
    }
}

fn delivered(row: &mut Row) -> Result<Delivered, StoreError> {
    const S: &str = "audit_sinks";
    Ok(Delivered {
        chain: Chain::from_number(row.next(S, "chain")?),
        sequence: row.next(S, "sequence")?,
        checkpoint: row.next(S, "checkpoint")?,
    })
}
