//! `passgate tenant licence`.

use clap::{Args, ValueEnum};
use passgate_gate::audit::Operation;
use passgate_gate::store::TenantChange;

use crate::cli::desk::Desk;
use crate::cli::names::{self, TenantName};
use crate::cli::{Failure, shapes};

/// Give a tenant the licence for Remote Integration, or take it away.
#[derive(Debug, Args)]
pub(in crate::cli) struct Licence {
    /// Its number or company id.
    #[arg(value_parser = names::tenant)]
    tenant: TenantName,
    /// Whether it has the licence.
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    On,
    Off,
}

impl Licence {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let caller = desk.caller(Operation::UpdateTenant).await?;
        let gate = &desk.installation.gate;
        let found = self.tenant.find(gate, &caller).await?;
        let change = TenantChange { licensed: Some(self.state == State::On), ..TenantChange::default() };
        let tenant = gate.update_tenant(&caller, found.id, change).await?;
        desk.say(&shapes::tenant_line(&tenant), &shapes::tenant(&tenant));
        Ok(())
    }
}
