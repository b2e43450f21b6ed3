//! Reading sessions.

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::digest::Digest;
use passgate_gate::ids::UserId;
use passgate_gate::session::{Session, SessionKind};
use passgate_gate::store::{HeldSession, StoreError};
use passgate_gate::user::Account;

use crate::rows::{account, account_columns, account_tables, session, session_columns};
use crate::sql::{Act, Sql, values};

/// `Store::session`.
pub(crate) struct SessionByDigest<'a>(pub(crate) &'a Digest);

#[async_trait]
impl Act for SessionByDigest<'_> {
    const WORD: &'static str = "session_by_digest";
    type Answer = Option<(Session, Account)>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const BY_DIGEST: &str = concat!(
            "SELECT ",
            session_columns!(),
            ", ",
            account_columns!(),
            " FROM ",
            account_tables!(),
            " JOIN sessions s ON s.user_id = u.id WHERE s.digest = ?1"
        );
        let Some(mut row) = sql.first(BY_DIGEST, values![self.0]).await? else { return Ok(None) };
        Ok(Some((session(&mut row)?, account(&mut row)?)))
    }
}

/// `Store::sessions`.
pub(crate) struct HeldSessionsOf {
    pub(crate) user: UserId,
    pub(crate) now: Timestamp,
    pub(crate) limit: u32,
}

#[async_trait]
impl Act for HeldSessionsOf {
    const WORD: &'static str = "held_sessions_of";
    type Answer = Vec<HeldSession>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const HELD: &str = concat!(
            "SELECT (SELECT MIN(c.created) FROM sessions c WHERE c.chain = s.chain), ",
            session_columns!(),
            " FROM sessions s JOIN users u ON u.id = s.user_id \
             WHERE s.user_id = ?1 AND s.ended IS NULL AND s.expires > ?2 AND s.absolute > ?2 \
             AND s.credential_version = u.credential_version ORDER BY s.created, s.digest LIMIT ?3"
        );
        let rows = sql.query(HELD, values![self.user, self.now, self.limit]).await?;
        rows.into_iter()
            .map(|mut row| Ok(HeldSession { begun: row.next("sessions", "created")?, session: session(&mut row)? }))
            .collect()
    }
}

/// `Store::open_sessions`.
pub(crate) struct OpenSessionsOf {
    pub(crate) user: UserId,
    pub(crate) kind: SessionKind,
    pub(crate) now: Timestamp,
}

#[async_trait]
impl Act for OpenSessionsOf {
    const WORD: &'static str = "open_sessions_of";
    type Answer = u32;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const OPEN: &str = "SELECT COUNT(*) FROM sessions s JOIN users u ON u.id = s.user_id \
             WHERE s.user_id = ?1 AND s.kind = ?3 AND s.ended IS NULL AND s.expires > ?2 AND s.absolute > ?2 \
             AND s.credential_version = u.credential_version";
        match sql.first(OPEN, values![self.user, self.now, self.kind.name()]).await? {
            Some(mut row) => row.next("sessions", "digest"),
            None => Ok(0),
        }
    }
}
