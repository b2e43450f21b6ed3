//! Whether what was judged still holds inside the transaction (R52).

use jiff::Timestamp;
use passgate_gate::store::{CallerStamp, StoreError};
use passgate_gate::user::Stamp;

use crate::sql::{Sql, values};

/// What acts need to know of an account that still is as it was judged.
pub(super) struct Present {
    pub(super) credential_version: i64,
}

/// What both kinds of look compare.
macro_rules! versions {
    () => {
        "SELECT u.credential_version FROM users u JOIN tenants t ON t.id = u.tenant_id \
         WHERE u.id = ?1 AND u.version = ?2 AND t.version = ?3"
    };
}

/// The account behind a stamp, if both versions are still those that were judged.
///
/// The user stays held to the end of the act: whatever belongs to a user is changed by one act at a time.
pub(super) async fn present(sql: &mut dyn Sql, stamp: Stamp) -> Result<Option<Present>, StoreError> {
    const HELD: &str = concat!(versions!(), " /*+FOR NO KEY UPDATE OF u FOR SHARE OF t*/");
    as_judged(sql, HELD, stamp).await
}

async fn as_judged(sql: &mut dyn Sql, versions: &'static str, stamp: Stamp) -> Result<Option<Present>, StoreError> {
    let found = sql.first(versions, values![stamp.user, stamp.user_version, stamp.tenant_version]).await?;
    let Some(mut row) = found else { return Ok(None) };
    Ok(Some(Present { credential_version: row.next("users", "credential_version")? }))
}

/// Whether a caller still is who it was, and what it showed still opens the door.
pub(super) async fn caller_holds(sql: &mut dyn Sql, caller: &CallerStamp, now: Timestamp) -> Result<bool, StoreError> {
    const SESSION: &str = "SELECT s.user_id FROM sessions s JOIN users u ON u.id = s.user_id \
         WHERE s.digest = ?1 AND s.ended IS NULL AND s.expires > ?2 AND s.absolute > ?2 \
         AND s.credential_version = u.credential_version /*+FOR SHARE*/";
    const KEY: &str = "SELECT user_id FROM api_keys \
         WHERE id = ?1 AND revoked IS NULL AND (expires IS NULL OR expires > ?2) /*+FOR SHARE*/";
    // Not to be changed meanwhile; several acts of one caller go on beside each other.
    const CALLER: &str = concat!(versions!(), " /*+FOR SHARE*/");

    if let Some(account) = caller.account
        && as_judged(sql, CALLER, account).await?.is_none()
    {
        return Ok(false);
    }
    let owner = caller.account.map(|account| account.user);
    if let Some(session) = &caller.session {
        let Some(mut row) = sql.first(SESSION, values![session, now]).await? else { return Ok(false) };
        if Some(row.next("sessions", "user_id")?) != owner {
            return Ok(false);
        }
    }
    if let Some(key) = caller.key {
        let Some(mut row) = sql.first(KEY, values![key, now]).await? else { return Ok(false) };
        if Some(row.next("api_keys", "user_id")?) != owner {
            return Ok(false);
        }
    }
    Ok(true)
}
