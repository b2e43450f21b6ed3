//! What to do when a store is not moved: each reason with its next step and its exit code.

use std::path::PathBuf;

use passgate_store::moving::MoveError;

use crate::cli::{Failure, chain, exit};
use crate::wiring::{refused_file, refused_server};

/// What the texts name.
pub(super) struct Refusal {
    /// The file of the store.
    pub(super) file: PathBuf,
    /// The data folder.
    pub(super) data: PathBuf,
}

impl Refusal {
    /// The failure of a command for this reason.
    pub(super) fn of(&self, error: &MoveError) -> Failure {
        let (code, next) = match error {
            MoveError::Source(error) => return refused_file(&self.file, error),
            MoveError::Target(error) => return refused_server(error),
            MoveError::InUse => (
                exit::CONFIG,
                "\nstop every server and command that works with it; nothing may change while it is moved".to_owned(),
            ),
            MoveError::Older { .. } => (
                exit::CONFIG,
                format!(
                    "\nback it up, then let this version bring it up to date: `passgate tenant list --data {}`",
                    self.data.display()
                ),
            ),
            MoveError::Reference(_) | MoveError::Cell { .. } => (
                exit::CONFIG,
                "\nthe store is damaged: restore a backup, and keep the file for whoever examines it; if its move has begun, \
                 --abandon gives it up"
                    .to_owned(),
            ),
            MoveError::Busy => (exit::CONFIG, "\nwait for it".to_owned()),
            MoveError::Rights(schema) => (
                exit::CONFIG,
                format!(
                    "\nas the owner of the database: GRANT CREATE, USAGE ON SCHEMA {schema} TO the role of the address"
                ),
            ),
            MoveError::OtherMove => (
                exit::CONFIG,
                "\nname an empty database; if that move is wanted, run the command with the data folder it began with"
                    .to_owned(),
            ),
            MoveError::Elsewhere(_) => (
                exit::CONFIG,
                "\nname that database as it was named then; to give that move up, --abandon, with --target-lost if the \
                 database is lost for good"
                    .to_owned(),
            ),
            MoveError::Schema(_) => (
                exit::CONFIG,
                "\n`passgate migrate-store --abandon` empties the database and gives the move up; then begin anew"
                    .to_owned(),
            ),
            MoveError::Differ(tables) => {
                let line = |one: &passgate_store::moving::Differs| {
                    format!("\n  {}: {} in the store, {} in the copy", one.table, one.source, one.target)
                };
                let lines: String = tables.iter().map(line).collect();
                let next = "\nthe copy is not served from; `passgate migrate-store --abandon` removes it";
                (exit::FAILED, lines + next)
            }
            MoveError::NotMoved => (exit::CONFIG, "\nthere is nothing to give up".to_owned()),
            MoveError::Served(_) => (exit::CONFIG, "\nstop the servers that work with it first".to_owned()),
            MoveError::Database(_) => {
                (exit::FAILED, "\nnothing is lost: the same command goes on where this one stopped".to_owned())
            }
        };
        Failure::new(code, format!("{}: {}{next}", self.file.display(), chain(error)))
    }
}
