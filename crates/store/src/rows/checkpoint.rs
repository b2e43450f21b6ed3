//! Checkpoints and anchors: one kind of row in two tables.

use passgate_gate::audit::{AuditId, Chain};
use passgate_gate::store::StoreError;

use super::Row;
use crate::trail::Checkpoint;

/// The columns of a checkpoint, from `audit_checkpoints c` or `audit_anchors c`.
macro_rules! checkpoint_columns {
    () => {
        "c.chain, c.sequence, c.hash, c.time, c.signer, c.signature"
    };
}
pub(crate) use checkpoint_columns;

/// Reads [`checkpoint_columns`].
pub(crate) fn checkpoint(row: &mut Row) -> Result<Checkpoint, StoreError> {
    const C: &str = "audit_checkpoints";
    Ok(Checkpoint {
        id: AuditId { chain: Chain::from_number(row.next(C, "chain")?), sequence: row.next(C, "sequence")? },
        hash: row.next(C, "hash")?,
        time: row.next(C, "time")?,
        signer: row.next(C, "signer")?,
        signature: row.next(C, "signature")?,
    })
}
