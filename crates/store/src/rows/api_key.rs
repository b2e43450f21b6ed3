//! API keys.

use passgate_gate::session::ApiKey;
use passgate_gate::store::StoreError;

use super::Row;

/// The columns of a key, from `api_keys k`.
macro_rules! api_key_columns {
    () => {
        "k.id, k.user_id, k.digest, k.hint, k.visibility, k.is_primary, k.created, k.expires, k.revoked, k.last_used, \
         k.networks"
    };
}
pub(crate) use api_key_columns;

/// Reads [`api_key_columns`].
pub(crate) fn api_key(row: &mut Row) -> Result<ApiKey, StoreError> {
    const K: &str = "api_keys";
    Ok(ApiKey {
        id: row.next(K, "id")?,
        user: row.next(K, "user_id")?,
        digest: row.next(K, "digest")?,
        hint: row.next(K, "hint")?,
        visibility: row.next(K, "visibility")?,
        primary: row.next(K, "is_primary")?,
        created: row.next(K, "created")?,
        expires: row.next(K, "expires")?,
        revoked: row.next(K, "revoked")?,
        last_used: row.next(K, "last_used")?,
        networks: row.next(K, "networks")?,
    })
}
