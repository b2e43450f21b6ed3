//! What is moved: every table of the schema with its columns, parents before what refers to them.
//!
//! Both migration sets are held against it by tests: whoever adds a table or a column adds it here.

use super::canonical::Rows;
use crate::rows::Cell;
use crate::sql::Value;

/// What a column holds, in both engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A number, an instant, an id.
    Integer,
    /// Yes or no; a number to SQLite.
    Truth,
    /// Characters, any of them.
    Text,
    /// Bytes.
    Bytes,
}

/// One column.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// One table. Its first columns are its primary key.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// How many columns the key has.
    pub(crate) key: usize,
    pub(crate) columns: &'static [Column],
    /// A trigger that judges new rows by what is no longer there. It is put aside within each transaction that
    /// loads the table, so nobody else ever sees the table without it.
    pub(crate) judge: Option<&'static str>,
}

impl Table {
    /// The names of its columns, for a statement.
    pub(crate) fn column_list(&self) -> String {
        names(self.columns)
    }

    /// The names of its key.
    pub(crate) fn key_list(&self) -> String {
        names(&self.columns[..self.key])
    }

    /// The values of a row as the kinds of their columns; the column whose cell holds something else.
    pub(crate) fn values<'c>(&self, cells: &'c [Cell]) -> Result<Vec<Value<'c>>, &'static str> {
        if cells.len() != self.columns.len() {
            return Err("*");
        }
        self.columns.iter().zip(cells).map(|(column, cell)| value(column.kind, cell).ok_or(column.name)).collect()
    }

    /// An empty account of its rows.
    pub(crate) fn rows(&self) -> Rows {
        Rows::of(self.name)
    }
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

fn value(kind: Kind, cell: &Cell) -> Option<Value<'_>> {
    match (kind, cell) {
        (_, Cell::Null) => Some(Value::Null),
        (Kind::Integer, Cell::Integer(number)) => Some(Value::Integer(*number)),
        (Kind::Truth, Cell::Integer(0)) => Some(Value::Bool(false)),
        (Kind::Truth, Cell::Integer(1)) => Some(Value::Bool(true)),
        (Kind::Text, Cell::Text(text)) => Some(Value::Text(text)),
        (Kind::Bytes, Cell::Bytes(bytes)) => Some(Value::Bytes(bytes)),
        _ => None,
    }
}

macro_rules! plan {
    ($($table:ident ($($key:ident $key_kind:ident),+; $($column:ident $kind:ident),+)
        $(without $judge:literal)?),+ $(,)?) => {
        &[$(Table {
            name: stringify!($table),
            key: [$(stringify!($key)),+].len(),
            columns: &[
                $(Column { name: stringify!($key), kind: Kind::$key_kind },)+
                $(Column { name: stringify!($column), kind: Kind::$kind },)+
            ],
            judge: plan!(judge $($judge)?),
        }),+]
    };
    (judge) => { None };
    (judge $judge:literal) => { Some($judge) };
}

