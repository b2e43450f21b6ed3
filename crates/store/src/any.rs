//! Whichever engine the configuration names, as one type.

use passgate_gate::store::StoreError;

use crate::postgres::{PostgresEngine, PostgresStore};
use crate::sql::{Act, Engine};
use crate::sqlite::{SqliteEngine, SqliteStore};
use crate::store::SqlStore;

/// A store over one of the engines.
pub type AnyStore = SqlStore<AnyEngine>;

/// One of the engines; seen from outside only as part of [`AnyStore`].
pub struct AnyEngine(Kind);

enum Kind {
    Sqlite(SqliteEngine),
    Postgres(PostgresEngine),
}

impl Engine for AnyEngine {
    fn is_shared(&self) -> bool {
        match &self.0 {
            Kind::Sqlite(engine) => engine.is_shared(),
            Kind::Postgres(engine) => engine.is_shared(),
        }
    }

    async fn read<A: Act>(&self, act: &A) -> Result<A::Answer, StoreError> {
        match &self.0 {
            Kind::Sqlite(engine) => engine.read(act).await,
            Kind::Postgres(engine) => engine.read(act).await,
        }
    }

    async fn write<A: Act<Answer: 'static> + 'static>(&self, act: A) -> Result<A::Answer, StoreError> {
        match &self.0 {
            Kind::Sqlite(engine) => engine.write(act).await,
            Kind::Postgres(engine) => engine.write(act).await,
        }
    }
}

impl From<SqliteStore> for AnyStore {
    fn from(store: SqliteStore) -> Self {
        Self { engine: AnyEngine(Kind::Sqlite(store.engine)) }
    }
}

impl From<PostgresStore> for AnyStore {
    fn from(store: PostgresStore) -> Self {
        Self { engine: AnyEngine(Kind::Postgres(store.engine)) }
    }
}

impl AnyStore {
    /// Finishes what waits and stops. Writes are refused from now on. Blocks until done.
    pub fn close(&self) {
        match &self.engine.0 {
            Kind::Sqlite(engine) => engine.close(),
            Kind::Postgres(engine) => engine.close(),
        }
    }
}
