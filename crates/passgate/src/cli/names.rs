//! How tenants and users are named on the command line.

use passgate_gate::Gate;
use passgate_gate::caller::Caller;
use passgate_gate::ids::{CompanyId, TenantId};
use passgate_gate::operations::Target;
use passgate_gate::user::Tenant;

use super::{Failure, exit};

/// `1042`, `JSMITH@MYCOMPANY`, or with an API key `JSMITH` in the caller's own company.
#[expect(clippy::unnecessary_wraps, reason = "the shape that the parser of arguments asks for")]
pub(super) fn user(text: &str) -> Result<Target, String> {
    if let Ok(number) = text.parse::<i32>() {
        return Ok(Target::Number(number));
    }
    let (user, company) = match text.rsplit_once('@') {
        Some((user, company)) => (user, Some(company.to_owned())),
        None => (text, None),
    };
    Ok(Target::Portal { company, user: user.to_owned() })
}

/// `7` or `MYCOMPANY`.
#[derive(Debug, Clone)]
pub(super) enum TenantName {
    Number(TenantId),
    Company(CompanyId),
}

pub(super) fn tenant(text: &str) -> Result<TenantName, String> {
    if let Some(id) = text.parse().ok().and_then(TenantId::new) {
        return Ok(TenantName::Number(id));
    }
    text.parse().map(TenantName::Company).map_err(|error: passgate_gate::ids::NotAnId| error.to_string())
}

impl TenantName {
    pub(super) async fn find(&self, gate: &Gate, caller: &Caller) -> Result<Tenant, Failure> {
        match self {
            Self::Number(id) => Ok(gate.read_tenant(caller, *id).await?),
            Self::Company(company) => Ok(gate.find_tenant(caller, company).await?),
        }
    }
}

/// The named tenant, or else the caller's own.
pub(super) async fn tenant_or_own(named: Option<&TenantName>, gate: &Gate, caller: &Caller) -> Result<Tenant, Failure> {
    match (named, caller.tenant()) {
        (Some(named), _) => named.find(gate, caller).await,
        (None, Some(own)) => Ok(gate.read_tenant(caller, own).await?),
        (None, None) => Err(Failure::new(exit::USAGE, "say which tenant: --tenant NUMBER or --tenant COMPANYID")),
    }
}
