//! Changing a user's profile, status or lock.

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::audit::AuditEvent;
use passgate_gate::ids::UserId;
use passgate_gate::store::{CallerStamp, EndSessions, Outcome, StoreError, UserChange};
use passgate_gate::user::{Account, Stamp, Status, User, name_key};

use super::end_sessions::end_sessions;
use super::judged::{caller_holds, present};
use super::record::append;
use super::throttle;
use crate::reads::AccountById;
use crate::sql::{Act, Sql, values};

/// `Store::update_user`.
pub(crate) struct UpdateUser {
    pub(crate) target: Stamp,
    pub(crate) caller: CallerStamp,
    pub(crate) change: UserChange,
    pub(crate) event: AuditEvent,
}

#[async_trait]
impl Act for UpdateUser {
    const WORD: &'static str = "update_user";
    type Answer = Outcome<Account>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        let now = self.event.time;
        let id = self.target.user;
        if present(sql, self.target).await?.is_none() {
            return Ok(Outcome::Stale);
        }
        let corrupt = StoreError::Corrupt { table: "users", column: "id" };
        let before = AccountById(id).run(sql).await?.ok_or(corrupt)?;
        if !caller_holds(sql, &self.caller, now).await? {
            return Ok(Outcome::Stale);
        }

        let after = changed(&before.user, &self.change, now);
        write(sql, &after).await?;
        let mut event = self.event.clone();
        let barred = self.change.status.is_some_and(|status| !status.may_authenticate());
        if barred || self.change.locked == Some(true) {
            let all = EndSessions::AllBut(None);
            let ended = end_sessions(sql, id, before.user.credential_version, all, now).await?;
            event.sessions_ended = Some(ended);
        }
        if self.change.status == Some(Status::Terminated) {
            revoke_keys(sql, id, now).await?;
        }
        if self.change.locked == Some(false) {
            throttle::clear_user(sql, id).await?;
        }
        append(sql, &event).await?;
        let account = AccountById(id).run(sql).await?;
        account.map(Outcome::Done).ok_or(StoreError::Corrupt { table: "users", column: "id" })
    }
}

fn changed(user: &User, change: &UserChange, now: Timestamp) -> User {
    let mut after = user.clone();
    let replace = |field: &mut String, with: &Option<String>| {
        if let Some(text) = with {
            field.clone_from(text);
        }
    };
    replace(&mut after.email, &change.email);
    replace(&mut after.first_name, &change.first_name);
    replace(&mut after.last_name, &change.last_name);
    if let Some(status) = change.status {
        after.status = status;
    }
    match change.locked {
        // A lock keeps the time of its beginning.
        Some(true) => after.locked = after.locked.or(Some(now)),
        Some(false) => after.locked = None,
        None => {}
    }
    if after.status != user.status || after.locked != user.locked {
        after.version += 1;
    }
    after.modified = now;
    after
}

async fn write(sql: &mut dyn Sql, user: &User) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE users SET email = ?2, email_key = ?3, first_name = ?4, last_name = ?5, \
         status = ?6, locked = ?7, version = ?8, modified = ?9 WHERE id = ?1";
    let email_key = name_key(&user.email);
    let cells = values![
        user.id,
        &user.email,
        &email_key,
        &user.first_name,
        &user.last_name,
        user.status.name(),
        user.locked,
        user.version,
        user.modified,
    ];
    sql.execute(UPDATE, cells).await?;
    Ok(())
}

async fn revoke_keys(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    const REVOKE: &str = "UPDATE api_keys SET revoked = ?2 WHERE user_id = ?1 AND revoked IS NULL";
    sql.execute(REVOKE, values![user, now]).await?;
    Ok(())
}
