//! What PostgreSQL says when it fails, in the words of the store.

use deadpool_postgres::{HookError, PoolError};
use passgate_gate::store::StoreError;
use tokio_postgres::error::{Severity, SqlState};

/// Why a store was not opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address is none, or the way that it asks for is not safe. It may hold a password, so it is not
    /// repeated.
    #[error("the address of the store is refused: {0}")]
    Address(String),
    /// The certificates of the authorities cannot be used.
    #[error("the certificates for the store cannot be used: {0}")]
    Authorities(String),
    /// No connection was made.
    #[error("the store cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server may lose what it acknowledged (R117), or its database cannot hold every text.
    #[error("the server is refused: {0}")]
    Refused(String),
    /// There is no schema in the database.
    #[error("the database holds no store")]
    Missing,
    /// There is a store in the database already.
    #[error("the database holds a store already")]
    Exists,
    /// A store is being moved into it, and not all of it is there.
    #[error("the database holds a store that is not wholly moved into it yet")]
    Unfinished,
    /// A store was moved into it, and taken back.
    #[error("the database holds a store that was given up: its installation went back to SQLite")]
    GivenUp,
    /// Tables of something else are in the database.
    #[error("the database holds tables that are not those of Passgate")]
    Foreign,
    /// It was written by a newer version of Passgate.
    #[error("the store has schema {found}, this version knows {known}")]
    Newer {
        /// The number of its last migration.
        found: i64,
        /// The number of the last one that this version knows.
        known: i64,
    },
    /// A move into it was begun by an older version, whose schema is not the one of this version.
    #[error("the move was begun by an older version, this version's schema is {known}")]
    Older {
        /// The number of the last migration that this version knows.
        known: i64,
    },
    /// A migration that was applied is not the one that this version has under its number.
    #[error("migration {0} was applied in another form than this version has it")]
    Migration(i64),
    /// PostgreSQL refused.
    #[error("the database cannot be used")]
    Database(#[source] tokio_postgres::Error),
}

impl From<tokio_postgres::Error> for ConnectError {
    fn from(error: tokio_postgres::Error) -> Self {
        if unavailable(&error) { Self::Unreachable(error.into()) } else { Self::Database(error) }
    }
}

/// What follows from the failure of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// Others were in the way: the act may run again at once.
    Conflict,
    /// What the act had looked for came in between: a second look sees it.
    Duplicate,
    /// The connection is of no more use; nothing was committed on it.
    Connection,
    /// Anything else: another try would end alike.
    Statement,
}

pub(super) fn cause(error: &tokio_postgres::Error) -> Cause {
    let Some(code) = error.code() else {
        return if io(error) { Cause::Connection } else { Cause::Statement };
    };
    match *code {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Cause::Conflict,
        SqlState::UNIQUE_VIOLATION => Cause::Duplicate,
        // After a failover the old leader may go on as a follower that cannot be written.
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::READ_ONLY_SQL_TRANSACTION
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        // A statement that was prepared on another server of a proxy, or before a migration.
        | SqlState::INVALID_SQL_STATEMENT_NAME
        | SqlState::FEATURE_NOT_SUPPORTED => Cause::Connection,
        _ if code.code().starts_with("08") => Cause::Connection,
        _ => Cause::Statement,
    }
}

/// What a failing statement means to a caller: whether it ends by itself, or when somebody mends the server's
/// disk, or neither.
pub(super) fn store_error(error: tokio_postgres::Error) -> StoreError {
    if unavailable(&error) {
        StoreError::Unavailable(error.into())
    } else if faulty(&error) {
        StoreError::Faulty(plain(error))
    } else {
        StoreError::Failed(plain(error))
    }
}

/// Whether a failed commit is known to be none: the server was in its senses and said so. One that ends the
/// session may have come too late.
pub(super) fn not_committed(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|told| told.parsed_severity() == Some(Severity::Error))
}

/// The server's message without its detail, which may hold values.
pub(crate) fn plain(error: tokio_postgres::Error) -> Box<dyn std::error::Error + Send + Sync> {
    match error.as_db_error() {
        Some(told) => format!("{} ({})", told.message(), told.code().code()).into(),
        None => error.into(),
    }
}

fn unavailable(error: &tokio_postgres::Error) -> bool {
    let Some(code) = error.code() else { return io(error) };
    match cause(error) {
        Cause::Conflict | Cause::Connection => return true,
        Cause::Duplicate | Cause::Statement => {}
    }
    // Memory or connections, an operator's act or time limit, a lock not to be had.
    matches!(*code, SqlState::LOCK_NOT_AVAILABLE | SqlState::OUT_OF_MEMORY | SqlState::TOO_MANY_CONNECTIONS)
        || (code.code().starts_with("57") && *code != SqlState::DATABASE_DROPPED)
}

/// Disk full, I/O error.
fn faulty(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| code.code().starts_with("53") || code.code().starts_with("58"))
}

/// Whether it is the way to the server that failed, not the server.
fn io(error: &tokio_postgres::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.is::<std::io::Error>() {
            return true;
        }
        source = cause.source();
    }
    error.is_closed() || error.to_string().starts_with("error communicating")
}

/// No connection for an act.
pub(super) fn pool_error(error: PoolError) -> StoreError {
    StoreError::Unavailable(error.into())
}

/// No first connection.
pub(super) fn connect_error(error: PoolError) -> ConnectError {
    match error {
        PoolError::PostCreateHook(HookError::Message(message)) => ConnectError::Refused(message.into_owned()),
        PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => error.into(),
        other => ConnectError::Unreachable(other.into()),
    }
}
