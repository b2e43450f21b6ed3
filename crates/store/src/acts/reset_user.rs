//! An administrator's reset.

use async_trait::async_trait;
use passgate_gate::audit::AuditEvent;
use passgate_gate::store::{EndSessions, Outcome, Receipt, ResetUser, StoreError};

use super::end_sessions::end_sessions;
use super::judged::{caller_holds, present};
use super::record::append;
use super::throttle;
use crate::sql::{Act, Sql, values};

/// Ends all sessions, lifts throttle and lock. Contract: authorisation 3.7.
#[async_trait]
impl Act for ResetUser {
    const WORD: &'static str = "reset_user";
    type Answer = Outcome<Receipt>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const UNLOCK: &str = "UPDATE users SET locked = NULL, version = version + 1, modified = ?2 \
             WHERE id = ?1 AND locked IS NOT NULL";

        let now = self.event.time;
        let user = self.target.user;
        let Some(target) = present(sql, self.target).await? else { return Ok(Outcome::Stale) };
        if !caller_holds(sql, &self.caller, now).await? {
            return Ok(Outcome::Stale);
        }

        let all = EndSessions::AllBut(None);
        let sessions_ended = end_sessions(sql, user, target.credential_version, all, now).await?;
        throttle::clear_user(sql, user).await?;
        sql.execute(UNLOCK, values![user, now]).await?;
        let event = AuditEvent { sessions_ended: Some(sessions_ended), ..self.event.clone() };
        let audit = append(sql, &event).await?;
        Ok(Outcome::Done(Receipt { credential_version: target.credential_version, sessions_ended, audit }))
    }
}
