//! What SQLite says when it fails, in the words of the store.

use std::error::Error as _;
use std::io;
use std::path::PathBuf;

use passgate_gate::store::StoreError;
use rusqlite::ErrorCode;

/// Why a store was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such file.
    #[error("there is no store at {0}")]
    Missing(PathBuf),
    /// A new store would overwrite this file.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// Others than the owner may read or write it (R119).
    #[error("{path} has mode {mode:04o}; others than its owner must have no access")]
    Permissions {
        /// The file or folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A database of something else.
    #[error("the file is a database, but not a store of Passgate")]
    Foreign,
    /// It was written by a newer version of Passgate.
    #[error("the store has schema {found}, this version knows {known}")]
    Newer {
        /// The number of its last migration.
        found: i64,
        /// The number of the last one that this version knows.
        known: i64,
    },
    /// A migration that was applied is not the one that this version has under its number.
    #[error("migration {0} was applied in another form than this version has it")]
    Migration(i64),
    /// It is being moved to PostgreSQL, and must not change meanwhile.
    #[error("the store is being moved to PostgreSQL, {to}")]
    Moving {
        /// The server and its database.
        to: String,
    },
    /// It was moved to PostgreSQL: what this file holds is out of date.
    #[error("the store was moved to PostgreSQL, {to}; this file is what it was before")]
    Moved {
        /// The server and its database.
        to: String,
    },
    /// The file is damaged. Restore a backup.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The operating system refused.
    #[error("the file cannot be used")]
    Io(#[from] io::Error),
    /// SQLite refused.
    #[error("the database cannot be opened")]
    Database(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            _ => Self::Database(error),
        }
    }
}

/// What a failing statement means to a caller: whether it ends by itself, or when somebody mends the disk, or
/// neither.
pub(super) fn store_error(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        // Another process writes, or as many as there may be open the file at once.
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::OutOfMemory
            | ErrorCode::OperationInterrupted,
        ) => StoreError::Unavailable(error.into()),
        Some(
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied,
        ) => StoreError::Faulty(error.into()),
        _ => StoreError::Failed(error.into()),
    }
}

/// The same error for each of those that it has cost their act; rusqlite's cannot be copied.
pub(super) fn the_same(error: &StoreError, why: &'static str) -> StoreError {
    let text = format!("{why}: {}", error.source().map_or_else(|| error.to_string(), ToString::to_string)).into();
    match error {
        StoreError::Unavailable(_) => StoreError::Unavailable(text),
        StoreError::Unconfirmed(_) => StoreError::Unconfirmed(text),
        StoreError::Faulty(_) => StoreError::Faulty(text),
        StoreError::Corrupt { .. } | StoreError::Failed(_) => StoreError::Failed(text),
    }
}
