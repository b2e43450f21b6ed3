//! A store that is moved to another engine: held so that nobody else reads or writes it, read table by table,
//! and marked so that nobody serves from it by mistake.
//!
//! The mark is the file's application id, which every version compares at the start: an older program takes a
//! marked file for somebody else's. Where it went stands in the table `store_move`.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use passgate_gate::store::StoreError;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, TransactionBehavior, params_from_iter};

use super::errors::OpenError;
use super::migrate::{self, APPLICATION, Examination, MOVED};
use super::{SqliteOptions, connection, files};
use crate::moving::canonical::Rows;
use crate::moving::plan::{TABLES, Table};
use crate::moving::{Mark, MoveError, MoveId};
use crate::rows::Cell;
use crate::sql::{Act, Engine, Value};
use crate::store::SqlStore;
use crate::trail::Trail;

/// A command beside the server takes moments; a server stays.
const PATIENCE: Duration = Duration::from_secs(5);

/// The SQLite store that is moved, with every page, reference and row kind looked at.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    store: SqlStore<HeldEngine>,
}

/// The one connection to it.
pub(crate) struct HeldEngine(Mutex<Connection>);

impl Engine for HeldEngine {
    async fn read<A: Act>(&self, act: &A) -> Result<A::Answer, StoreError> {
        connection::run(act, &mut self.connection())
    }

    async fn write<A: Act<Answer: 'static> + 'static>(&self, _act: A) -> Result<A::Answer, StoreError> {
        Err(StoreError::Unavailable("the store is being moved".into()))
    }
}

