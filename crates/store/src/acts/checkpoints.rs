//! Keeping checkpoints.

use async_trait::async_trait;
use passgate_gate::audit::AuditId;
use passgate_gate::store::StoreError;

use crate::sql::{Act, Sql, values};
use crate::trail::Checkpoint;

/// `Trail::keep_checkpoints`.
pub(crate) struct KeepCheckpoints(pub(crate) Vec<Checkpoint>);

#[async_trait]
impl Act for KeepCheckpoints {
    const WORD: &'static str = "keep_checkpoints";
    type Answer = Vec<AuditId>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const RECORD: &str = "SELECT 1 FROM audit_events WHERE chain = ?1 AND sequence = ?2 AND hash = ?3 \
             /*+FOR KEY SHARE*/";
        // Of two nodes that sign one record at the same time, the second keeps nothing.
        const KEEP: &str = "INSERT INTO audit_checkpoints (chain, sequence, hash, time, signer, signature) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (chain, sequence) DO NOTHING";
        let mut kept = Vec::new();
        for c in &self.0 {
            let (chain, sequence) = (c.id.chain.number(), c.id.sequence);
            if sql.first(RECORD, values![chain, sequence, &c.hash]).await?.is_none() {
                continue;
            }
            let cells = values![chain, sequence, &c.hash, c.time, &c.signer, c.signature.as_slice()];
            if sql.execute(KEEP, cells).await? == 1 {
                kept.push(c.id);
            }
        }
        Ok(kept)
    }
}
