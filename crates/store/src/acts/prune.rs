//! Retention: the beginning of a chain goes, its last checkpoint stays in its place.

use async_trait::async_trait;
use passgate_gate::audit::AuditEvent;
use passgate_gate::store::{Outcome, StoreError};

use super::record::append;
use crate::sql::{Act, Sql, values};
use crate::trail::Prune;

#[async_trait]
impl Act for Prune {
    const WORD: &'static str = "prune";
    type Answer = Outcome<u64>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        // The checkpoint must be the one that is kept, and the record that it signs must be there.
        const KEPT: &str = "SELECT 1 FROM audit_checkpoints c JOIN audit_events e ON e.chain = c.chain \
             AND e.sequence = c.sequence AND e.hash = c.hash \
             WHERE c.chain = ?1 AND c.sequence = ?2 AND c.hash = ?3 AND c.signature = ?4";
        const RECEIVED: &str = "SELECT 1 FROM audit_sinks WHERE name = ?1 AND chain = ?2 AND sequence >= ?3";
        const FIRST: &str = "SELECT MIN(sequence) FROM audit_events WHERE chain = ?1";
        const REMOVE: &str = "DELETE FROM audit_events WHERE chain = ?1 AND sequence <= ?2";
        // The anchor's own checkpoint stays: it signs what the next one builds on.
        const FORGET: &str = "DELETE FROM audit_checkpoints WHERE chain = ?1 AND sequence < ?2";

        let to = &self.to;
        let (chain, sequence) = (to.id.chain.number(), to.id.sequence);
        if sql.first(KEPT, values![chain, sequence, &to.hash, to.signature.as_slice()]).await?.is_none() {
            return Ok(Outcome::Stale);
        }
        for sink in &self.sinks {
            if sql.first(RECEIVED, values![sink, chain, sequence]).await?.is_none() {
                return Ok(Outcome::Stale);
            }
        }
        if !set_anchor(sql, self).await? {
            return Ok(Outcome::Stale);
        }
        let first: Option<i64> = match sql.first(FIRST, values![chain]).await? {
            Some(mut row) => row.next("audit_events", "sequence")?,
            None => None,
        };
        let removed = sql.execute(REMOVE, values![chain, sequence]).await?;
        sql.execute(FORGET, values![chain, sequence]).await?;
        let note = format!("removed={}..{sequence}", first.unwrap_or(sequence));
        append(sql, &AuditEvent { tenant: to.id.chain.0, note, ..self.event.clone() }).await?;
        Ok(Outcome::Done(removed))
    }
}

/// Puts the anchor where the checkpoint is; `false`: it is there or beyond already.
async fn set_anchor(sql: &mut dyn Sql, act: &Prune) -> Result<bool, StoreError> {
    const MOVE: &str = "UPDATE audit_anchors SET sequence = ?2, hash = ?3, time = ?4, signer = ?5, signature = ?6 \
         WHERE chain = ?1 AND sequence < ?2";
    const SET: &str = "INSERT INTO audit_anchors (chain, sequence, hash, time, signer, signature) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (chain) DO NOTHING";
    let c = &act.to;
    let cells = values![c.id.chain.number(), c.id.sequence, &c.hash, c.time, &c.signer, c.signature.as_slice()];
    Ok(sql.execute(MOVE, cells).await? == 1 || sql.execute(SET, cells).await? == 1)
}
