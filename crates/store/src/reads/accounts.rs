//! Reading accounts.

use async_trait::async_trait;
use passgate_gate::ids::{PortalUserId, TenantId, UserId};
use passgate_gate::password::PasswordHash;
use passgate_gate::store::StoreError;
use passgate_gate::user::Account;

use crate::rows::{account, account_and_hash, account_columns, account_tables};
use crate::sql::{Act, Sql, values};

/// `Store::account`.
pub(crate) struct AccountById(pub(crate) UserId);

#[async_trait]
impl Act for AccountById {
    const WORD: &'static str = "account_by_id";
    type Answer = Option<Account>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const BY_ID: &str = concat!("SELECT ", account_columns!(), " FROM ", account_tables!(), " WHERE u.id = ?1");
        sql.first(BY_ID, values![self.0]).await?.as_mut().map(account).transpose()
    }
}

/// `Store::account_and_hash`.
pub(crate) struct AccountAndHashById(pub(crate) UserId);

#[async_trait]
impl Act for AccountAndHashById {
    const WORD: &'static str = "account_and_hash_by_id";
    type Answer = Option<(Account, PasswordHash)>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const BY_ID: &str =
            concat!("SELECT ", account_columns!(), ", u.password_hash FROM ", account_tables!(), " WHERE u.id = ?1");
        sql.first(BY_ID, values![self.0]).await?.as_mut().map(account_and_hash).transpose()
    }
}

/// `Store::account_by_portal_id`.
pub(crate) struct AccountByPortalId<'a>(pub(crate) TenantId, pub(crate) &'a PortalUserId);

#[async_trait]
impl Act for AccountByPortalId<'_> {
    const WORD: &'static str = "account_by_portal_id";
    type Answer = Option<Account>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const BY_PORTAL_ID: &str = concat!(
            "SELECT ",
            account_columns!(),
            " FROM ",
            account_tables!(),
            " WHERE u.tenant_id = ?1 AND u.portal_id = ?2"
        );
        sql.first(BY_PORTAL_ID, values![self.0, self.1]).await?.as_mut().map(account).transpose()
    }
}

/// `Store::accounts`.
pub(crate) struct AccountsAfter {
    pub(crate) tenant: TenantId,
    pub(crate) after: Option<UserId>,
    pub(crate) limit: u32,
}

#[async_trait]
impl Act for AccountsAfter {
    const WORD: &'static str = "accounts_after";
    type Answer = Vec<Account>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const AFTER: &str = concat!(
            "SELECT ",
            account_columns!(),
            " FROM ",
            account_tables!(),
            " WHERE u.tenant_id = ?1 AND u.id > ?2 ORDER BY u.id LIMIT ?3"
        );
        let after = self.after.map_or(0, UserId::get);
        let rows = sql.query(AFTER, values![self.tenant, after, self.limit]).await?;
        rows.into_iter().map(|mut row| account(&mut row)).collect()
    }
}
