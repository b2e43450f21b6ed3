//! `passgate tenant`: the customer organisations. Making and changing them takes a system-wide level.

mod create;
mod licence;
mod list;
mod mailbox;
mod show;

use clap::{Args, Subcommand};

use super::Failure;
use super::desk::Access;

/// Make and show tenants.
#[derive(Debug, Args)]
pub(super) struct Command {
    #[command(flatten)]
    pub(super) access: Access,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a tenant.
    Create(create::Create),
    /// List the tenants.
    List,
    /// Show one tenant.
    Show(show::Show),
    /// Give a tenant the licence for Remote Integration, or take it away.
    Licence(licence::Licence),
    /// Make a mailbox in a tenant.
    Mailbox(mailbox::Create),
}

impl Command {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let desk = self.access.desk()?;
        match self.verb {
            Verb::Create(verb) => verb.run(&desk).await,
            Verb::List => list::run(&desk).await,
            Verb::Show(verb) => verb.run(&desk).await,
            Verb::Licence(verb) => verb.run(&desk).await,
            Verb::Mailbox(verb) => verb.run(&desk).await,
        }
    }
}
