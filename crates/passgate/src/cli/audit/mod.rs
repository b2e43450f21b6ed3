//! `passgate audit`: the record of every attempt. Reading it takes the data folder, so it is the operator's alone.

mod export;
mod key;
mod list;
mod prune;
mod verify;

use clap::{Args, Subcommand};

use super::Failure;
use super::desk::Access;
pub(super) use verify::name;

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
    /// Verify every tenant's records: none changed, dropped, moved or cut off. With --file, a file of them.
    Verify(verify::Verify),
    /// Write records to standard output, one a line.
    Export(export::Export),
    /// Print the public keys that verify checkpoints; note them where whoever runs this machine cannot write.
    Key,
    /// Remove old records, up to a signed checkpoint from which the rest verifies.
    Prune(prune::Prune),
}

impl Command {
    pub(super) async fn run(self) -> Result<(), Failure> {
        // A file needs no installation.
        if let Verb::Verify(verify::Verify { file: Some(file), key, checkpoints }) = &self.verb {
            return verify::file(file, key.as_deref(), checkpoints, self.access.json);
        }
        let desk = self.access.desk()?;
        desk.refuse_key()?;
        match self.verb {
            Verb::List(verb) => verb.run(&desk).await,
            Verb::Verify(verb) => verb.run(&desk).await,
            Verb::Export(verb) => verb.run(&desk).await,
            Verb::Key => {
                key::run(&desk);
                Ok(())
            }
            Verb::Prune(verb) => verb.run(&desk).await,
        }
    }
}
