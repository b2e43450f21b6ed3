//! A copy of the store while it runs (R120).

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use super::errors::OpenError;
use super::files;
use super::migrate::{self, Examination};

/// Pages copied at a time, and the pause between.
const PAGES: i32 = 1_024;
const PAUSE: Duration = Duration::from_millis(1);

/// Why a backup was not made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is no store to copy, or it cannot be read.
    #[error("the store to copy cannot be read")]
    Source(#[source] OpenError),
    /// The file to write cannot be made.
    #[error("the backup cannot be written there")]
    Target(#[source] OpenError),
    /// SQLite failed while copying.
    #[error("the copy failed")]
    Copy(#[from] rusqlite::Error),
    /// What was copied is no store of this program, or is damaged.
    #[error("the copy is not sound")]
    Unsound(#[source] OpenError),
}

/// Copies one snapshot of a store into a new file, and examines the copy: a backup is worth what it restores.
pub(super) fn run(from: &Path, to: &Path) -> Result<Examination, BackupError> {
    if !from.is_file() {
        return Err(BackupError::Source(OpenError::Missing(from.to_owned())));
    }
    files::create_file(to).map_err(BackupError::Target)?;
    copy(from, to).inspect_err(|_| {
        // Half a backup must not be taken for one.
        if let Err(error) = std::fs::remove_file(to) {
            tracing::warn!(error = %error, "an unfinished backup is left behind");
        }
    })
}

fn copy(from: &Path, to: &Path) -> Result<Examination, BackupError> {
    let source = snapshot(from).map_err(|error| BackupError::Source(error.into()))?;
    let write = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(to, write)?;
    Backup::new(&source, &mut target)?.run_to_completion(PAGES, PAUSE, None)?;
    // One file that holds everything and can be read where nothing can be written.
    target.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    migrate::examine(&target).map_err(BackupError::Unsound)
}

fn snapshot(from: &Path) -> rusqlite::Result<Connection> {
    let read = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, read)?;
    // A reading transaction holds the snapshot: without it the copy would begin anew at each commit.
    source.execute_batch("BEGIN")?;
    source.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    Ok(source)
}
