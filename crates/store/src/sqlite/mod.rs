//! The embedded engine: SQLite in WAL mode with `synchronous = FULL`.
//!
//! [`writer`] owns the one connection that writes and commits what is waiting together; [`readers`] answer
//! inline and wait for nobody. Other processes may open the same file: the command line beside the server.
//! [`migrate`] brings the schema up to date, [`files`] looks at who may read the file, [`held`] gives a store
//! away to another engine.

mod backup;
mod connection;
mod errors;
mod files;
mod held;
mod migrate;
mod readers;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use backup::BackupError;
pub use errors::OpenError;
pub use held::Source;
pub use migrate::Examination;
use passgate_gate::store::StoreError;
use tracing::Instrument as _;

use crate::observer::{Access, Observer, Step, Unobserved};
use crate::sql::{Act, Engine};
use crate::store::SqlStore;

/// How an SQLite store is opened.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// How long a transaction waits for another process that writes.
    pub busy_timeout: Duration,
    /// How many acts may wait for the writer; one more is answered with `Unavailable`.
    pub queue: usize,
    /// How many acts are committed together at most.
    pub group: usize,
    /// How many idle connections for reading are kept.
    pub idle_readers: usize,
    /// Whether the whole file is checked at the start (R119).
    pub check_integrity: bool,
    /// The most pages of 4 KiB that the file may grow to; `None`: as the disk allows.
    pub max_pages: Option<u32>,
    /// Who is told of acts and commits.
    pub observer: Arc<dyn Observer>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            queue: 4_096,
            group: 256,
            idle_readers: 16,
            check_integrity: true,
            max_pages: None,
            observer: Arc::new(Unobserved),
        }
    }
}

/// A store in one SQLite file.
pub type SqliteStore = SqlStore<SqliteEngine>;

/// SQLite as an engine; seen from outside only as part of [`SqliteStore`].
pub struct SqliteEngine {
    path: PathBuf,
    readers: readers::Readers,
    writer: writer::Writer,
    observer: Arc<dyn Observer>,
}

impl Engine for SqliteEngine {
    async fn read<A: Act>(&self, act: &A) -> Result<A::Answer, StoreError> {
        let step = Step::begin::<A>("sqlite", Access::Read);
        let answer = step.span().in_scope(|| self.readers.run(act));
        step.end(self.observer.as_ref(), answer)
    }

    async fn write<A: Act<Answer: 'static> + 'static>(&self, act: A) -> Result<A::Answer, StoreError> {
        let step = Step::begin::<A>("sqlite", Access::Write);
        let answer = self.writer.run(act).instrument(step.span()).await;
        step.end(self.observer.as_ref(), answer)
    }
}

impl SqliteEngine {
    pub(crate) fn close(&self) {
        self.readers.close();
        self.writer.close();
    }
}

impl SqliteStore {
    /// Makes a new store in a file that does not exist yet, readable by its owner alone, in a folder that
    /// is made the same way where there is none.
    pub fn create(path: &Path, options: &SqliteOptions) -> Result<Self, OpenError> {
        files::create(path)?;
        Self::start(path, options)
    }

    /// Opens an existing store after checking permissions, schema version and integrity (R119). A schema
    /// of an older version is brought up to date, one of a newer version is refused.
    pub fn open(path: &Path, options: &SqliteOptions) -> Result<Self, OpenError> {
        files::check(path)?;
        Self::start(path, options)
    }

    /// Looks at a store's file without changing it, also beside a server that runs: whose it is, which
    /// schema it has, and whether every page, row and index is sound. Blocks until done.
    pub fn examine(path: &Path) -> Result<Examination, OpenError> {
        files::check(path)?;
        migrate::examine(&connection::open_reader(path, &SqliteOptions::default())?)
    }

    /// Writes a copy of the present state to a new file, while the store runs (R120). It holds up no
    /// reader and no writer; call it where blocking is allowed.
    pub fn backup_to(&self, path: &Path) -> Result<Examination, BackupError> {
        Self::back_up(&self.engine.path, path)
    }

    /// The same for a store that another process has open, or nobody. The copy is one file, examined; the
    /// store is not changed, nor brought to a newer schema. Blocks until done.
    pub fn back_up(from: &Path, to: &Path) -> Result<Examination, BackupError> {
        backup::run(from, to)
    }

    /// Finishes what waits, moves all of it into the one file, and stops. Writes are refused from now on.
    /// Dropping the store does the same. Blocks until done.
    pub fn close(&self) {
        self.engine.close();
    }

    fn start(path: &Path, options: &SqliteOptions) -> Result<Self, OpenError> {
        let mut connection = connection::open_writer(path, options)?;
        if options.check_integrity {
            migrate::check_integrity(&connection)?;
        }
        migrate::up_to_date(&mut connection)?;
        let engine = SqliteEngine {
            path: path.to_owned(),
            readers: readers::Readers::new(path, options),
            writer: writer::Writer::start(connection, options)?,
            observer: Arc::clone(&options.observer),
        };
        Ok(Self { engine })
    }
}
