//! Exchanging a token for a fresh one.

use async_trait::async_trait;
use passgate_gate::session::Session;
use passgate_gate::store::{Outcome, RefreshSession, StoreError};

use passgate_gate::audit::AuditId;

use super::end_sessions::forget_old;
use super::judged::present;
use super::open_session::{end, insert};
use super::record::append;
use crate::rows::{session, session_columns};
use crate::sql::{Act, Sql, values};

#[async_trait]
impl Act for RefreshSession {
    const WORD: &'static str = "refresh_session";
    type Answer = Outcome<AuditId>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const BY_DIGEST: &str =
            concat!("SELECT ", session_columns!(), " FROM sessions s WHERE s.digest = ?1 /*+FOR NO KEY UPDATE*/");
        let now = self.event.time;
        let Some(account) = present(sql, self.account).await? else { return Ok(Outcome::Stale) };
        let Some(mut row) = sql.first(BY_DIGEST, values![&self.old]).await? else { return Ok(Outcome::Stale) };
        let old = session(&mut row)?;
        let still_ours = old.user == self.account.user && old.is_open(account.credential_version, now);
        if !still_ours || self.new.credential_version != account.credential_version {
            return Ok(Outcome::Stale);
        }

        end(sql, &old.digest, now).await?;
        // The chain is the old one's whatever came in: reuse of any token of it must find all (R39).
        insert(sql, &Session { chain: old.chain, ..self.new.clone() }).await?;
        forget_old(sql, now).await?;
        append(sql, &self.event).await.map(Outcome::Done)
    }
}
