//! Why a store was not moved. Nothing is lost in any of these: the source is as it was.

use crate::postgres::ConnectError;
use crate::sqlite::OpenError;

/// Why a store was not moved, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The source cannot be opened, read or marked.
    #[error("the store to move cannot be used")]
    Source(#[source] OpenError),
    /// Another process has it open.
    #[error("another process has the store open")]
    InUse,
    /// Its schema is not yet the one of this version, which the target gets.
    #[error("the store has schema {found}, this version moves {known}")]
    Older {
        /// The number of its last migration.
        found: i64,
        /// The number of the last one that this version knows.
        known: i64,
    },
    /// A row refers to one that is not there.
    #[error("table {0} refers to rows that do not exist")]
    Reference(String),
    /// A cell holds what its column never may.
    #[error("table {table} holds in column {column} what it never may")]
    Cell {
        /// The table.
        table: &'static str,
        /// The column; `*` where it is not known.
        column: &'static str,
    },
    /// The target cannot be reached or used.
    #[error("the database to move to cannot be used")]
    Target(#[source] ConnectError),
    /// Another process moves a store into it now.
    #[error("another process is moving a store into this database")]
    Busy,
    /// The role may not make tables there.
    #[error("the role may not make tables in schema {0} of the database")]
    Rights(String),
    /// It is the unfinished copy of another store, or of this one before it was given up.
    #[error("the database holds the unfinished move of another store")]
    OtherMove,
    /// The source went, or is going, somewhere else.
    #[error("the store belongs to another move, to {0}")]
    Elsewhere(String),
    /// The tables of the target are not those that this version moves.
    #[error("table {0} of the database is not as this version makes it")]
    Schema(String),
    /// Both were read back and are not the same.
    #[error("{} of the copy differ from the store", tables(.0))]
    Differ(Vec<Differs>),
    /// There is no move to give up.
    #[error("the store is not being moved")]
    NotMoved,
    /// Servers work with the target.
    #[error("{0} connections of Passgate to the database are open")]
    Served(i64),
    /// PostgreSQL failed, or the way to it.
    #[error("the database failed")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A table that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differs {
    /// The table.
    pub table: &'static str,
    /// What the source has: number of rows and digest.
    pub source: String,
    /// What the target has.
    pub target: String,
}

fn tables(differs: &[Differs]) -> String {
    differs.iter().map(|one| one.table).collect::<Vec<_>>().join(", ")
}

impl From<tokio_postgres::Error> for MoveError {
    fn from(error: tokio_postgres::Error) -> Self {
        // Without what the server tells of the values.
        Self::Database(crate::postgres::plain(error))
    }
}

impl From<ConnectError> for MoveError {
    fn from(error: ConnectError) -> Self {
        Self::Target(error)
    }
}
