//! `passgate user create`.

use clap::Args;
use passgate_gate::audit::Operation;
use passgate_gate::ids::PortalUserId;
use passgate_gate::level::Level;
use passgate_gate::operations::CreateUser;

use super::Ask;
use crate::cli::desk::Desk;
use crate::cli::names::{self, TenantName};
use crate::cli::secrets::Source;
use crate::cli::{Failure, shapes};

/// Make a user.
#[derive(Debug, Args)]
pub(in crate::cli) struct Create {
    /// The tenant's number or company id; with an API key it may be left out for the caller's own.
    #[arg(long, value_parser = names::tenant)]
    tenant: Option<TenantName>,
    /// The login, unique in the tenant.
    #[arg(long)]
    login: String,
    /// Root, `TechOps`, `NetOps`, `NetworkAdmin`, `NetworkUser`, `MailboxAdmin`, `MailboxUser`, `TPUser` or General.
    #[arg(long)]
    level: Level,
    /// The mailbox; 0 is the tenant itself.
    #[arg(long, default_value_t = 0)]
    mailbox: i32,
    /// The user id on the portal service; else the login if it fits, else U and the number.
    #[arg(long)]
    portal_id: Option<PortalUserId>,
    /// The e-mail address.
    #[arg(long, default_value = "")]
    email: String,
    /// The first name.
    #[arg(long, default_value = "")]
    first_name: String,
    /// The last name.
    #[arg(long, default_value = "")]
    last_name: String,
    #[command(flatten)]
    ask: Ask,
    #[command(flatten)]
    source: Source,
}

impl Create {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let gate = &desk.installation.gate;
        let caller = desk.caller(Operation::CreateUser).await?;
        let tenant = names::tenant_or_own(self.tenant.as_ref(), gate, &caller).await?;
        let chosen = self.source.choose(gate)?;
        let wanted = CreateUser {
            id: None,
            tenant: Some(tenant.id.get()),
            mailbox: Some(self.mailbox),
            login: self.login,
            portal_id: self.portal_id,
            email: self.email,
            first_name: self.first_name,
            last_name: self.last_name,
            level: self.level,
            password: chosen.password,
            profile: desk.profile(),
            demand: self.ask.demand(),
        };
        let account = gate.create_user(&caller, wanted).await?;
        let mut text = format!("made user {}", shapes::account_line(&account));
        let mut json = shapes::account(&account);
        if let Some(password) = &chosen.shown {
            text.push_str("\npassword, shown once: ");
            text.push_str(password);
            json["password"] = password.as_str().into();
        }
        desk.say(&text, &json);
        Ok(())
    }
}
