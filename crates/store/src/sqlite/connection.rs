//! One connection: its settings, and how the statements of acts run on it.

use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use passgate_gate::store::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};

use super::SqliteOptions;
use super::errors::store_error;
use crate::rows::{Cell, Row};
use crate::sql::{Act, Sql, Value};

/// More than there are statements: each is prepared once per connection.
const STATEMENTS: usize = 128;

/// The connection that writes.
pub(super) fn open_writer(path: &Path, options: &SqliteOptions) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = open(path, flags, options)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // NORMAL may lose acknowledged commits when the power fails (R117).
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Replaced hashes are overwritten where that costs no extra page.
    connection.pragma_update(None, "secure_delete", "FAST")?;
    if let Some(pages) = options.max_pages {
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    Ok(connection)
}

/// A connection that cannot write.
pub(super) fn open_reader(path: &Path, options: &SqliteOptions) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    open(path, flags, options)
}

fn open(path: &Path, flags: OpenFlags, options: &SqliteOptions) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags)?;
    // WAL readers wait for nobody but a recovery after a crash of another process.
    connection.busy_timeout(options.busy_timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without it the planner looks at the values bound, and each new value prepares the statement again:
    // five times the work of a point read.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// Runs an act on the connection, inside the transaction that the caller has opened.
pub(super) fn run<A: Act>(act: &A, connection: &mut Connection) -> Result<A::Answer, StoreError> {
    let mut statements = Statements(connection);
    let future = pin!(act.run(&mut statements));
    // Statements never wait, so one poll is the whole act.
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => Err(StoreError::Failed("an act awaited something that is no statement".into())),
    }
}

struct Statements<'c>(&'c mut Connection);

#[async_trait]
impl Sql for Statements<'_> {
    async fn query(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        query(self.0, sql, values).map_err(store_error)
    }

    async fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let changed = self.0.prepare_cached(sql).and_then(|mut statement| statement.execute(params_from_iter(values)));
        changed.map(|rows| rows as u64).map_err(store_error)
    }
}

fn query(connection: &Connection, sql: &str, values: &[Value<'_>]) -> rusqlite::Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut found = statement.query(params_from_iter(values))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let cells = (0..columns).map(|column| row.get_ref(column).map(cell)).collect::<Result<_, _>>()?;
        rows.push(Row::new(cells));
    }
    Ok(rows)
}

/// What a column of ours may hold.
pub(super) fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Text(text) => String::from_utf8(text.to_vec()).map_or(Cell::Foreign, Cell::Text),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => Cell::Foreign,
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(number),
            Value::Bool(truth) => ValueRef::Integer(truth.into()),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn commits_are_durable_and_references_are_checked() {
        // R117: synchronous 2 is FULL
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("settings.db");
        std::fs::write(&path, b"").unwrap();
        let connection = open_writer(&path, &SqliteOptions::default()).unwrap();
        let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!((number("synchronous"), number("foreign_keys")), (2, 1));
        let journal: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(journal, "wal");
    }

    #[test]
    fn a_statement_is_prepared_once_whatever_is_bound() {
        // decisions/0002: the planner must not look at bound values
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("settings.db");
        std::fs::write(&path, b"").unwrap();
        let connection = open_writer(&path, &SqliteOptions::default()).unwrap();
        connection.execute_batch("CREATE TABLE t (a, b); CREATE INDEX i ON t (a) WHERE a <> ''").unwrap();
        let mut statement = connection.prepare("SELECT b FROM t WHERE a <> ?1").unwrap();
        for n in 0..3 {
            statement.exists([n]).unwrap();
        }
        assert_eq!(statement.get_status(rusqlite::StatementStatus::RePrepare), 0);
    }

    #[test]
    fn readers_cannot_write() {
        // the writer is the only one
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("settings.db");
        std::fs::write(&path, b"").unwrap();
        let writer = open_writer(&path, &SqliteOptions::default()).unwrap();
        writer.execute_batch("CREATE TABLE t (x)").unwrap();
        let reader = open_reader(&path, &SqliteOptions::default()).unwrap();
        assert!(reader.execute("INSERT INTO t VALUES (1)", []).is_err());
    }
}
