//! Making a password true: the act everything else is there for.

use async_trait::async_trait;
use passgate_gate::audit::AuditEvent;
use passgate_gate::store::{Outcome, Receipt, ReplacePassword, StoreError};

use super::end_sessions::{carry_over, end_sessions};
use super::judged::{caller_holds, present};
use super::record::append;
use super::throttle;
use crate::sql::{Act, Sql, values};

/// R19: hash, credential version, must-change, sessions, throttle and record in one transaction.
/// Contract: authorisation 3.5, 3.7.
#[async_trait]
impl Act for ReplacePassword {
    const WORD: &'static str = "replace_password";
    type Answer = Outcome<Receipt>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const SET: &str = "UPDATE users SET password_hash = ?2, credential_version = ?3, must_change = ?4, \
             password_set_at = ?5, password_used = FALSE, modified = ?5, \
             recovery_question = COALESCE(?6, recovery_question) WHERE id = ?1";

        let now = self.event.time;
        let user = self.target.user;
        let Some(target) = present(sql, self.target).await? else { return Ok(Outcome::Stale) };
        if self.credential_version.is_some_and(|proved| proved != target.credential_version)
            || !caller_holds(sql, &self.caller, now).await?
        {
            return Ok(Outcome::Stale);
        }

        let version = target.credential_version + 1;
        let question = self.recovery_question.as_ref();
        sql.execute(SET, values![user, &self.hash, version, self.must_change.name(), now, question]).await?;
        let sessions_ended = end_sessions(sql, user, target.credential_version, self.sessions, now).await?;
        carry_over(sql, user, target.credential_version, version, now).await?;
        throttle::clear_user(sql, user).await?;
        let audit = append(
            sql,
            &AuditEvent {
                credential_version: Some(version),
                sessions_ended: Some(sessions_ended),
                ..self.event.clone()
            },
        )
        .await?;
        Ok(Outcome::Done(Receipt { credential_version: version, sessions_ended, audit }))
    }
}
