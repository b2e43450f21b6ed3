//! How doors name the user that an operation is about.

use crate::Gate;
use crate::authority::Subject;
use crate::caller::Caller;
use crate::error::{Denied, Error};
use crate::ids::{CompanyId, PortalUserId, TenantId, UserId};
use crate::user::Account;

/// The user that an operation is about, as the caller named it. A name of bad form is judged like one that
/// leads to nobody, and only when its turn comes.
#[derive(Debug, Clone)]
pub enum Target {
    /// The caller itself.
    Myself,
    /// By the system-wide number.
    Number(i32),
    /// By the portal service's ids; no company means the caller's own. Contract: omnitracs-soap 1.
    Portal {
        /// `companyId` as sent; empty is as none.
        company: Option<String>,
        /// `userId` as sent.
        user: String,
    },
}

impl Target {
    /// The number, for the record of a refusal.
    pub(crate) fn number(&self, caller: &Caller) -> Option<UserId> {
        match self {
            Self::Myself => caller.user_id(),
            Self::Number(number) => UserId::new(*number),
            Self::Portal { .. } => None,
        }
    }
}

impl Gate {
    /// The account that a target names. Whether the caller may know of it is for [`crate::authority`];
    /// only a company that the caller may not see is refused here, since the portal service judges it
    /// before the user. Contract: authorisation 4.3.
    pub(crate) async fn find(&self, caller: &Caller, target: &Target) -> Result<Option<Account>, Error> {
        match target {
            Target::Myself => match caller.user_id() {
                Some(id) => Ok(self.store.account(id).await?),
                None => Ok(None),
            },
            Target::Number(number) => match UserId::new(*number) {
                Some(id) => Ok(self.store.account(id).await?),
                None => Ok(None),
            },
            Target::Portal { company, user } => {
                let tenant = self.company(caller, company.as_deref().filter(|text| !text.is_empty())).await?;
                match user.parse::<PortalUserId>() {
                    Ok(id) => Ok(self.store.account_by_portal_id(tenant, &id).await?),
                    Err(_) => Ok(None),
                }
            }
        }
    }

    async fn company(&self, caller: &Caller, named: Option<&str>) -> Result<TenantId, Error> {
        let Some(named) = named else { return caller.tenant().ok_or_else(|| Denied::TenantNotFound.into()) };
        let company: CompanyId = named.parse().map_err(|_| Denied::TenantNotFound)?;
        let found = self.store.tenant_by_company(&company).await?;
        found
            .filter(|tenant| Subject::of(caller).sees_tenant(tenant.id))
            .map(|tenant| tenant.id)
            .ok_or_else(|| Denied::TenantNotFound.into())
    }
}
