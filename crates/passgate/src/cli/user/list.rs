//! `passgate user list`.

use clap::Args;
use passgate_gate::audit::Operation;

use crate::cli::desk::Desk;
use crate::cli::names::{self, TenantName};
use crate::cli::{Failure, shapes};

const PAGE: u32 = 500;

/// List the users of a tenant.
#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// The tenant's number or company id; with an API key it may be left out for the caller's own.
    #[arg(long, value_parser = names::tenant)]
    tenant: Option<TenantName>,
}

impl List {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let gate = &desk.installation.gate;
        let caller = desk.caller(Operation::ReadUser).await?;
        let tenant = names::tenant_or_own(self.tenant.as_ref(), gate, &caller).await?;
        let (mut lines, mut shown, mut after) = (String::new(), Vec::new(), None);
        loop {
            let page = gate.list_users(&caller, tenant.id, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.user.id);
            for account in &page {
                lines.push_str(&shapes::account_line(account));
                lines.push('\n');
                shown.push(shapes::account(account));
            }
        }
        desk.say(&lines, &shown.into());
        Ok(())
    }
}