impl HeldEngine {
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    /// Holds the store until it is dropped: no other process reads or writes it meanwhile. Refused while a
    /// server has it open. Blocks until the whole file is examined.
    pub fn hold(path: &Path) -> Result<Self, MoveError> {
        files::check(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(OpenError::from)?;
        connection.busy_timeout(PATIENCE).map_err(OpenError::from)?;
        lock(&connection).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => MoveError::InUse,
            _ => MoveError::Source(error.into()),
        })?;
        Self::examined(path, connection)
    }

    /// Looks at the store as it is now, without changing or holding it.
    pub fn look(path: &Path) -> Result<Self, MoveError> {
        files::check(path)?;
        let options = SqliteOptions { busy_timeout: PATIENCE, ..SqliteOptions::default() };
        let connection = connection::open_reader(path, &options).map_err(OpenError::from)?;
        connection.execute_batch("BEGIN").map_err(OpenError::from)?;
        Self::examined(path, connection)
    }

    fn examined(path: &Path, connection: Connection) -> Result<Self, MoveError> {
        let Examination { schema, known } = migrate::examine_marked(&connection)?;
        if schema < known {
            return Err(MoveError::Older { found: schema, known });
        }
        let mut broken = connection.prepare("PRAGMA foreign_key_check").map_err(OpenError::from)?;
        if let Some(table) = broken.query_row([], |row| row.get(0)).optional().map_err(OpenError::from)? {
            return Err(MoveError::Reference(table));
        }
        drop(broken);
        Ok(Self { path: path.to_owned(), store: SqlStore { engine: HeldEngine(Mutex::new(connection)) } })
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its audit trail, to verify it.
    pub fn trail(&self) -> &dyn Trail {
        &self.store
    }

    /// How many rows each table has.
    pub fn counts(&self) -> Result<Vec<(&'static str, u64)>, MoveError> {
        let connection = self.connection();
        let count = |table: &Table| -> rusqlite::Result<_> {
            let sql = format!("SELECT COUNT(*) FROM {}", table.name);
            let rows: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
            Ok((table.name, rows.unsigned_abs()))
        };
        Ok(TABLES.iter().map(count).collect::<Result<_, _>>().map_err(OpenError::from)?)
    }

    /// Whether it is being moved, or was.
    pub fn mark(&self) -> Result<Option<Mark>, MoveError> {
        Ok(migrate::mark(&self.connection())?)
    }

    /// At most so many rows of a table, in the order of its key, after this key.
    pub(crate) fn batch(&self, table: &Table, after: Option<&[Cell]>, most: u32) -> Result<Vec<Vec<Cell>>, MoveError> {
        let (columns, key) = (table.column_list(), table.key_list());
        let places = (1..=table.key).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ");
        let beyond = if after.is_some() { format!("WHERE ({key}) > ({places})") } else { String::new() };
        let sql = format!("SELECT {columns} FROM {} {beyond} ORDER BY {key} LIMIT {most}", table.name);
        let values = after.unwrap_or_default().iter().map(key_value).collect::<Vec<_>>();
        let mut rows = Vec::new();
        self.each(&sql, &values, |cells| {
            rows.push(cells);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Reads a whole table; `seen` is told after every so many rows.
    pub(crate) fn read(&self, table: &Table, every: u32, mut seen: impl FnMut(u64)) -> Result<Rows, MoveError> {
        let sql = format!("SELECT {} FROM {}", table.column_list(), table.name);
        let mut rows = table.rows();
        self.each(&sql, &[], |cells| {
            if !rows.add(&cells) {
                return Err(MoveError::Cell { table: table.name, column: "*" });
            }
            if rows.count.is_multiple_of(every.into()) {
                seen(rows.count);
            }
            Ok(())
        })?;
        Ok(rows)
    }

    fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut take: impl FnMut(Vec<Cell>) -> Result<(), MoveError>,
    ) -> Result<(), MoveError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql).map_err(OpenError::from)?;
        let columns = statement.column_count();
        let mut found = statement.query(params_from_iter(values)).map_err(OpenError::from)?;
        while let Some(row) = found.next().map_err(OpenError::from)? {
            let cells = (0..columns).map(|column| row.get_ref(column).map(connection::cell));
            take(cells.collect::<Result<_, _>>().map_err(OpenError::from)?)?;
        }
        Ok(())
    }

    /// Notes where the store goes, and that nobody is to serve from it. Durable once this returns.
    pub(crate) fn set_mark(&self, mark: &Mark) -> Result<(), MoveError> {
        Ok(self.set(mark).map_err(OpenError::from)?)
    }

    fn set(&self, mark: &Mark) -> rusqlite::Result<()> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(
            "DROP TABLE IF EXISTS store_move; \
             CREATE TABLE store_move (id BLOB NOT NULL, target TEXT NOT NULL, finished INTEGER NOT NULL) STRICT",
        )?;
        transaction.execute(
            "INSERT INTO store_move (id, target, finished) VALUES (?1, ?2, ?3)",
            (mark.id.as_bytes(), &mark.target, mark.finished),
        )?;
        transaction.pragma_update(None, "application_id", MOVED)?;
        transaction.commit()
    }

    /// Takes the mark away: the store may be served from again.
    pub(crate) fn clear_mark(&self) -> Result<(), MoveError> {
        let clear = || -> rusqlite::Result<()> {
            let mut connection = self.connection();
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute_batch("DROP TABLE store_move")?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.commit()
        };
        Ok(clear().map_err(OpenError::from)?)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.store.engine.connection()
    }
}

impl From<OpenError> for MoveError {
    fn from(error: OpenError) -> Self {
        Self::Source(error)
    }
}

/// Takes the file for this connection alone, until it is closed: others that have it open, a server that
/// rests too, keep it from that.
fn lock(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
    connection.pragma_update(None, "synchronous", "FULL")
}

/// A part of a key that was read from a store before; what is none sorts before everything.
fn key_value(cell: &Cell) -> Value<'_> {
    match cell {
        Cell::Integer(number) => Value::Integer(*number),
        Cell::Text(text) => Value::Text(text),
        Cell::Bytes(bytes) => Value::Bytes(bytes),
        Cell::Null | Cell::Foreign => Value::Null,
    }
}

/// The mark in a file, if it has one.
pub(super) fn read_mark(connection: &Connection) -> Result<Mark, OpenError> {
    let sql = "SELECT id, target, finished FROM store_move";
    let (id, target, finished): (Vec<u8>, String, bool) =
        connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let id = MoveId::from_slice(&id).ok_or_else(|| OpenError::Damaged("the mark of its move".to_owned()))?;
    Ok(Mark { id, target, finished })
}
