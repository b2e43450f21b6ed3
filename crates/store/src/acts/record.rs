//! Writing the record: each event takes its place at the head of its chain, in the transaction of the act
//! that it tells of (R109, R110).

use async_trait::async_trait;
use passgate_gate::audit::{AuditEvent, AuditId, GENESIS, StoredEvent};
use passgate_gate::digest::Digest;
use passgate_gate::store::StoreError;

use crate::sql::{Act, Sql, values};

/// `Store::record`.
pub(crate) struct Record(pub(crate) AuditEvent);

#[async_trait]
impl Act for Record {
    const WORD: &'static str = "record";
    type Answer = AuditId;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        append(sql, &self.0).await
    }
}

/// Puts an event at the end of its chain.
pub(super) async fn append(sql: &mut dyn Sql, event: &AuditEvent) -> Result<AuditId, StoreError> {
    // One statement takes the place and, in an engine with row locks, holds it; the hash it gives back is
    // still that of the record before.
    const TAKE_PLACE: &str = "INSERT INTO audit_heads (chain, sequence, hash) VALUES (?1, 1, ?2) \
         ON CONFLICT (chain) DO UPDATE SET sequence = audit_heads.sequence + 1 RETURNING sequence, hash";
    const INSERT: &str = "INSERT INTO audit_events (chain, sequence, time, door, operation, credential, actor, \
         actor_detail, source, request, target, refused, credential_version, sessions_ended, note, hash) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
    const MOVE_HEAD: &str = "UPDATE audit_heads SET hash = ?2 WHERE chain = ?1";

    let corrupt = |column| StoreError::Corrupt { table: "audit_heads", column };
    let chain = event.tenant.map_or(0, passgate_gate::ids::TenantId::get);
    let genesis = Digest::from_bytes(GENESIS);
    let mut place = sql.first(TAKE_PLACE, values![chain, &genesis]).await?.ok_or(corrupt("sequence"))?;
    let sequence = place.next("audit_heads", "sequence")?;
    let previous: Digest = place.next("audit_heads", "hash")?;

    let e = StoredEvent::link(event, sequence, &previous);
    let cells = values![
        chain,
        sequence,
        e.time,
        &e.door,
        &e.operation,
        &e.credential,
        e.actor,
        e.actor_detail.as_ref(),
        e.source.as_ref(),
        &e.request,
        e.target,
        e.refused.as_ref(),
        e.credential_version,
        e.sessions_ended,
        &e.note,
        &e.hash,
    ];
    sql.execute(INSERT, cells).await?;
    sql.execute(MOVE_HEAD, values![chain, &e.hash]).await?;
    Ok(e.id)
}
