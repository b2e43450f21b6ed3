//! Making, using and revoking API keys.

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::audit::AuditEvent;
use passgate_gate::ids::ApiKeyId;
use passgate_gate::store::{CallerStamp, NewApiKey, Outcome, StoreError};
use passgate_gate::user::Stamp;

use super::judged::{caller_holds, present};
use super::number;
use super::record::append;
use crate::sql::{Act, Sql, values};

const MINUTE: i64 = 60_000_000;

/// The minute of an instant: the use of a key is noted no more exactly, so that most uses write nothing.
pub(crate) fn to_the_minute(time: Timestamp) -> Timestamp {
    let minute = time.as_microsecond().div_euclid(MINUTE) * MINUTE;
    Timestamp::from_microsecond(minute).unwrap_or(time)
}

/// `Store::key_used`; the instant is [`to_the_minute`].
pub(crate) struct UseKey {
    pub(crate) id: ApiKeyId,
    pub(crate) minute: Timestamp,
}

#[async_trait]
impl Act for UseKey {
    const WORD: &'static str = "use_key";
    type Answer = ();

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const USED: &str = "UPDATE api_keys SET last_used = ?2 WHERE id = ?1 AND (last_used IS NULL OR last_used < ?2)";
        sql.execute(USED, values![self.id, self.minute]).await?;
        Ok(())
    }
}

#[async_trait]
impl Act for NewApiKey {
    const WORD: &'static str = "new_api_key";
    type Answer = Outcome<ApiKeyId>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const REVOKE_PRIMARY: &str =
            "UPDATE api_keys SET revoked = ?2 WHERE user_id = ?1 AND is_primary AND revoked IS NULL";
        const INSERT: &str = "INSERT INTO api_keys (id, user_id, digest, hint, visibility, is_primary, created, \
             expires, networks) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let now = self.event.time;
        let user = self.owner.user;
        if present(sql, self.owner).await?.is_none() || !caller_holds(sql, &self.caller, now).await? {
            return Ok(Outcome::Stale);
        }

        if self.primary {
            sql.execute(REVOKE_PRIMARY, values![user, now]).await?;
        }
        let id = ApiKeyId::new(number::next(sql, "api_keys").await?)
            .ok_or(StoreError::Corrupt { table: "counters", column: "last" })?;
        let networks = self.networks.to_string();
        let cells = values![
            id,
            user,
            &self.digest,
            &self.hint,
            self.visibility.name(),
            self.primary,
            now,
            self.expires,
            &networks,
        ];
        sql.execute(INSERT, cells).await?;
        append(sql, &self.event).await?;
        Ok(Outcome::Done(id))
    }
}

/// `Store::revoke_api_key`.
pub(crate) struct RevokeApiKey {
    pub(crate) id: ApiKeyId,
    pub(crate) owner: Stamp,
    pub(crate) caller: CallerStamp,
    pub(crate) event: AuditEvent,
}

#[async_trait]
impl Act for RevokeApiKey {
    const WORD: &'static str = "revoke_api_key";
    type Answer = Outcome<()>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const REVOKE: &str = "UPDATE api_keys SET revoked = ?3 WHERE id = ?1 AND user_id = ?2 AND revoked IS NULL";
        let now = self.event.time;
        if present(sql, self.owner).await?.is_none()
            || !caller_holds(sql, &self.caller, now).await?
            || sql.execute(REVOKE, values![self.id, self.owner.user, now]).await? == 0
        {
            return Ok(Outcome::Stale);
        }
        append(sql, &self.event).await?;
        Ok(Outcome::Done(()))
    }
}
