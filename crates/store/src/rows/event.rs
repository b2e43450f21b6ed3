//! Audit records.

use passgate_gate::audit::{AuditId, Chain, StoredEvent};
use passgate_gate::store::StoreError;

use super::Row;

/// The columns of a record, from `audit_events e`.
macro_rules! event_columns {
    () => {
        "e.chain, e.sequence, e.time, e.door, e.operation, e.credential, e.actor, e.actor_detail, e.source, \
         e.request, e.target, e.refused, e.credential_version, e.sessions_ended, e.note, e.hash"
    };
}
pub(crate) use event_columns;

/// Reads [`event_columns`].
pub(crate) fn event(row: &mut Row) -> Result<StoredEvent, StoreError> {
    const E: &str = "audit_events";
    Ok(StoredEvent {
        id: AuditId { chain: Chain::from_number(row.next(E, "chain")?), sequence: row.next(E, "sequence")? },
        time: row.next(E, "time")?,
        door: row.next(E, "door")?,
        operation: row.next(E, "operation")?,
        credential: row.next(E, "credential")?,
        actor: row.next(E, "actor")?,
        actor_detail: row.next(E, "actor_detail")?,
        source: row.next(E, "source")?,
        request: row.next(E, "request")?,
        target: row.next(E, "target")?,
        refused: row.next(E, "refused")?,
        credential_version: row.next(E, "credential_version")?,
        sessions_ended: row.next(E, "sessions_ended")?,
        note: row.next(E, "note")?,
        hash: row.next(E, "hash")?,
    })
}
