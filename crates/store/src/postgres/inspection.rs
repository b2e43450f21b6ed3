//! What a server and its database tell of themselves, for whoever looks after them. Changes nothing: neither the
//! schema, as opening does, nor anything else; and a server that opening refuses is described all the same.

use deadpool_postgres::Object;
use jiff::{SignedDuration, Timestamp};
use passgate_gate::clock::Clock;
use tokio_postgres::Row;

use super::migrate::{self, Held};
use super::{ConnectError, PostgresOptions, PostgresStore, address, errors, pool};
use crate::migrations::{POSTGRES, last};

/// A server, and the database on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// As `server_version` has it.
    pub version: String,
    /// The last migration of the store; `None`: there is no store.
    pub schema: Option<i64>,
    /// The last migration that this program knows.
    pub known: i64,
    /// Of the database. Anything but `UTF8` is refused.
    pub encoding: String,
    /// As it holds for this role in this database.
    pub synchronous_commit: String,
    /// Whether the server takes its files to the disk.
    pub fsync: bool,
    /// Whether a page that is cut in a crash can be mended.
    pub full_page_writes: bool,
    /// Whether a page that the disk has altered is noticed.
    pub checksums: bool,
    /// The way that this connection took.
    pub way: Way,
    /// The role that was signed in.
    pub role: Role,
    /// Connections for this role in this database, all nodes together.
    pub room: i64,
    /// Who follows.
    pub replication: Replication,
    /// How far the server's clock is ahead of ours at least; below zero: behind.
    pub ahead: SignedDuration,
}

/// A way to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// A socket of this machine.
    Socket,
    /// In clear, to this address.
    Plain(String),
    /// TLS of this version.
    Sealed(String),
}

/// Whom the server takes us for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Whether it may do anything to anybody on the server.
    pub superuser: bool,
    /// Whether it may read and write every table of the store.
    pub writes: bool,
    /// Whether it may change the schema, as a new version does.
    pub migrates: bool,
}

/// How the server is followed by others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replication {
    /// Whether the server itself follows another.
    pub follows: bool,
    /// `synchronous_standby_names`: whose word a commit waits for.
    pub waits_for: String,
    /// How many servers are sent the log now, as far as the role may see.
    pub standbys: i64,
    /// How many of them commits wait for, as far as the role may see.
    pub synchronous: i64,
}

/// One row with everything about the server. Of a database on a standby it can be asked too.
const ABOUT: &str = "SELECT current_setting('server_version'), current_setting('server_encoding'), \
    current_setting('synchronous_commit'), current_setting('fsync') = 'on', \
    current_setting('full_page_writes') = 'on', current_setting('data_checksums') = 'on', \
    host(inet_server_addr()), (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl), \
    r.rolname::text, r.rolsuper, has_schema_privilege(current_schema(), 'CREATE'), \
    COALESCE((SELECT bool_and(has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') \
        AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE')) FROM pg_class c \
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')), TRUE), \
    LEAST(current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint \
        - COALESCE(current_setting('reserved_connections', TRUE)::bigint, 0), \
        NULLIF(r.rolconnlimit, -1)::bigint, NULLIF(d.datconnlimit, -1)::bigint), \
    pg_is_in_recovery(), current_setting('synchronous_standby_names'), \
    (SELECT count(*) FROM pg_stat_replication), \
    (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')) \
    FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = current_database()";

impl PostgresStore {
    /// Looks at a server and the database that the address names, and changes nothing.
    pub async fn inspect(url: &str, options: &PostgresOptions, clock: &dyn Clock) -> Result<Inspection, ConnectError> {
        // What may be lost is told by the answer; opening refuses it.
        let options = PostgresOptions { connections: 1, lossy_commit: true, ..options.clone() };
        let pool = pool::make(address::parse(url, &options)?, &options)?;
        let mut client = pool.get().await.map_err(errors::connect_error)?;
        let row = client.query_one(ABOUT, &[]).await?;
        let before = clock.now();
        let told = client.query_one("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint", &[]).await?;
        let after = clock.now();
        let theirs = Timestamp::from_microsecond(told.try_get(0)?).unwrap_or(Timestamp::MIN);
        // Somewhere between the two it said so.
        let ahead = theirs.duration_since(theirs.clamp(before, after.max(before)));
        let schema = schema(&mut client).await?;
        Ok(read(&row, schema, ahead)?)
    }
}

/// The last migration of the store, if there is one.
async fn schema(client: &mut Object) -> Result<Option<i64>, ConnectError> {
    let transaction = client.build_transaction().read_only(true).start().await?;
    match migrate::present(&transaction).await? {
        Held::Nothing => return Ok(None),
        Held::Foreign => return Err(ConnectError::Foreign),
        Held::Unfinished => return Err(ConnectError::Unfinished),
        Held::GivenUp => return Err(ConnectError::GivenUp),
        Held::Store => {}
    }
    let last = transaction.query_one("SELECT COALESCE(max(number), 0) FROM schema_migrations", &[]).await?;
    Ok(Some(last.try_get(0)?))
}

fn read(row: &Row, schema: Option<i64>, ahead: SignedDuration) -> Result<Inspection, tokio_postgres::Error> {
    let (at, sealed): (Option<String>, Option<String>) = (row.try_get(6)?, row.try_get(7)?);
    Ok(Inspection {
        version: row.try_get(0)?,
        schema,
        known: last(POSTGRES),
        encoding: row.try_get(1)?,
        synchronous_commit: row.try_get(2)?,
        fsync: row.try_get(3)?,
        full_page_writes: row.try_get(4)?,
        checksums: row.try_get(5)?,
        way: match (at, sealed) {
            (_, Some(version)) => Way::Sealed(version),
            (Some(address), None) => Way::Plain(address),
            (None, None) => Way::Socket,
        },
        role: Role {
            name: row.try_get(8)?,
            superuser: row.try_get(9)?,
            migrates: row.try_get(10)?,
            writes: row.try_get(11)?,
        },
        room: row.try_get(12)?,
        replication: Replication {
            follows: row.try_get(13)?,
            waits_for: row.try_get(14)?,
            standbys: row.try_get(15)?,
            synchronous: row.try_get(16)?,
        },
        ahead,
    })
}
