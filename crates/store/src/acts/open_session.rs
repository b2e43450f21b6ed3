//! Opening a session after a password was proved.

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::audit::AuditEvent;
use passgate_gate::digest::Digest;
use passgate_gate::ids::UserId;
use passgate_gate::password::PasswordHash;
use passgate_gate::session::{Session, SessionLimit};
use passgate_gate::store::{OpenSession, Opened, Outcome, StoreError};

use super::end_sessions::forget_old;
use super::judged::present;
use super::record::append;
use super::throttle;
use crate::sql::{Act, Sql, values};

#[async_trait]
impl Act for OpenSession {
    const WORD: &'static str = "open_session";
    type Answer = Outcome<Opened>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        let now = self.event.time;
        match present(sql, self.account).await? {
            Some(account) if account.credential_version == self.session.credential_version => {}
            _ => return Ok(Outcome::Stale),
        }

        throttle::clear(sql, &self.throttle).await?;
        let held = open_of_kind(sql, &self.session, now).await?;
        match self.limit {
            SessionLimit::Refuse(most) if held.len() >= most as usize => {
                append(sql, &AuditEvent { refused: Some("too-many-sessions"), ..self.event.clone() }).await?;
                return Ok(Outcome::Done(Opened::TooMany));
            }
            SessionLimit::Refuse(_) => {}
            SessionLimit::EndOldest(most) => {
                let room_for_others = most.saturating_sub(1) as usize;
                let excess = held.len().saturating_sub(room_for_others);
                for oldest in &held[..excess] {
                    end(sql, oldest, now).await?;
                }
            }
        }
        forget_old(sql, now).await?;
        insert(sql, &self.session).await?;
        signed_in(sql, self.account.user, now).await?;
        if let Some(hash) = &self.rehash {
            rehash(sql, self.account.user, hash).await?;
        }
        append(sql, &self.event).await?;
        Ok(Outcome::Done(Opened::Open))
    }
}

/// The open sessions of the same user and kind, oldest first.
async fn open_of_kind(sql: &mut dyn Sql, like: &Session, now: Timestamp) -> Result<Vec<Digest>, StoreError> {
    const OPEN: &str = "SELECT digest FROM sessions WHERE user_id = ?1 AND kind = ?2 AND ended IS NULL \
         AND expires > ?3 AND absolute > ?3 AND credential_version = ?4 ORDER BY created, digest";
    let rows = sql.query(OPEN, values![like.user, like.kind.name(), now, like.credential_version]).await?;
    rows.into_iter().map(|mut row| row.next("sessions", "digest")).collect()
}

async fn signed_in(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    sql.execute("UPDATE users SET last_login = ?2, password_used = TRUE WHERE id = ?1", values![user, now]).await?;
    Ok(())
}

/// The same password under today's parameters: no set, so the credential version stays (R2).
pub(super) async fn rehash(sql: &mut dyn Sql, user: UserId, hash: &PasswordHash) -> Result<(), StoreError> {
    sql.execute("UPDATE users SET password_hash = ?2 WHERE id = ?1", values![user, hash]).await?;
    Ok(())
}

/// Ends one session; tells whether it was open until now.
pub(super) async fn end(sql: &mut dyn Sql, digest: &Digest, now: Timestamp) -> Result<bool, StoreError> {
    const END: &str = "UPDATE sessions SET ended = ?2 WHERE digest = ?1 AND ended IS NULL";
    Ok(sql.execute(END, values![digest, now]).await? > 0)
}

/// Writes a new session down.
pub(super) async fn insert(sql: &mut dyn Sql, session: &Session) -> Result<(), StoreError> {
    const INSERT: &str = "INSERT INTO sessions (digest, kind, user_id, credential_version, chain, created, \
         expires, absolute, ended, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let source = session.source.map(|source| source.to_string());
    let cells = values![
        &session.digest,
        session.kind.name(),
        session.user,
        session.credential_version,
        &session.chain,
        session.created,
        session.expires,
        session.absolute,
        session.ended,
        source.as_deref(),
    ];
    sql.execute(INSERT, cells).await?;
    Ok(())
}
