//! Bringing the schema up to date, one node at a time.

use deadpool_postgres::{Object, Transaction};
use passgate_gate::digest::Digest;

use super::ConnectError;
use crate::migrations::{Migration, POSTGRES as MIGRATIONS, last};

/// Held while the schema is looked at and changed: of two nodes that start at once, one migrates.
const LOCK: i64 = 0x5041_5347;
/// The comment on our table of migrations: tells a store of Passgate from tables of something else. The others
/// are none to any version, so that nobody serves from them.
const MARK: &str = "Passgate";
const UNFINISHED: &str = "Passgate: a store that is being moved here";
const GIVEN_UP: &str = "Passgate: a store that was moved here and given up";

/// Makes the schema where there is none.
pub(super) async fn create(client: &mut Object) -> Result<(), ConnectError> {
    bring_to(client, MIGRATIONS, true).await
}

/// Applies what is missing, in one transaction; refuses what is not ours or newer than this version.
pub(super) async fn up_to_date(client: &mut Object) -> Result<(), ConnectError> {
    bring_to(client, MIGRATIONS, false).await
}

async fn bring_to(client: &mut Object, migrations: &[Migration], fresh: bool) -> Result<(), ConnectError> {
    let transaction = client.transaction().await?;
    lock(&transaction).await?;
    match (present(&transaction).await?, fresh) {
        (Held::Foreign, _) => return Err(ConnectError::Foreign),
        (Held::Unfinished, _) => return Err(ConnectError::Unfinished),
        (Held::GivenUp, _) => return Err(ConnectError::GivenUp),
        (Held::Store, true) => return Err(ConnectError::Exists),
        (Held::Nothing, false) => return Err(ConnectError::Missing),
        (Held::Nothing, true) => make_table(&transaction, Held::Store).await?,
        (Held::Store, false) => {}
    }
    apply_missing(&transaction, migrations).await?;
    transaction.commit().await?;
    Ok(())
}

/// Keeps those out who open, make or close a store here, until the transaction ends.
pub(super) async fn lock(transaction: &Transaction<'_>) -> Result<(), ConnectError> {
    // A migration may take longer than an act, and so may the wait for another node's.
    transaction.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0").await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    Ok(())
}

/// Makes the schema in a database without tables, with this mark on it.
pub(super) async fn make(transaction: &Transaction<'_>, mark: Held) -> Result<(), ConnectError> {
    lock(transaction).await?;
    match present(transaction).await? {
        Held::Nothing => {}
        Held::Foreign => return Err(ConnectError::Foreign),
        Held::Store | Held::Unfinished | Held::GivenUp => return Err(ConnectError::Exists),
    }
    make_table(transaction, mark).await?;
    apply_missing(transaction, MIGRATIONS).await
}

async fn make_table(transaction: &Transaction<'_>, held: Held) -> Result<(), ConnectError> {
    transaction
        .batch_execute(
            "CREATE TABLE schema_migrations (
                number BIGINT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                checksum BYTEA NOT NULL
            )",
        )
        .await?;
    mark(transaction, held).await
}

/// Says what the tables are.
pub(super) async fn mark(transaction: &Transaction<'_>, held: Held) -> Result<(), ConnectError> {
    let mark = match held {
        Held::Store => MARK,
        Held::Unfinished => UNFINISHED,
        Held::GivenUp => GIVEN_UP,
        Held::Nothing | Held::Foreign => return Err(ConnectError::Foreign),
    };
    transaction.batch_execute(&format!("COMMENT ON TABLE schema_migrations IS '{mark}'")).await?;
    Ok(())
}

/// Whether the schema is that of this version, no older and no newer.
pub(super) async fn check_applied(transaction: &Transaction<'_>) -> Result<(), ConnectError> {
    let applied = applied(transaction, MIGRATIONS).await?;
    if applied < MIGRATIONS.len() { Err(ConnectError::Older { known: last(MIGRATIONS) }) } else { Ok(()) }
}

async fn apply_missing(transaction: &Transaction<'_>, migrations: &[Migration]) -> Result<(), ConnectError> {
    for missing in migrations.iter().skip(applied(transaction, migrations).await?) {
        transaction.batch_execute(missing.sql).await?;
        let checksum = Digest::of(missing.sql.as_bytes());
        transaction
            .execute(
                "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
                &[&missing.number, &missing.name, &checksum.as_bytes().as_slice()],
            )
            .await?;
        tracing::info!(number = missing.number, name = missing.name, "the store's schema was brought up to date");
    }
    Ok(())
}

/// How many of the migrations are applied; others, or other forms of them, are refused.
async fn applied(transaction: &Transaction<'_>, migrations: &[Migration]) -> Result<usize, ConnectError> {
    let applied = transaction.query("SELECT number, checksum FROM schema_migrations ORDER BY number", &[]).await?;
    for row in &applied {
        let number: i64 = row.try_get(0)?;
        let checksum: Vec<u8> = row.try_get(1)?;
        let known = migrations.iter().find(|migration| migration.number == number);
        let known = known.ok_or(ConnectError::Newer { found: number, known: last(migrations) })?;
        if checksum != Digest::of(known.sql.as_bytes()).as_bytes() {
            return Err(ConnectError::Migration(number));
        }
    }
    Ok(applied.len())
}

/// What the database holds, by the comment on our table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    Nothing,
    Store,
    Unfinished,
    GivenUp,
    Foreign,
}

pub(super) async fn present(transaction: &Transaction<'_>) -> Result<Held, ConnectError> {
    let tables = transaction
        .query(
            "SELECT c.relname::text, obj_description(c.oid, 'pg_class') FROM pg_class c \
             WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')",
            &[],
        )
        .await?;
    if tables.is_empty() {
        return Ok(Held::Nothing);
    }
    for row in &tables {
        if row.try_get::<_, &str>(0)? == "schema_migrations" {
            match row.try_get::<_, Option<&str>>(1)? {
                Some(MARK) => return Ok(Held::Store),
                Some(UNFINISHED) => return Ok(Held::Unfinished),
                Some(GIVEN_UP) => return Ok(Held::GivenUp),
                _ => {}
            }
        }
    }
    Ok(Held::Foreign)
}
