//! Making and changing tenants: for the local operator, and for callers whose level reaches all tenants.

use crate::Gate;
use crate::authority::Subject;
use crate::caller::Caller;
use crate::error::{Denied, Error, Field};
use crate::ids::{CompanyId, MailboxId, TenantId};
use crate::store::{NewTenant, Outcome, TenantChange};
use crate::user::{Mailbox, Tenant, is_plain_text};

const LONGEST_NAME: usize = 50;

impl Gate {
    /// Makes a tenant.
    pub async fn create_tenant(&self, caller: &Caller, wanted: NewTenant) -> Result<Tenant, Error> {
        let result = self.judge_and_create_tenant(caller, wanted).await;
        self.recorded(caller, None, result).await
    }

    async fn judge_and_create_tenant(&self, caller: &Caller, wanted: NewTenant) -> Result<Tenant, Error> {
        self.system_wide(caller)?;
        if wanted.name.trim().is_empty() || !is_plain_text(&wanted.name, LONGEST_NAME) {
            return Err(Error::Invalid(Field::Tenant));
        }
        let mut event = self.event_by(caller);
        event.tenant = None;
        self.store.create_tenant(wanted, event).await?.map_err(|_| Error::Taken(Field::Tenant))
    }

    /// Changes a tenant's licence or suspends it.
    pub async fn update_tenant(&self, caller: &Caller, id: TenantId, change: TenantChange) -> Result<Tenant, Error> {
        let result = self.judge_and_update_tenant(caller, id, change).await;
        self.recorded(caller, None, result).await
    }

    async fn judge_and_update_tenant(
        &self,
        caller: &Caller,
        id: TenantId,
        change: TenantChange,
    ) -> Result<Tenant, Error> {
        self.system_wide(caller)?;
        let mut event = self.event_by(caller);
        event.tenant = Some(id);
        let words =
            [change.licensed.map(|to| format!("licensed={to}")), change.suspended.map(|to| format!("suspended={to}"))];
        event.note = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
        match self.store.update_tenant(id, change, event).await? {
            Outcome::Done(tenant) => Ok(tenant),
            Outcome::Stale => Err(Denied::TenantNotFound.into()),
        }
    }

    /// Makes a mailbox in a tenant.
    pub async fn create_mailbox(&self, caller: &Caller, wanted: Mailbox) -> Result<(), Error> {
        let result = self.judge_and_create_mailbox(caller, wanted).await;
        self.recorded(caller, None, result).await
    }

    async fn judge_and_create_mailbox(&self, caller: &Caller, wanted: Mailbox) -> Result<(), Error> {
        self.system_wide(caller)?;
        if self.store.tenant(wanted.tenant).await?.is_none() {
            return Err(Denied::TenantNotFound.into());
        }
        if wanted.id == MailboxId::NETWORK || !is_plain_text(&wanted.name, LONGEST_NAME) {
            return Err(Error::Invalid(Field::Tenant));
        }
        let mut event = self.event_by(caller);
        event.tenant = Some(wanted.tenant);
        event.note = format!("mailbox={}", wanted.id);
        self.store.create_mailbox(wanted, event).await?.map_err(|_| Error::Taken(Field::Tenant))
    }

    /// A tenant that the caller may see.
    pub async fn read_tenant(&self, caller: &Caller, id: TenantId) -> Result<Tenant, Error> {
        self.unrestricted(caller)?;
        let seen = Subject::of(caller).sees_tenant(id);
        let tenant = self.store.tenant(id).await?.filter(|_| seen);
        tenant.ok_or_else(|| Denied::TenantNotFound.into())
    }

    /// The tenant with this company id, if the caller may see it.
    pub async fn find_tenant(&self, caller: &Caller, company: &CompanyId) -> Result<Tenant, Error> {
        self.unrestricted(caller)?;
        let found = self.store.tenant_by_company(company).await?;
        found.filter(|tenant| Subject::of(caller).sees_tenant(tenant.id)).ok_or_else(|| Denied::TenantNotFound.into())
    }

    /// All tenants that the caller may see, by id, after one, at most `limit`.
    pub async fn list_tenants(
        &self,
        caller: &Caller,
        after: Option<TenantId>,
        limit: u32,
    ) -> Result<Vec<Tenant>, Error> {
        self.unrestricted(caller)?;
        let subject = Subject::of(caller);
        let tenants = self.store.tenants(after, limit).await?;
        Ok(tenants.into_iter().filter(|tenant| subject.sees_tenant(tenant.id)).collect())
    }

    fn system_wide(&self, caller: &Caller) -> Result<(), Error> {
        self.unrestricted(caller)?;
        if caller.level().is_system_wide() { Ok(()) } else { Err(Denied::LevelTooLow.into()) }
    }
}
