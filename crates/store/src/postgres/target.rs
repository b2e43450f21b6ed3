//! A database that a store is moved into: its schema, its rows and how far they came, and the one step that
//! makes it a store.
//!
//! Until that step the comment on our table of migrations, by which every version tells a store from tables of
//! something else, is another one: nobody serves from half a store. One connection does all the work and holds
//! a lock of the session, so that of two movers one waits in vain.

use std::pin::pin;
use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use super::migrate::{self, Held};
use super::statements::{bound, cells, parameters};
use super::{PostgresEngine, PostgresOptions, PostgresStore, address, errors, pool};
use crate::moving::canonical::{self, Rows};
use crate::moving::plan::{Kind, TABLES, Table};
use crate::moving::{MoveError, MoveId};
use crate::rows::Cell;
use crate::store::SqlStore;

/// Held by whoever moves a store into the database.
const LOCK: i64 = 0x5041_534D;
/// A mover that was killed holds the lock until the server has noticed.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Present {
    /// No tables.
    Nothing,
    /// A store that came into being there.
    Store,
    /// A part of a store that is moved into it.
    Unfinished(MoveId),
    /// A store that was moved into it.
    Moved(MoveId),
    /// A store that was moved into it and given up.
    GivenUp(MoveId),
    /// Tables of something else.
    Foreign,
}

/// The PostgreSQL database that a store is moved into.
pub struct Target {
    client: Object,
    pool: Pool,
    options: PostgresOptions,
    name: String,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Target {
    /// Connects, and keeps other movers out. A server that may lose what it acknowledged is refused (R117).
    pub async fn connect(url: &str, options: &PostgresOptions) -> Result<Self, MoveError> {
        let address = address::parse(url, options)?;
        let name = address.name();
        let pool = pool::make(address, options)?;
        let client = pool.get().await.map_err(errors::connect_error)?;
        // A table may take long to read back, and an index to fill.
        let patience = PATIENCE.as_millis();
        client
            .batch_execute(&format!(
                "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; \
                 SET lock_timeout = {patience}"
            ))
            .await?;
        if let Err(error) = client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await {
            let held = error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE);
            return Err(if held { MoveError::Busy } else { error.into() });
        }
        Ok(Self { client, pool, options: options.clone(), name })
    }

    /// Server and database, without any secret.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the database holds.
    pub async fn present(&mut self) -> Result<Present, MoveError> {
        let transaction = self.client.transaction().await?;
        Ok(match migrate::present(&transaction).await? {
            Held::Nothing => Present::Nothing,
            Held::Foreign => Present::Foreign,
            held => {
                let known = "SELECT to_regclass(quote_ident(current_schema()) || '.store_move') IS NOT NULL";
                let known: bool = transaction.query_one(known, &[]).await?.try_get(0)?;
                let id = if known { transaction.query_opt("SELECT id FROM store_move", &[]).await? } else { None };
                let id = id.map(|row| row.try_get::<_, Vec<u8>>(0)).transpose()?;
                match (held, id.as_deref().and_then(MoveId::from_slice)) {
                    (Held::Unfinished, Some(id)) => Present::Unfinished(id),
                    (Held::GivenUp, Some(id)) => Present::GivenUp(id),
                    (Held::Store, Some(id)) => Present::Moved(id),
                    (Held::Store, None) => Present::Store,
                    _ => Present::Foreign,
                }
            }
        })
    }

    /// Whether the role may make what has to be made there.
    pub(crate) async fn may_create(&mut self) -> Result<(), MoveError> {
        let may = "SELECT current_schema()::text, \
                   current_schema() IS NOT NULL AND has_schema_privilege(current_schema(), 'CREATE')";
        let row = self.client.query_one(may, &[]).await?;
        if row.try_get(1)? {
            return Ok(());
        }
        let schema: Option<String> = row.try_get(0)?;
        Err(MoveError::Rights(schema.unwrap_or_else(|| "public".to_owned())))
    }

