//! `passgate audit`: the record of every attempt. Reading it takes the data folder, so it is the operator's alone.

mod list;
mod verify;

use clap::{Args, Subcommand};

use super::Failure;
use super::desk::Access;

/// Read and verify the audit trail.
#[derive(Debug, Args)]
pub(super) struct Command {
    #[command(flatten)]
    pub(super) access: Access,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the records of a tenant, or of the system itself.
    List(list::List),
    /// Verify the chain of every tenant and of the system: no record changed, dropped or moved.
    Verify,
}

impl Command {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let desk = self.access.desk()?;
        desk.refuse_key()?;
        match self.verb {
            Verb::List(verb) => verb.run(&desk).await,
            Verb::Verify => verify::run(&desk).await,
        }
    }
}
