//! The migrations of both engines side by side: each number says the same twice, in two dialects.
//!
//! How they are applied is each engine's affair. A migration is never changed once it was released: its
//! checksum stands in the stores that applied it.

/// One step of the schema.
pub(crate) struct Migration {
    pub(crate) number: i64,
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

macro_rules! migrations {
    ($engine:literal: $($number:literal $name:literal $file:literal),* $(,)?) => {
        &[$(Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!("../migrations/", $engine, "/", $file)),
        }),*]
    };
}

/// In the words of SQLite.
pub(crate) const SQLITE: &[Migration] = migrations!("sqlite":
    1 "first" "0001_first.sql",
    2 "audit_trail" "0002_audit_trail.sql",
    3 "rates" "0003_rates.sql",
    4 "sources" "0004_sources.sql",
);

/// In the words of PostgreSQL.
pub(crate) const POSTGRES: &[Migration] = migrations!("postgres":
    1 "first" "0001_first.sql",
    2 "audit_trail" "0002_audit_trail.sql",
    3 "rates" "0003_rates.sql",
    4 "sources" "0004_sources.sql",
);

/// The number of the last one.
pub(crate) fn last(migrations: &[Migration]) -> i64 {
    migrations.last().map_or(0, |migration| migration.number)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The statements that make tables, indexes and rows, in words that both dialects share.
    fn statements(sql: &str) -> Vec<String> {
        let lines = sql.lines().filter(|line| !line.trim_start().starts_with("--"));
        let text = lines.collect::<Vec<_>>().join(" ");
        // What follows the first trigger or function is each dialect's own.
        let text = text.split("CREATE FUNCTION").next().unwrap().split("CREATE TRIGGER").next().unwrap();
        let shared = |statement: &str| {
            let mut shared = statement.split_whitespace().collect::<Vec<_>>().join(" ");
            for (own, both) in [
                (" STRICT", ""),
                (", WITHOUT ROWID", ""),
                (" UNLOGGED", ""),
                (" COLLATE \"C\"", ""),
                ("BOOLEAN", "INTEGER"),
                ("BIGINT", "INTEGER"),
                ("BYTEA", "BLOB"),
            ] {
                shared = shared.replace(own, both);
            }
            shared
        };
        text.split(';').map(shared).filter(|statement| !statement.is_empty()).collect()
    }

    fn triggers(sql: &str) -> BTreeSet<&str> {
        sql.split("CREATE TRIGGER ").skip(1).map(|rest| rest.split_whitespace().next().unwrap()).collect()
    }

    #[test]
    fn both_engines_have_the_same_tables_columns_constraints_and_indexes() {
        // decisions/0006: whoever adds a migration adds it twice
        let named = |migrations: &[Migration]| {
            migrations.iter().map(|one| (one.number, one.name.to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(named(SQLITE), named(POSTGRES));
        for (sqlite, postgres) in SQLITE.iter().zip(POSTGRES) {
            assert_eq!(statements(sqlite.sql), statements(postgres.sql), "migration {}", sqlite.name);
            assert!(!statements(sqlite.sql).is_empty());
        }
        let all = |migrations: &'static [Migration]| {
            migrations.iter().flat_map(|one| triggers(one.sql)).collect::<BTreeSet<_>>()
        };
        // Emptying a table at once is a thing of PostgreSQL alone.
        let guarded = all(POSTGRES).into_iter().filter(|name| !name.ends_with("_truncate")).collect();
        assert_eq!(all(SQLITE), guarded);
    }

    #[test]
    fn migrations_are_numbered_from_one_without_gaps() {
        // the engines count on it
        for migrations in [SQLITE, POSTGRES] {
            let numbers: Vec<_> = migrations.iter().map(|migration| migration.number).collect();
            assert_eq!(numbers, (1..=last(migrations)).collect::<Vec<_>>());
        }
    }
}
