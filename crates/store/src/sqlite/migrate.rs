//! The schema, version by version. A migration is never changed once it was released: its checksum stands
//! in the stores that applied it.

use passgate_gate::digest::Digest;
use rusqlite::{Connection, TransactionBehavior};

use super::errors::OpenError;
use super::held;
use crate::migrations::{Migration, SQLITE as MIGRATIONS, last};
use crate::moving::Mark;

/// Marks a file as a store of Passgate: `PASG`.
pub(super) const APPLICATION: i64 = 0x5041_5347;

/// Marks a file whose store is being moved or was: `PASM`. Older versions take it for somebody else's.
pub(super) const MOVED: i64 = 0x5041_534D;

/// What a look at a store's file found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Examination {
    /// The number of the last migration that was applied.
    pub schema: i64,
    /// The number of the last one that this version knows.
    pub known: i64,
}

/// Looks, and changes nothing: whose file it is, its schema, and whether it is whole.
pub(super) fn examine(connection: &Connection) -> Result<Examination, OpenError> {
    refuse_marked(connection)?;
    examine_marked(connection)
}

/// The same for a store that may be marked as moved.
pub(super) fn examine_marked(connection: &Connection) -> Result<Examination, OpenError> {
    if ![APPLICATION, MOVED].contains(&application(connection)?) {
        return Err(OpenError::Foreign);
    }
    let applied = applied_to(connection)?;
    refuse_unknown(&applied, MIGRATIONS)?;
    check_integrity(connection)?;
    Ok(Examination { schema: applied.last().map_or(0, |(number, _)| *number), known: last(MIGRATIONS) })
}

/// Whether the store is being moved, or was.
pub(super) fn mark(connection: &Connection) -> Result<Option<Mark>, OpenError> {
    if application(connection)? == MOVED { held::read_mark(connection).map(Some) } else { Ok(None) }
}

fn refuse_marked(connection: &Connection) -> Result<(), OpenError> {
    match mark(connection)? {
        None => Ok(()),
        Some(Mark { target: to, finished: true, .. }) => Err(OpenError::Moved { to }),
        Some(Mark { target: to, .. }) => Err(OpenError::Moving { to }),
    }
}

fn application(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "application_id", |row| row.get(0))
}

/// Applies what is missing, in one transaction; refuses what is not ours or newer than this version.
pub(super) fn up_to_date(connection: &mut Connection) -> Result<(), OpenError> {
    bring_to(connection, MIGRATIONS)
}

fn bring_to(connection: &mut Connection, migrations: &[Migration]) -> Result<(), OpenError> {
    // Immediate: of two programs that start at once, one migrates and the other finds it done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let applied = applied(&transaction)?;
    refuse_unknown(&applied, migrations)?;
    for missing in migrations.iter().skip(applied.len()) {
        transaction.execute_batch(missing.sql)?;
        transaction.execute(
            "INSERT INTO schema_migrations (number, name, checksum) VALUES (?1, ?2, ?3)",
            (missing.number, missing.name, Digest::of(missing.sql.as_bytes()).as_bytes()),
        )?;
        tracing::info!(number = missing.number, name = missing.name, "the store's schema was brought up to date");
    }
    transaction.commit()?;
    Ok(())
}

fn refuse_unknown(applied: &[(i64, Vec<u8>)], migrations: &[Migration]) -> Result<(), OpenError> {
    for (number, checksum) in applied {
        let known = migrations.iter().find(|migration| migration.number == *number);
        let known = known.ok_or(OpenError::Newer { found: *number, known: last(migrations) })?;
        if *checksum != Digest::of(known.sql.as_bytes()).as_bytes() {
            return Err(OpenError::Migration(*number));
        }
    }
    Ok(())
}

/// The numbers and checksums of the migrations in the file, in order.
fn applied(connection: &Connection) -> Result<Vec<(i64, Vec<u8>)>, OpenError> {
    refuse_marked(connection)?;
    let application = application(connection)?;
    if application != APPLICATION {
        let tables: i64 = connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if application != 0 || tables != 0 {
            return Err(OpenError::Foreign);
        }
        connection.pragma_update(None, "application_id", APPLICATION)?;
        connection.execute_batch(
            "CREATE TABLE schema_migrations (
                number INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                checksum BLOB NOT NULL
            ) STRICT",
        )?;
    }
    applied_to(connection)
}

fn applied_to(connection: &Connection) -> Result<Vec<(i64, Vec<u8>)>, OpenError> {
    let mut statement = connection.prepare("SELECT number, checksum FROM schema_migrations ORDER BY number")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether every page, row and index of the file is sound (R119).
pub(super) fn check_integrity(connection: &Connection) -> Result<(), OpenError> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(OpenError::Damaged(verdict)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every migration and one that a later version might add.
    fn all_and_another() -> Vec<Migration> {
        let mut all: Vec<_> = MIGRATIONS
            .iter()
            .map(|known| Migration { number: known.number, name: known.name, sql: known.sql })
            .collect();
        let sql = "ALTER TABLE tenants ADD COLUMN colour TEXT; CREATE TABLE t (x);";
        all.push(Migration { number: last(MIGRATIONS) + 1, name: "another", sql });
        all
    }

    fn schema(connection: &Connection) -> Vec<(String, Option<String>)> {
        let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_fresh_schema_is_all_migrations_in_a_row() {
        // style: Store
        let all = all_and_another();
        let mut fresh = Connection::open_in_memory().unwrap();
        bring_to(&mut fresh, &all).unwrap();
        let mut grown = Connection::open_in_memory().unwrap();
        for count in 1..=all.len() {
            bring_to(&mut grown, &all[..count]).unwrap();
        }
        assert_eq!(schema(&fresh), schema(&grown));
        bring_to(&mut grown, &all).unwrap();
        assert_eq!(schema(&fresh), schema(&grown));
    }

    #[test]
    fn an_older_program_refuses_a_newer_schema_and_leaves_it_alone() {
        // R119
        let mut connection = Connection::open_in_memory().unwrap();
        bring_to(&mut connection, &all_and_another()).unwrap();
        let before = schema(&connection);
        assert!(matches!(up_to_date(&mut connection), Err(OpenError::Newer { found, known }) if found == known + 1));
        assert_eq!(schema(&connection), before);
    }

    #[test]
    fn a_migration_that_fails_leaves_the_schema_as_it_was() {
        // one transaction for all that is missing
        let mut connection = Connection::open_in_memory().unwrap();
        up_to_date(&mut connection).unwrap();
        let before = schema(&connection);
        let mut broken = all_and_another();
        broken.push(Migration {
            number: last(&broken) + 1,
            name: "broken",
            sql: "CREATE TABLE u (x); SELECT nonsense;",
        });
        assert!(bring_to(&mut connection, &broken).is_err());
        assert_eq!(schema(&connection), before);
    }
}
