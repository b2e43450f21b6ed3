//! Bringing the schema up to date, one node at a time.

use deadpool_postgres::{Object, Transaction};
use passgate_gate::digest::Digest;

use super::ConnectError;
use crate::migrations::{Migration, POSTGRES as MIGRATIONS, last};

/// Held while the schema is looked at and changed: of two nodes that start at once, one migrates.
const LOCK: i64 = 0x5041_5347;
/// The comment on our table of migrations: tells a store of Passgate from tables of something else.
const MARK: &str = "Passgate";

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
    // A migration may take longer than an act, and so may the wait for another node's.
    transaction.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0").await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    match (present(&transaction).await?, fresh) {
        (Present::Foreign, _) => return Err(ConnectError::Foreign),
        (Present::Store, true) => return Err(ConnectError::Exists),
        (Present::Nothing, false) => return Err(ConnectError::Missing),
        (Present::Nothing, true) => {
            transaction
                .batch_execute(&format!(
                    "CREATE TABLE schema_migrations (
                        number BIGINT NOT NULL PRIMARY KEY,
                        name TEXT NOT NULL,
                        checksum BYTEA NOT NULL
                    );
                    COMMENT ON TABLE schema_migrations IS '{MARK}'"
                ))
                .await?;
        }
        (Present::Store, false) => {}
    }
    apply_missing(&transaction, migrations).await?;
    transaction.commit().await?;
    Ok(())
}

async fn apply_missing(transaction: &Transaction<'_>, migrations: &[Migration]) -> Result<(), ConnectError> {
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
    for missing in migrations.iter().skip(applied.len()) {
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

/// What the database holds.
enum Present {
    Nothing,
    Store,
    Foreign,
}

async fn present(transaction: &Transaction<'_>) -> Result<Present, ConnectError> {
    let tables = transaction
        .query(
            "SELECT c.relname::text, obj_description(c.oid, 'pg_class') FROM pg_class c \
             WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')",
            &[],
        )
        .await?;
    if tables.is_empty() {
        return Ok(Present::Nothing);
    }
    let ours = |row: &tokio_postgres::Row| -> Result<bool, tokio_postgres::Error> {
        Ok(row.try_get::<_, String>(0)? == "schema_migrations"
            && row.try_get::<_, Option<String>>(1)?.as_deref() == Some(MARK))
    };
    for row in &tables {
        if ours(row)? {
            return Ok(Present::Store);
        }
    }
    Ok(Present::Foreign)
}
