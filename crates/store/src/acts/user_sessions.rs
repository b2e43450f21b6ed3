//! Ending sessions of one user, because somebody asked for it.

use async_trait::async_trait;
use passgate_gate::audit::AuditEvent;
use passgate_gate::store::{EndSessions, EndUserSessions, Outcome, Receipt, StoreError};

use super::end_sessions::end_sessions;
use super::judged::{caller_holds, present};
use super::record::append;
use crate::sql::{Act, Sql, values};

#[async_trait]
impl Act for EndUserSessions {
    const WORD: &'static str = "end_user_sessions";
    type Answer = Outcome<Receipt>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const END_CHAIN: &str = "UPDATE sessions SET ended = ?3 WHERE user_id = ?1 AND chain = ?4 AND ended IS NULL \
             AND expires > ?3 AND absolute > ?3 AND credential_version = ?2";
        let now = self.event.time;
        let user = self.target.user;
        let Some(target) = present(sql, self.target).await? else { return Ok(Outcome::Stale) };
        if !caller_holds(sql, &self.caller, now).await? {
            return Ok(Outcome::Stale);
        }
        let version = target.credential_version;
        let sessions_ended = match &self.chain {
            None => end_sessions(sql, user, version, EndSessions::AllBut(None), now).await?,
            Some(chain) => {
                let ended = sql.execute(END_CHAIN, values![user, version, now, chain]).await?;
                u32::try_from(ended).unwrap_or(u32::MAX)
            }
        };
        let event = AuditEvent { sessions_ended: Some(sessions_ended), ..self.event.clone() };
        let audit = append(sql, &event).await?;
        Ok(Outcome::Done(Receipt { credential_version: version, sessions_ended, audit }))
    }
}
