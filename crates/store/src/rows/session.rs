//! Sessions.

use passgate_gate::session::Session;
use passgate_gate::store::StoreError;

use super::Row;

/// The columns of a session, from `sessions s`.
macro_rules! session_columns {
    () => {
        "s.digest, s.kind, s.user_id, s.credential_version, s.chain, s.created, s.expires, s.absolute, s.ended, \
         s.source"
    };
}
pub(crate) use session_columns;

/// Reads [`session_columns`].
pub(crate) fn session(row: &mut Row) -> Result<Session, StoreError> {
    const S: &str = "sessions";
    Ok(Session {
        digest: row.next(S, "digest")?,
        kind: row.next(S, "kind")?,
        user: row.next(S, "user_id")?,
        credential_version: row.next(S, "credential_version")?,
        chain: row.next(S, "chain")?,
        created: row.next(S, "created")?,
        expires: row.next(S, "expires")?,
        absolute: row.next(S, "absolute")?,
        ended: row.next(S, "ended")?,
        source: row.next(S, "source")?,
    })
}
