//! Reading API keys.

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::digest::Digest;
use passgate_gate::ids::{ApiKeyId, UserId};
use passgate_gate::session::ApiKey;
use passgate_gate::store::StoreError;
use passgate_gate::user::Account;

use crate::rows::{account, account_columns, account_tables, api_key, api_key_columns};
use crate::sql::{Act, Sql, values};

/// `Store::api_key`.
pub(crate) struct ApiKeyByDigest<'a>(pub(crate) &'a Digest);

#[async_trait]
impl Act for ApiKeyByDigest<'_> {
    const WORD: &'static str = "api_key_by_digest";
    type Answer = Option<(ApiKey, Account)>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const BY_DIGEST: &str = concat!(
            "SELECT ",
            api_key_columns!(),
            ", ",
            account_columns!(),
            " FROM ",
            account_tables!(),
            " JOIN api_keys k ON k.user_id = u.id WHERE k.digest = ?1"
        );
        let Some(mut row) = sql.first(BY_DIGEST, values![self.0]).await? else { return Ok(None) };
        Ok(Some((api_key(&mut row)?, account(&mut row)?)))
    }
}

/// `Store::api_keys`.
pub(crate) struct ApiKeysOf {
    pub(crate) user: UserId,
    pub(crate) limit: u32,
}

#[async_trait]
impl Act for ApiKeysOf {
    const WORD: &'static str = "api_keys_of";
    type Answer = Vec<ApiKey>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const OF_USER: &str =
            concat!("SELECT ", api_key_columns!(), " FROM api_keys k WHERE k.user_id = ?1 ORDER BY k.id LIMIT ?2");
        let rows = sql.query(OF_USER, values![self.user, self.limit]).await?;
        rows.into_iter().map(|mut row| api_key(&mut row)).collect()
    }
}

/// When a key was last used, if there is such a key and it was.
pub(crate) struct LastUseOf(pub(crate) ApiKeyId);

#[async_trait]
impl Act for LastUseOf {
    const WORD: &'static str = "last_use_of";
    type Answer = Option<Timestamp>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        match sql.first("SELECT last_used FROM api_keys WHERE id = ?1", values![self.0]).await? {
            Some(mut row) => row.next("api_keys", "last_used"),
            None => Ok(None),
        }
    }
}
