//! Connections for reading, used inline: a point read takes microseconds, a change of threads takes longer.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use passgate_gate::store::StoreError;
use rusqlite::Connection;

use super::errors::store_error;
use super::{SqliteOptions, connection};
use crate::sql::Act;

/// A pool that never makes anybody wait: who finds it empty opens a connection. Reads run inline, so there
/// are never more of them at once than threads.
pub(super) struct Readers {
    path: PathBuf,
    options: SqliteOptions,
    /// A std mutex: nothing awaits and nothing reads while it is held.
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: &Path, options: &SqliteOptions) -> Self {
        Self { path: path.to_owned(), options: options.clone(), idle: Mutex::default() }
    }

    /// Runs a read on one snapshot.
    pub(super) fn run<A: Act>(&self, act: &A) -> Result<A::Answer, StoreError> {
        let mut connection = match self.idle().pop() {
            Some(connection) => connection,
            None => connection::open_reader(&self.path, &self.options).map_err(store_error)?,
        };
        execute(&connection, "BEGIN").map_err(store_error)?;
        let answer = connection::run(act, &mut connection);
        // A connection that cannot end its transaction, or whose read panicked, is dropped instead.
        if execute(&connection, "COMMIT").is_ok() {
            let mut idle = self.idle();
            if idle.len() < self.options.idle_readers {
                idle.push(connection);
            }
        }
        answer
    }

    /// Closes what is idle, so that the writer is the last to go and can clean up.
    pub(super) fn close(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}