/// All tables.
pub(crate) const TABLES: &[Table] = plan![
    counters(name Text; last Integer),
    tenants(id Integer; company_id Text, name Text, licensed Truth, suspended Truth, version Integer),
    mailboxes(tenant_id Integer, id Integer; name Text, suspended Truth),
    users(
        id Integer; tenant_id Integer, mailbox_id Integer, login Text, login_key Text, portal_id Text, email Text,
        email_key Text, first_name Text, last_name Text, level Text, status Text, locked Integer,
        password_hash Text, must_change Text, credential_version Integer, password_set_at Integer,
        password_used Truth, version Integer, created Integer, modified Integer, last_login Integer,
        recovery_question Text, max_soap_sessions Integer
    ),
    user_failures(user_id Integer; count Integer, last Integer),
    name_failures(digest Bytes; count Integer, last Integer),
    source_failures(source Text; arrival Integer),
    caller_calls(user_id Integer; arrival Integer),
    sessions(
        digest Bytes; kind Text, user_id Integer, credential_version Integer, chain Bytes, created Integer,
        expires Integer, absolute Integer, ended Integer, source Text
    ),
    nonces(user_id Integer, digest Bytes; expires Integer),
    api_keys(
        id Integer; user_id Integer, digest Bytes, hint Text, visibility Text, is_primary Truth, created Integer,
        expires Integer, revoked Integer, last_used Integer, networks Text
    ),
    audit_heads(chain Integer; sequence Integer, hash Bytes),
    audit_events(
        chain Integer, sequence Integer; time Integer, door Text, operation Text, credential Text, actor Integer,
        actor_detail Text, source Text, request Text, target Integer, refused Text, credential_version Integer,
        sessions_ended Integer, note Text, hash Bytes
    ),
    audit_checkpoints(
        chain Integer, sequence Integer; hash Bytes, time Integer, signer Text, signature Bytes
    ),
    // An anchor stands for records that retention has removed; its judge wants to see them.
    audit_anchors(
        chain Integer; sequence Integer, hash Bytes, time Integer, signer Text, signature Bytes
    ) without "tr_audit_anchors_insert",
    audit_sinks(name Text, chain Integer; sequence Integer, checkpoint Integer),
    audit_leases(name Text; holder Text, expires Integer),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::migrations::{POSTGRES, SQLITE};

    /// Rows that migrations put in; what is moved takes their place.
    pub(crate) const SEEDED: [&str; 1] = ["counters"];

    fn schema() -> rusqlite::Connection {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for migration in SQLITE {
            connection.execute_batch(migration.sql).unwrap();
        }
        connection
    }

    /// The first column of an answer.
    fn list(connection: &rusqlite::Connection, sql: &str) -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn every_table_of_the_schema_is_moved_whole() {
        // R117: a later migration must not be forgotten. PostgreSQL's has the same tables and columns, word by
        // word: `migrations::tests`; that its kinds are these is seen by the loading, which is typed.
        let connection = schema();
        let there: BTreeSet<_> =
            list(&connection, "SELECT name FROM sqlite_schema WHERE type = 'table'").into_iter().collect();
        assert_eq!(there, TABLES.iter().map(|table| table.name.to_owned()).collect());
        assert_eq!(there.len(), TABLES.len(), "each once");
        for table in TABLES {
            let columns = |what: &str| format!("SELECT {what} FROM pragma_table_info('{}')", table.name);
            let mut wanted: Vec<_> = table.columns.iter().map(|column| column.name).collect();
            let mut found = list(&connection, &columns("name"));
            let key = list(&connection, &format!("{} WHERE pk > 0 ORDER BY pk", columns("name")));
            assert_eq!(key, wanted[..table.key], "{}: the key", table.name);
            wanted.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, wanted, "{}", table.name);
            for column in table.columns {
                let kind = list(&connection, &format!("{} WHERE name = '{}'", columns("type"), column.name));
                let expected = match column.kind {
                    Kind::Integer | Kind::Truth => "INTEGER",
                    Kind::Text => "TEXT",
                    Kind::Bytes => "BLOB",
                };
                assert_eq!(kind, [expected], "{}.{}", table.name, column.name);
            }
        }
    }

    #[test]
    fn parents_are_moved_before_what_refers_to_them() {
        // PostgreSQL checks references with each batch
        let connection = schema();
        for (place, table) in TABLES.iter().enumerate() {
            let sql = format!("SELECT \"table\" FROM pragma_foreign_key_list('{}')", table.name);
            for parent in list(&connection, &sql) {
                assert!(TABLES[..place].iter().any(|before| before.name == parent), "{} before {parent}", table.name);
            }
        }
    }

    #[test]
    fn only_what_is_told_stands_in_the_way_of_loading() {
        // R110: whoever adds a trigger on INSERT, or rows in a migration, decides what moving does about it
        let sql = |migrations: &[crate::migrations::Migration]| {
            migrations.iter().map(|migration| migration.sql).collect::<Vec<_>>().join("\n")
        };
        let text = sql(POSTGRES);
        let judges: BTreeSet<_> = text
            .split("CREATE TRIGGER ")
            .skip(1)
            .filter(|trigger| trigger.split(" ON ").next().is_some_and(|when| when.contains("INSERT")))
            .filter_map(|trigger| trigger.split_whitespace().next())
            .collect();
        assert_eq!(judges, TABLES.iter().filter_map(|table| table.judge).collect());
        let seeded: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("INSERT INTO ")).collect();
        assert!(seeded.iter().all(|line| SEEDED.iter().any(|table| line.starts_with(table))), "{seeded:?}");
    }
}
