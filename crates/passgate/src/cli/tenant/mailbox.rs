//! `passgate tenant mailbox`.

use clap::Args;
use passgate_gate::audit::Operation;
use passgate_gate::ids::MailboxId;
use passgate_gate::user::Mailbox;
use serde_json::json;

use crate::cli::desk::Desk;
use crate::cli::names::{self, TenantName};
use crate::cli::{Failure, exit};

/// Make a mailbox in a tenant.
#[derive(Debug, Args)]
pub(in crate::cli) struct Create {
    /// The tenant's number or company id.
    #[arg(value_parser = names::tenant)]
    tenant: TenantName,
    /// The mailbox's number there, 1 or more.
    number: i32,
    /// Its name, for people.
    #[arg(long)]
    name: String,
}

impl Create {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let id = MailboxId::new(self.number)
            .filter(|id| *id != MailboxId::NETWORK)
            .ok_or_else(|| Failure::new(exit::USAGE, "a mailbox has a number from 1 on"))?;
        let caller = desk.caller(Operation::CreateMailbox).await?;
        let gate = &desk.installation.gate;
        let tenant = self.tenant.find(gate, &caller).await?.id;
        gate.create_mailbox(&caller, Mailbox { tenant, id, name: self.name.clone(), suspended: false }).await?;
        let json = json!({ "tenant": tenant.get(), "mailbox": id.get(), "name": self.name });
        desk.say(&format!("made mailbox {id} in tenant {tenant}"), &json);
        Ok(())
    }
}