    /// Makes the schema, empty, and closed to everybody but the move.
    pub(crate) async fn prepare(&mut self, id: MoveId) -> Result<(), MoveError> {
        let transaction = self.client.transaction().await?;
        migrate::make(&transaction, Held::Unfinished).await?;
        transaction
            .batch_execute(
                "CREATE TABLE store_move (id BYTEA NOT NULL); \
                 CREATE TABLE store_move_progress (
                     name TEXT COLLATE \"C\" NOT NULL PRIMARY KEY, rows BIGINT NOT NULL, last BYTEA
                 )",
            )
            .await?;
        transaction.execute("INSERT INTO store_move (id) VALUES ($1)", &[&id.as_bytes()]).await?;
        for table in TABLES {
            let name = table.name;
            // Rows that migrations put in: those of the source take their place.
            let seeded: bool =
                transaction.query_one(&format!("SELECT EXISTS (SELECT 1 FROM {name})"), &[]).await?.try_get(0)?;
            if seeded {
                transaction.batch_execute(&format!("DELETE FROM {name}")).await?;
            }
            transaction.execute("INSERT INTO store_move_progress (name, rows) VALUES ($1, 0)", &[&name]).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Whether the tables are those that this version moves: a move may have been begun by another one.
    pub(crate) async fn check_schema(&mut self) -> Result<(), MoveError> {
        let transaction = self.client.transaction().await?;
        migrate::check_applied(&transaction).await?;
        let columns = "SELECT column_name::text, data_type::text FROM information_schema.columns \
                       WHERE table_schema = current_schema() AND table_name = $1";
        for table in TABLES {
            let found = transaction.query(columns, &[&table.name]).await?;
            let as_planned = found.iter().all(|row| {
                let (name, kind) = (row.get::<_, &str>(0), row.get::<_, &str>(1));
                table.columns.iter().any(|column| column.name == name && declared(column.kind) == kind)
            });
            if !as_planned || found.len() != table.columns.len() {
                return Err(MoveError::Schema(table.name.to_owned()));
            }
        }
        Ok(())
    }

    /// The key of the last row of a table that is here, and how many are.
    pub(crate) async fn progress(&mut self, table: &Table) -> Result<(Option<Vec<Cell>>, u64), MoveError> {
        let wanted = "SELECT last, rows FROM store_move_progress WHERE name = $1";
        let row = self.client.query_opt(wanted, &[&table.name]).await?;
        let row = row.ok_or_else(|| MoveError::Schema(table.name.to_owned()))?;
        let (last, rows): (Option<Vec<u8>>, i64) = (row.try_get(0)?, row.try_get(1)?);
        let unreadable = || MoveError::Schema("store_move_progress".to_owned());
        let last = last.map(|bytes| canonical::cells(&bytes).ok_or_else(unreadable)).transpose()?;
        Ok((last, u64::try_from(rows).map_err(|_| unreadable())?))
    }

    /// Adds rows to a table, with the note of it, in one transaction.
    pub(crate) async fn load(&mut self, table: &Table, rows: &[Vec<Cell>]) -> Result<(), MoveError> {
        let name = table.name;
        let misfit = |column| MoveError::Cell { table: name, column };
        let Some(last) = rows.last() else { return Ok(()) };
        let last = canonical::bytes(&last[..table.key]).ok_or_else(|| misfit("*"))?;
        let transaction = self.client.transaction().await?;
        if let Some(judge) = table.judge {
            transaction.batch_execute(&format!("ALTER TABLE {name} DISABLE TRIGGER {judge}")).await?;
        }
        let sink =
            transaction.copy_in(&format!("COPY {name} ({}) FROM STDIN (FORMAT binary)", table.column_list())).await?;
        let kinds: Vec<_> = table.columns.iter().map(|column| sent_as(column.kind)).collect();
        {
            let mut writer = pin!(BinaryCopyInWriter::new(sink, &kinds));
            for row in rows {
                let values = table.values(row).map_err(misfit)?;
                let bound = bound(&values);
                if writer.as_mut().write(&parameters(&bound)).await.is_err() {
                    // The server has ended the copy; its reason is told at the end.
                    break;
                }
            }
            let written = writer.finish().await?;
            if written != rows.len() as u64 {
                return Err(MoveError::Schema(name.to_owned()));
            }
        }
        if let Some(judge) = table.judge {
            transaction.batch_execute(&format!("ALTER TABLE {name} ENABLE TRIGGER {judge}")).await?;
        }
        let number = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let noted = "UPDATE store_move_progress SET rows = rows + $2, last = $3 WHERE name = $1";
        transaction.execute(noted, &[&name, &number, &last]).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Tells the server what it has to plan with.
    pub(crate) async fn settle(&mut self) -> Result<(), MoveError> {
        for table in TABLES {
            self.client.batch_execute(&format!("ANALYZE {}", table.name)).await?;
        }
        Ok(())
    }

    /// Reads a whole table on one snapshot; `seen` is told after every so many rows.
    pub(crate) async fn read(
        &mut self,
        table: &Table,
        every: u32,
        mut seen: impl FnMut(u64) + Send,
    ) -> Result<Rows, MoveError> {
        let transaction = self.client.transaction().await?;
        transaction
            .batch_execute(&format!(
                "DECLARE moved NO SCROLL CURSOR FOR SELECT {} FROM {}",
                table.column_list(),
                table.name
            ))
            .await?;
        let next = transaction.prepare(&format!("FETCH FORWARD {every} FROM moved")).await?;
        let mut rows = table.rows();
        loop {
            let page = transaction.query(&next, &[]).await?;
            if page.is_empty() {
                return Ok(rows);
            }
            for row in &page {
                if !rows.add(&cells(row)) {
                    return Err(MoveError::Cell { table: table.name, column: "*" });
                }
            }
            seen(rows.count);
        }
    }

    /// The store that this is or becomes, to read its audit trail.
    pub(crate) fn store(&self) -> PostgresStore {
        SqlStore { engine: PostgresEngine { pool: self.pool.clone(), options: self.options.clone() } }
    }

    /// From here on it is a store like any other.
    pub(crate) async fn open_for_service(&mut self, id: MoveId) -> Result<(), MoveError> {
        let transaction = self.client.transaction().await?;
        let ours = transaction.execute("SELECT 1 FROM store_move WHERE id = $1", &[&id.as_bytes()]).await?;
        if ours != 1 {
            return Err(MoveError::OtherMove);
        }
        transaction.batch_execute("DROP TABLE store_move_progress").await?;
        migrate::mark(&transaction, Held::Store).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// From here on it is no store any more, though all of it stays. Refused while servers work with it.
    pub(crate) async fn close_for_service(&mut self) -> Result<(), MoveError> {
        let transaction = self.client.transaction().await?;
        // A server that is just opening the store is counted, or waits here and then sees the mark.
        migrate::lock(&transaction).await?;
        migrate::mark(&transaction, Held::GivenUp).await?;
        let others = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                      AND application_name = 'passgate' AND pid <> pg_backend_pid()";
        match transaction.query_one(others, &[]).await?.try_get(0)? {
            0 => Ok(transaction.commit().await?),
            others => Err(MoveError::Served(others)),
        }
    }

    /// Removes what the move has made, all of it: nobody was ever served from it.
    pub(crate) async fn empty(&mut self) -> Result<(), MoveError> {
        let transaction = self.client.transaction().await?;
        let functions = "SELECT DISTINCT t.tgfoid::regprocedure::text FROM pg_trigger t \
                         JOIN pg_class c ON c.oid = t.tgrelid \
                         WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY ($1) \
                         AND NOT t.tgisinternal";
        let tables: Vec<_> = TABLES.iter().map(|table| table.name).collect();
        let functions = transaction.query(functions, &[&tables]).await?;
        // Children first, as they were loaded last.
        for table in tables.into_iter().rev().chain(["store_move_progress", "store_move", "schema_migrations"]) {
            transaction.batch_execute(&format!("DROP TABLE {table}")).await?;
        }
        for function in &functions {
            transaction.batch_execute(&format!("DROP FUNCTION {}", function.try_get::<_, &str>(0)?)).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

fn sent_as(kind: Kind) -> Type {
    match kind {
        Kind::Integer => Type::INT8,
        Kind::Truth => Type::BOOL,
        Kind::Text => Type::TEXT,
        Kind::Bytes => Type::BYTEA,
    }
}

fn declared(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer => "bigint",
        Kind::Truth => "boolean",
        Kind::Text => "text",
        Kind::Bytes => "bytea",
    }
}
