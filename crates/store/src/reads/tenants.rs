//! Reading tenants and mailboxes.

use async_trait::async_trait;
use passgate_gate::ids::{CompanyId, MailboxId, TenantId};
use passgate_gate::store::StoreError;
use passgate_gate::user::{Mailbox, Tenant};

use crate::rows::{mailbox, mailbox_columns, tenant, tenant_columns};
use crate::sql::{Act, Sql, values};

/// `Store::tenant`.
pub(crate) struct TenantById(pub(crate) TenantId);

#[async_trait]
impl Act for TenantById {
    const WORD: &'static str = "tenant_by_id";
    type Answer = Option<Tenant>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const BY_ID: &str = concat!("SELECT ", tenant_columns!(), " FROM tenants t WHERE t.id = ?1");
        sql.first(BY_ID, values![self.0]).await?.as_mut().map(tenant).transpose()
    }
}

/// `Store::tenant_by_company`.
pub(crate) struct TenantByCompany<'a>(pub(crate) &'a CompanyId);

#[async_trait]
impl Act for TenantByCompany<'_> {
    const WORD: &'static str = "tenant_by_company";
    type Answer = Option<Tenant>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const BY_COMPANY: &str = concat!("SELECT ", tenant_columns!(), " FROM tenants t WHERE t.company_id = ?1");
        sql.first(BY_COMPANY, values![self.0]).await?.as_mut().map(tenant).transpose()
    }
}

/// `Store::tenants`.
pub(crate) struct TenantsAfter {
    pub(crate) after: Option<TenantId>,
    pub(crate) limit: u32,
}

#[async_trait]
impl Act for TenantsAfter {
    const WORD: &'static str = "tenants_after";
    type Answer = Vec<Tenant>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const AFTER: &str =
            concat!("SELECT ", tenant_columns!(), " FROM tenants t WHERE t.id > ?1 ORDER BY t.id LIMIT ?2");
        let rows = sql.query(AFTER, values![self.after.map_or(0, TenantId::get), self.limit]).await?;
        rows.into_iter().map(|mut row| tenant(&mut row)).collect()
    }
}

/// `Store::mailbox`.
pub(crate) struct MailboxById(pub(crate) TenantId, pub(crate) MailboxId);

#[async_trait]
impl Act for MailboxById {
    const WORD: &'static str = "mailbox_by_id";
    type Answer = Option<Mailbox>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const BY_ID: &str =
            concat!("SELECT ", mailbox_columns!(), " FROM mailboxes m WHERE m.tenant_id = ?1 AND m.id = ?2");
        sql.first(BY_ID, values![self.0, self.1]).await?.as_mut().map(mailbox).transpose()
    }
}
