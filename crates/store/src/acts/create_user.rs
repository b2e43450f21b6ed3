//! Making a user.

use async_trait::async_trait;
use passgate_gate::audit::AuditEvent;
use passgate_gate::ids::{MailboxId, PortalUserId, UserId};
use passgate_gate::store::{CallerStamp, Created, NewUser, Outcome, StoreError};
use passgate_gate::user::name_key;

use super::judged::caller_holds;
use super::number;
use super::record::append;
use crate::reads::AccountById;
use crate::sql::{Act, Sql, Value, values};

/// The version and the credential version of a new user.
const FIRST: i64 = 1;

/// `Store::create_user`.
pub(crate) struct CreateUser {
    pub(crate) user: NewUser,
    pub(crate) caller: CallerStamp,
    pub(crate) event: AuditEvent,
}

#[async_trait]
impl Act for CreateUser {
    const WORD: &'static str = "create_user";
    type Answer = Outcome<Created>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        if !caller_holds(sql, &self.caller, self.event.time).await? {
            return Ok(Outcome::Stale);
        }
        let new = &self.user;
        if let Some(taken) = self.taken(sql).await? {
            return Ok(Outcome::Done(taken));
        }
        if new.mailbox != MailboxId::NETWORK && !exists(sql, MAILBOX, values![new.tenant, new.mailbox]).await? {
            return Err(StoreError::Failed("a new user's mailbox does not exist".into()));
        }

        let (id, portal_id) = self.ids(sql).await?;
        self.insert(sql, id, &portal_id).await?;
        let event = AuditEvent {
            target: Some(id),
            credential_version: self.event.credential_version.or(Some(FIRST)),
            ..self.event.clone()
        };
        append(sql, &event).await?;
        let account = AccountById(id).run(sql).await?;
        let account = account.ok_or(StoreError::Corrupt { table: "users", column: "id" })?;
        Ok(Outcome::Done(Created::User(Box::new(account))))
    }
}

const MAILBOX: &str = "SELECT 1 FROM mailboxes WHERE tenant_id = ?1 AND id = ?2";
const USER: &str = "SELECT 1 FROM users WHERE id = ?1";
const LOGIN: &str = "SELECT 1 FROM users WHERE tenant_id = ?1 AND login_key = ?2";
const PORTAL_ID: &str = "SELECT 1 FROM users WHERE tenant_id = ?1 AND portal_id = ?2";

async fn exists(sql: &mut dyn Sql, text: &'static str, values: &[Value<'_>]) -> Result<bool, StoreError> {
    Ok(sql.first(text, values).await?.is_some())
}

impl CreateUser {
    async fn taken(&self, sql: &mut dyn Sql) -> Result<Option<Created>, StoreError> {
        let new = &self.user;
        if exists(sql, LOGIN, values![new.tenant, &name_key(&new.login)]).await? {
            return Ok(Some(Created::LoginTaken));
        }
        if let Some(portal_id) = &new.portal_id
            && exists(sql, PORTAL_ID, values![new.tenant, portal_id]).await?
        {
            return Ok(Some(Created::PortalIdTaken));
        }
        if let Some(id) = new.id
            && exists(sql, USER, values![id]).await?
        {
            return Ok(Some(Created::IdTaken));
        }
        Ok(None)
    }

    /// The id and the portal id: as asked for, else the next number and what the login makes.
    /// Contract: authorisation 3.1.
    async fn ids(&self, sql: &mut dyn Sql) -> Result<(UserId, PortalUserId), StoreError> {
        let new = &self.user;
        let mut wanted = new.portal_id.clone();
        if wanted.is_none()
            && let Ok(like_login) = new.login.parse::<PortalUserId>()
            && !exists(sql, PORTAL_ID, values![new.tenant, &like_login]).await?
        {
            wanted = Some(like_login);
        }
        loop {
            let id = self.number(sql).await?;
            let portal_id = wanted.clone().unwrap_or_else(|| PortalUserId::fallback(id));
            if wanted.is_some() || !exists(sql, PORTAL_ID, values![new.tenant, &portal_id]).await? {
                return Ok((id, portal_id));
            }
            // Somebody asked for `U` and this very number: the number is left out.
            if new.id.is_some() {
                return Err(StoreError::Failed("no portal id is left for a user with a fixed id".into()));
            }
        }
    }

    async fn number(&self, sql: &mut dyn Sql) -> Result<UserId, StoreError> {
        match self.user.id {
            Some(id) => {
                number::skip(sql, "users", id.get()).await?;
                Ok(id)
            }
            None => UserId::new(number::next(sql, "users").await?)
                .ok_or(StoreError::Corrupt { table: "counters", column: "last" }),
        }
    }

    async fn insert(&self, sql: &mut dyn Sql, id: UserId, portal_id: &PortalUserId) -> Result<(), StoreError> {
        const INSERT: &str = "INSERT INTO users (id, tenant_id, mailbox_id, login, login_key, portal_id, email, \
             email_key, first_name, last_name, level, status, password_hash, must_change, credential_version, \
             password_set_at, password_used, version, created, modified, recovery_question) VALUES (?1, ?2, ?3, \
             ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, FALSE, ?15, ?16, ?16, '')";
        let new = &self.user;
        let (login_key, email_key) = (name_key(&new.login), name_key(&new.email));
        let cells = values![
            id,
            new.tenant,
            new.mailbox,
            &new.login,
            &login_key,
            portal_id,
            &new.email,
            &email_key,
            &new.first_name,
            &new.last_name,
            new.level.name(),
            new.status.name(),
            &new.hash,
            new.must_change.name(),
            FIRST,
            self.event.time,
        ];
        sql.execute(INSERT, cells).await?;
        Ok(())
    }
}
