//! `passgate key`: the API keys of users.

mod create;
mod list;
mod revoke;

use clap::{Args, Subcommand};

use super::Failure;
use super::desk::Access;

/// Make, list and revoke API keys.
#[derive(Debug, Args)]
pub(super) struct Command {
    #[command(flatten)]
    pub(super) access: Access,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a user's primary API key and show it once. The primary key before it dies at once.
    Create(create::Create),
    /// List a user's keys, revoked and expired ones too.
    List(list::List),
    /// Revoke a key, at once and for good.
    Revoke(revoke::Revoke),
}

impl Command {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let desk = self.access.desk()?;
        match self.verb {
            Verb::Create(verb) => verb.run(&desk).await,
            Verb::List(verb) => verb.run(&desk).await,
            Verb::Revoke(verb) => verb.run(&desk).await,
        }
    }
}
