//! Moving the end of a session, and ending one or a chain of them.

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::audit::{AuditEvent, AuditId};
use passgate_gate::digest::Digest;
use passgate_gate::store::{Outcome, StoreError};

use super::open_session::end;
use super::record::append;
use crate::sql::{Act, Sql, values};

/// `Store::extend_session`.
pub(crate) struct ExtendSession {
    pub(crate) digest: Digest,
    pub(crate) expires: Timestamp,
}

#[async_trait]
impl Act for ExtendSession {
    const WORD: &'static str = "extend_session";
    type Answer = ();

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        // Never backwards: of two calls at once the later end stays.
        const EXTEND: &str = "UPDATE sessions SET expires = ?2 WHERE digest = ?1 AND ended IS NULL AND expires < ?2";
        sql.execute(EXTEND, values![&self.digest, self.expires]).await?;
        Ok(())
    }
}

/// `Store::end_session`.
pub(crate) struct EndSession {
    pub(crate) digest: Digest,
    pub(crate) event: AuditEvent,
}

#[async_trait]
impl Act for EndSession {
    const WORD: &'static str = "end_session";
    type Answer = Outcome<AuditId>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        if !end(sql, &self.digest, self.event.time).await? {
            return Ok(Outcome::Stale);
        }
        append(sql, &self.event).await.map(Outcome::Done)
    }
}

/// `Store::end_chain`.
pub(crate) struct EndChain {
    pub(crate) chain: Digest,
    pub(crate) event: AuditEvent,
}

#[async_trait]
impl Act for EndChain {
    const WORD: &'static str = "end_chain";
    type Answer = ();

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        // A token that is just being exchanged: its owner is held until the new one can be seen.
        const HOLD: &str = "SELECT 1 FROM users WHERE id IN (SELECT user_id FROM sessions WHERE chain = ?1) \
             /*+FOR NO KEY UPDATE*/";
        const END: &str = "UPDATE sessions SET ended = ?2 WHERE chain = ?1 AND ended IS NULL";
        sql.query(HOLD, values![&self.chain]).await?;
        let ended = sql.execute(END, values![&self.chain, self.event.time]).await?;
        // A chain that has ended is there for anybody to show again and again, and must not fill the trail.
        if ended == 0 {
            return Ok(());
        }
        let sessions_ended = self.event.sessions_ended.or(u32::try_from(ended).ok());
        append(sql, &AuditEvent { sessions_ended, ..self.event.clone() }).await?;
        Ok(())
    }
}
