//! Making and changing tenants and mailboxes.

use async_trait::async_trait;
use passgate_gate::audit::AuditEvent;
use passgate_gate::ids::{MailboxId, TenantId};
use passgate_gate::store::{NewTenant, Outcome, StoreError, Taken, TenantChange};
use passgate_gate::user::{Mailbox, Tenant};

use super::number;
use super::record::append;
use crate::reads::{MailboxById, TenantByCompany, TenantById};
use crate::sql::{Act, Sql, values};

/// `Store::create_tenant`.
pub(crate) struct CreateTenant {
    pub(crate) tenant: NewTenant,
    pub(crate) event: AuditEvent,
}

#[async_trait]
impl Act for CreateTenant {
    const WORD: &'static str = "create_tenant";
    type Answer = Result<Tenant, Taken>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const INSERT: &str = "INSERT INTO tenants (id, company_id, name, licensed, suspended, version) \
             VALUES (?1, ?2, ?3, ?4, FALSE, ?5)";
        let new = &self.tenant;
        if let Some(company) = &new.company
            && TenantByCompany(company).run(sql).await?.is_some()
        {
            return Ok(Err(Taken));
        }
        let id = match new.id {
            Some(id) if TenantById(id).run(sql).await?.is_some() => return Ok(Err(Taken)),
            Some(id) => {
                number::skip(sql, "tenants", id.get()).await?;
                id
            }
            None => TenantId::new(number::next(sql, "tenants").await?)
                .ok_or(StoreError::Corrupt { table: "counters", column: "last" })?,
        };
        let tenant = Tenant {
            id,
            company: new.company.clone(),
            name: new.name.clone(),
            licensed: new.licensed,
            suspended: false,
            version: 1,
        };
        let cells = values![id, tenant.company.as_ref(), &tenant.name, tenant.licensed, tenant.version];
        sql.execute(INSERT, cells).await?;
        append(sql, &AuditEvent { tenant: Some(id), ..self.event.clone() }).await?;
        Ok(Ok(tenant))
    }
}

/// `Store::update_tenant`.
pub(crate) struct UpdateTenant {
    pub(crate) id: TenantId,
    pub(crate) change: TenantChange,
    pub(crate) event: AuditEvent,
}

#[async_trait]
impl Act for UpdateTenant {
    const WORD: &'static str = "update_tenant";
    type Answer = Outcome<Tenant>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const HOLD: &str = "SELECT 1 FROM tenants WHERE id = ?1 /*+FOR NO KEY UPDATE*/";
        const UPDATE: &str = "UPDATE tenants SET licensed = ?2, suspended = ?3, version = ?4 WHERE id = ?1";
        sql.first(HOLD, values![self.id]).await?;
        let Some(mut tenant) = TenantById(self.id).run(sql).await? else { return Ok(Outcome::Stale) };
        tenant.licensed = self.change.licensed.unwrap_or(tenant.licensed);
        tenant.suspended = self.change.suspended.unwrap_or(tenant.suspended);
        tenant.version += 1;
        sql.execute(UPDATE, values![tenant.id, tenant.licensed, tenant.suspended, tenant.version]).await?;
        append(sql, &self.event).await?;
        Ok(Outcome::Done(tenant))
    }
}

/// `Store::create_mailbox`.
pub(crate) struct CreateMailbox {
    pub(crate) mailbox: Mailbox,
    pub(crate) event: AuditEvent,
}

#[async_trait]
impl Act for CreateMailbox {
    const WORD: &'static str = "create_mailbox";
    type Answer = Result<(), Taken>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const INSERT: &str = "INSERT INTO mailboxes (tenant_id, id, name, suspended) VALUES (?1, ?2, ?3, ?4)";
        let new = &self.mailbox;
        // Number 0 is the tenant itself.
        if new.id == MailboxId::NETWORK || MailboxById(new.tenant, new.id).run(sql).await?.is_some() {
            return Ok(Err(Taken));
        }
        sql.execute(INSERT, values![new.tenant, new.id, &new.name, new.suspended]).await?;
        append(sql, &self.event).await?;
        Ok(Ok(()))
    }
}
