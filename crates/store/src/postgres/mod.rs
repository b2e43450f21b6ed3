//! The shared engine: PostgreSQL, for several nodes over one store.
//!
//! Transactions are `READ COMMITTED`; acts say by hints in their SQL which rows they hold
//! (`docs/decisions/0006`). [`statements`] speaks the portable SQL to the server, [`transactions`] runs acts
//! whole or not at all, [`pool`] keeps connections that were checked, [`address`] reads where the server is
//! and whether the way to it must be sealed, [`migrate`] brings the schema up to date, [`target`] takes a store
//! in that is moved from another engine, [`inspection`] looks at all of it and changes nothing.

mod address;
mod connect;
mod errors;
mod inspection;
mod migrate;
mod pool;
mod statements;
mod target;
mod text;
mod transactions;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Pool;
pub use errors::ConnectError;
pub(crate) use errors::plain;
pub use inspection::{Inspection, Replication, Role, Way};
use passgate_gate::store::StoreError;
pub use target::{Present, Target};
use tracing::Instrument as _;

use crate::observer::{Access, Observer, Step, Unobserved};
use crate::sql::{Act, Engine};
use crate::store::SqlStore;

/// How a PostgreSQL store is opened.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// Connections at most. An act holds one for as long as it runs.
    pub connections: usize,
    /// How long an act waits for a free connection, and for the making of one.
    pub connect_timeout: Duration,
    /// How long an act may take, with all its waiting for rows that others hold.
    pub act_timeout: Duration,
    /// Certificates of the authorities that may vouch for the server; `None`: those of the system.
    pub authorities: Option<PathBuf>,
    /// Take a server that acknowledges commits which a crash may lose.
    pub lossy_commit: bool,
    /// Who is told of every act and commit.
    pub observer: Arc<dyn Observer>,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            connections: 16,
            connect_timeout: Duration::from_secs(5),
            act_timeout: Duration::from_secs(10),
            authorities: None,
            lossy_commit: false,
            observer: Arc::new(Unobserved),
        }
    }
}

/// A store in one PostgreSQL database.
pub type PostgresStore = SqlStore<PostgresEngine>;

/// PostgreSQL as an engine; seen from outside only as part of [`PostgresStore`].
pub struct PostgresEngine {
    pool: Pool,
    options: PostgresOptions,
}

impl Engine for PostgresEngine {
    fn is_shared(&self) -> bool {
        true
    }

    async fn read<A: Act>(&self, act: &A) -> Result<A::Answer, StoreError> {
        let step = Step::begin::<A>("postgresql", Access::Read);
        let answer = transactions::read(&self.pool, &self.options, act).instrument(step.span()).await;
        step.end(self.options.observer.as_ref(), answer)
    }

    async fn write<A: Act<Answer: 'static> + 'static>(&self, act: A) -> Result<A::Answer, StoreError> {
        let step = Step::begin::<A>("postgresql", Access::Write);
        let answer = transactions::write(&self.pool, &self.options, act).instrument(step.span()).await;
        step.end(self.options.observer.as_ref(), answer)
    }
}

impl PostgresEngine {
    /// Makes the schema in a database that has no tables yet.
    pub async fn create(url: &str, options: &PostgresOptions) -> Result<Self, ConnectError> {
        let engine = Self::connect(url, options)?;
        migrate::create(&mut engine.first().await?).await?;
        Ok(engine)
    }

    /// Opens a database that has the schema. One of an older version is brought up to date, one of a newer
    /// version is refused, and so is a server that may lose what it acknowledged (R117, R119).
    pub async fn open(url: &str, options: &PostgresOptions) -> Result<Self, ConnectError> {
        let engine = Self::connect(url, options)?;
        migrate::up_to_date(&mut engine.first().await?).await?;
        Ok(engine)
    }

    /// Refuses acts from now on.
    pub fn close(&self) {
        self.pool.close();
    }

    fn connect(url: &str, options: &PostgresOptions) -> Result<Self, ConnectError> {
        let pool = pool::make(address::parse(url, options)?, options)?;
        Ok(Self { pool, options: options.clone() })
    }

    async fn first(&self) -> Result<deadpool_postgres::Object, ConnectError> {
        self.pool.get().await.map_err(errors::connect_error)
    }
}

impl PostgresStore {
    /// Makes the schema in a database that has no tables yet, and opens it.
    pub async fn create(url: &str, options: &PostgresOptions) -> Result<Self, ConnectError> {
        Ok(Self { engine: PostgresEngine::create(url, options).await? })
    }

    /// Opens a database that has the schema, after bringing it up to date.
    pub async fn open(url: &str, options: &PostgresOptions) -> Result<Self, ConnectError> {
        Ok(Self { engine: PostgresEngine::open(url, options).await? })
    }

    /// Refuses acts from now on; those that run are finished.
    pub fn close(&self) {
        self.engine.close();
    }
}
