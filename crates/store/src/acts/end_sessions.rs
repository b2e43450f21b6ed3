//! Ending a user's sessions, and forgetting those whose time is long over.

use jiff::Timestamp;
use passgate_gate::digest::Digest;
use passgate_gate::ids::UserId;
use passgate_gate::store::{EndSessions, StoreError};

use crate::sql::{Sql, Value, values};

/// Ends open sessions of a user and tells how many they were. Expired ones and those of an older
/// credential version are over already and are not counted.
pub(super) async fn end_sessions(
    sql: &mut dyn Sql,
    user: UserId,
    credential_version: i64,
    which: EndSessions,
    now: Timestamp,
) -> Result<u32, StoreError> {
    const END: &str = "UPDATE sessions SET ended = ?3 WHERE user_id = ?1 AND ended IS NULL \
         AND expires > ?3 AND absolute > ?3 AND credential_version = ?2 AND digest <> ?4";
    let spared: Option<Digest> = match which {
        EndSessions::AllBut(spared) => spared,
        EndSessions::Keep => return Ok(0),
    };
    // No digest is empty: without one to spare, all differ from it.
    let spared = spared.as_ref().map_or(Value::Bytes(&[]), Value::from);
    let ended = sql.execute(END, &[user.into(), credential_version.into(), now.into(), spared]).await?;
    Ok(u32::try_from(ended).unwrap_or(u32::MAX))
}

/// Takes the sessions that stay open through a set over to the new credential version.
pub(super) async fn carry_over(
    sql: &mut dyn Sql,
    user: UserId,
    from: i64,
    to: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    const CARRY: &str = "UPDATE sessions SET credential_version = ?3 WHERE user_id = ?1 AND ended IS NULL \
         AND expires > ?4 AND absolute > ?4 AND credential_version = ?2";
    sql.execute(CARRY, values![user, from, to, now]).await?;
    Ok(())
}

/// Forgets a few sessions that are past their last hour, so that the table does not grow for ever.
pub(super) async fn forget_old(sql: &mut dyn Sql, now: Timestamp) -> Result<(), StoreError> {
    const FORGET: &str = "DELETE FROM sessions WHERE digest IN \
         (SELECT digest FROM sessions WHERE absolute <= ?1 ORDER BY absolute LIMIT 32 /*+FOR UPDATE SKIP LOCKED*/)";
    sql.execute(FORGET, values![now]).await?;
    Ok(())
}
