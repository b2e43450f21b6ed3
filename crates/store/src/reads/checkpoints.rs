//! Reading what was signed of the record, and where its kept part begins.

use async_trait::async_trait;
use passgate_gate::audit::{Chain, GENESIS};
use passgate_gate::digest::Digest;
use passgate_gate::store::StoreError;

use crate::rows::{checkpoint, checkpoint_columns};
use crate::sql::{Act, Sql, values};
use crate::trail::{Checkpoint, Unsigned};

/// `Trail::unsigned`.
pub(crate) struct UnsignedChains {
    pub(crate) after: Option<Chain>,
    pub(crate) limit: u32,
}

#[async_trait]
impl Act for UnsignedChains {
    const WORD: &'static str = "unsigned_chains";
    type Answer = Vec<Unsigned>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const UNSIGNED: &str = "SELECT h.chain, h.sequence, h.hash, COALESCE(c.sequence, 0), c.hash \
             FROM audit_heads h LEFT JOIN audit_checkpoints c ON c.chain = h.chain AND c.sequence = \
             (SELECT MAX(l.sequence) FROM audit_checkpoints l WHERE l.chain = h.chain) \
             WHERE h.chain > ?1 AND h.sequence > COALESCE(c.sequence, 0) ORDER BY h.chain LIMIT ?2";
        const H: &str = "audit_heads";
        const C: &str = "audit_checkpoints";
        let after = self.after.map_or(-1, Chain::number);
        let rows = sql.query(UNSIGNED, values![after, self.limit]).await?;
        let unsigned = |mut row: crate::rows::Row| {
            Ok(Unsigned {
                chain: Chain::from_number(row.next(H, "chain")?),
                head: (row.next(H, "sequence")?, row.next(H, "hash")?),
                signed: (
                    row.next(C, "sequence")?,
                    row.next::<Option<Digest>>(C, "hash")?.unwrap_or(Digest::from_bytes(GENESIS)),
                ),
            })
        };
        rows.into_iter().map(unsigned).collect()
    }
}

/// `Trail::checkpoints`.
pub(crate) struct CheckpointsAfter {
    pub(crate) chain: Chain,
    pub(crate) after: i64,
    pub(crate) limit: u32,
}

#[async_trait]
impl Act for CheckpointsAfter {
    const WORD: &'static str = "checkpoints_after";
    type Answer = Vec<Checkpoint>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const AFTER: &str = concat!(
            "SELECT ",
            checkpoint_columns!(),
            " FROM audit_checkpoints c WHERE c.chain = ?1 AND c.sequence > ?2 ORDER BY c.sequence LIMIT ?3"
        );
        let rows = sql.query(AFTER, values![self.chain.number(), self.after, self.limit]).await?;
        rows.into_iter().map(|mut row| checkpoint(&mut row)).collect()
    }
}

/// `Trail::anchor_checkpoint`, and `Store::anchor`.
pub(crate) struct AnchorOf(pub(crate) Chain);

#[async_trait]
impl Act for AnchorOf {
    const WORD: &'static str = "anchor_of";
    type Answer = Option<Checkpoint>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const ANCHOR: &str = concat!("SELECT ", checkpoint_columns!(), " FROM audit_anchors c WHERE c.chain = ?1");
        sql.first(ANCHOR, values![self.0.number()]).await?.map(|mut row| checkpoint(&mut row)).transpose()
    }
}
