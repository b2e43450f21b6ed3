//! A password proved without a session: the counter is cleared, the nonce used up (R83).

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::digest::Digest;
use passgate_gate::ids::UserId;
use passgate_gate::store::{NonceUse, Outcome, PasswordProved, StoreError};

use super::judged::present;
use super::open_session::rehash;
use super::throttle;
use crate::sql::{Act, Sql, values};

#[async_trait]
impl Act for PasswordProved {
    const WORD: &'static str = "password_proved";
    type Answer = Outcome<NonceUse>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const USED: &str = "UPDATE users SET password_used = TRUE WHERE id = ?1 AND NOT password_used";
        let user = self.account.user;
        match present(sql, self.account).await? {
            Some(account) if account.credential_version == self.credential_version => {}
            _ => return Ok(Outcome::Stale),
        }
        if let Some((nonce, until)) = &self.nonce
            && !use_up(sql, user, nonce, *until, self.now).await?
        {
            return Ok(Outcome::Done(NonceUse::Replayed));
        }

        throttle::clear(sql, &self.throttle).await?;
        sql.execute(USED, values![user]).await?;
        if let Some(hash) = &self.rehash {
            rehash(sql, user, hash).await?;
        }
        Ok(Outcome::Done(NonceUse::Fresh))
    }
}

/// Writes a nonce down and forgets a few that nobody needs any more; `false`: this user has used it.
async fn use_up(
    sql: &mut dyn Sql,
    user: UserId,
    nonce: &Digest,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const USE: &str = "INSERT INTO nonces (user_id, digest, expires) VALUES (?1, ?2, ?3) \
         ON CONFLICT (user_id, digest) DO UPDATE SET expires = excluded.expires WHERE nonces.expires < ?4";
    // More than one for each that comes in: the table shrinks again after a rush.
    const FORGET: &str = "DELETE FROM nonces WHERE (user_id, digest) IN \
         (SELECT user_id, digest FROM nonces WHERE expires < ?1 ORDER BY expires LIMIT 8 \
         /*+FOR UPDATE SKIP LOCKED*/)";
    let fresh = sql.execute(USE, values![user, nonce, until, now]).await? > 0;
    if fresh {
        sql.execute(FORGET, values![now]).await?;
    }
    Ok(fresh)
}
