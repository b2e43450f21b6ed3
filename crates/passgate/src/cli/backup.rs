//! `passgate backup`: a copy of the database while the server runs (R120).
//!
//! The keys are left out on purpose: whoever finds a backup must not find beside it what makes its hashes
//! worth guessing at (R3).

use std::path::PathBuf;

use clap::Args;
use passgate_store::{BackupError, Examination, OpenError, SqliteStore};
use serde_json::json;

use super::desk::Place;
use super::{Failure, chain, exit};
use crate::config::{Config, sections::Engine};

/// Copy the database to a new file, while the server runs. The keys are not part of it.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to make; one that exists is refused.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Answer in JSON.
    #[arg(long)]
    pub(super) json: bool,
}

impl Backup {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let config = self.place.configuration()?;
        refuse_other_engines(&config)?;
        let examined = copy(config.database(), self.to.clone()).await?;
        if self.json {
            println!("{}", json!({ "file": self.to, "schema": examined.schema }));
        } else {
            println!("copied to {}, schema {}, whole", self.to.display(), examined.schema);
            println!("keep a copy of {} elsewhere", crate::keys::folder(&config.data.folder).display());
        }
        Ok(())
    }
}

/// Only the embedded store is a file of ours.
pub(super) fn refuse_other_engines(config: &Config) -> Result<(), Failure> {
    if config.store.engine == Engine::Sqlite {
        return Ok(());
    }
    let text = "the database is not a file of Passgate's: use the backup tools of its own engine";
    Err(Failure::new(exit::CONFIG, text))
}

/// Copies a store's file to a new one.
pub(super) async fn copy(from: PathBuf, to: PathBuf) -> Result<Examination, Failure> {
    let copied = tokio::task::spawn_blocking(move || SqliteStore::back_up(&from, &to)).await;
    copied.map_err(|error| Failure::new(exit::FAILED, error.to_string()))?.map_err(|error| refused(&error))
}

fn refused(error: &BackupError) -> Failure {
    let code = match error {
        BackupError::Source(OpenError::Missing(_)) => exit::NOT_FOUND,
        BackupError::Target(OpenError::Exists(_)) | BackupError::Unsound(_) => exit::REFUSED,
        BackupError::Source(_) | BackupError::Target(_) | BackupError::Copy(_) => exit::FAILED,
    };
    Failure::new(code, chain(error))
}
