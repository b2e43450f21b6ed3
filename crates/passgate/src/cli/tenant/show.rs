//! `passgate tenant show`.

use clap::Args;
use passgate_gate::audit::Operation;

use crate::cli::desk::Desk;
use crate::cli::names::{self, TenantName};
use crate::cli::{Failure, shapes};

/// Show one tenant.
#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    /// Its number or company id.
    #[arg(value_parser = names::tenant)]
    tenant: TenantName,
}

impl Show {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let caller = desk.caller(Operation::ReadUser).await?;
        let tenant = self.tenant.find(&desk.installation.gate, &caller).await?;
        desk.say(&shapes::tenant_line(&tenant), &shapes::tenant(&tenant));
        Ok(())
    }
}
