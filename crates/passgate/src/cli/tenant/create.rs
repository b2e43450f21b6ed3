//! `passgate tenant create`.

use clap::Args;
use passgate_gate::audit::Operation;
use passgate_gate::ids::CompanyId;
use passgate_gate::store::NewTenant;

use crate::cli::desk::Desk;
use crate::cli::{Failure, shapes};

/// Make a tenant.
#[derive(Debug, Args)]
pub(in crate::cli) struct Create {
    /// Its name, for people.
    #[arg(long)]
    name: String,
    /// Its company id for the portal service: 1 to 10 of A-Z, 0-9, - and _. Without one it is not reachable there.
    #[arg(long)]
    company: Option<CompanyId>,
    /// Without the licence for Remote Integration: the portal service refuses its users.
    #[arg(long)]
    no_licence: bool,
}

impl Create {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let caller = desk.caller(Operation::CreateTenant).await?;
        let wanted = NewTenant { id: None, company: self.company, name: self.name, licensed: !self.no_licence };
        let tenant = desk.installation.gate.create_tenant(&caller, wanted).await?;
        desk.say(&format!("made tenant {}", shapes::tenant_line(&tenant)), &shapes::tenant(&tenant));
        Ok(())
    }
}
