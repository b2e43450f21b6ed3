//! How the parts are put together: configuration and keys into a store, a hashing lane and a gate over both,
//! and the doors around it.

mod router;
mod translate;

use std::path::Path;
use std::sync::Arc;

use passgate_gate::Gate;
use passgate_gate::clock::SystemClock;
use passgate_gate::rng::OsRng;
use passgate_hashing::HashingLane;
use passgate_store::{OpenError, SqliteOptions, SqliteStore};

use crate::cli::{Failure, exit};
use crate::config::Config;
use crate::keys::{self, Keys};
use crate::private_file;
use crate::watching::Metrics;

pub use router::app;
pub(crate) use translate::{hash_cost, hash_implementation};

/// One installation, opened: what a command or a server works with.
pub struct Installation {
    /// The rules, and the way to everything that changes.
    pub gate: Arc<Gate>,
    /// What the gate writes to; the command line reads the audit trail from it.
    pub store: Arc<SqliteStore>,
    /// The server's own keys.
    pub keys: Keys,
    /// Where passwords are hashed.
    pub lane: Arc<HashingLane>,
    /// Where gate, lane and store tell what happens.
    pub metrics: Arc<Metrics>,
}

/// For how long and how carefully an installation is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A server: the whole database is checked first.
    Serve,
    /// One command, perhaps beside a running server.
    Command,
}

impl Installation {
    /// Makes the database in a data folder that has its keys, and opens it.
    pub fn create(config: &Config) -> Result<Self, Failure> {
        let path = config.database();
        let metrics = Arc::new(Metrics::new(config.store.engine.name()));
        let options = options(Use::Serve, &metrics);
        let store = SqliteStore::create(&path, &options).map_err(|error| refused(&path, &error))?;
        Self::over(config, store, metrics)
    }

    /// Opens what is there, after checking that it is private and whole (R119).
    pub fn open(config: &Config, purpose: Use) -> Result<Self, Failure> {
        let path = config.database();
        if !path.exists() {
            let text = format!(
                "there is no database at {}\n`passgate init --data {}` makes a new installation",
                path.display(),
                config.data.folder.display()
            );
            return Err(Failure::new(exit::CONFIG, text));
        }
        refuse_shared(&config.data.folder)?;
        let metrics = Arc::new(Metrics::new(config.store.engine.name()));
        let store = SqliteStore::open(&path, &options(purpose, &metrics)).map_err(|error| refused(&path, &error))?;
        Self::over(config, store, metrics)
    }

    fn over(config: &Config, store: SqliteStore, metrics: Arc<Metrics>) -> Result<Self, Failure> {
        // Installations from before there were checkpoints have no key for them.
        if keys::folder(&config.data.folder).is_dir()
            && keys::create_first(&config.data.folder, keys::Purpose::Checkpoints, &OsRng)?
        {
            tracing::warn!("made the first key for audit checkpoints: note it with `passgate audit key`");
        }
        let keys = keys::load(&config.data.folder)?;
        let rng = Arc::new(OsRng);
        let hashing = translate::hashing(&config.hashing, &keys.pepper)?;
        let lane = HashingLane::start_observed(hashing, rng.clone(), metrics.clone())
            .map_err(|error| Failure::new(exit::CONFIG, format!("hashing: {error}")))?;
        let (store, lane) = (Arc::new(store), Arc::new(lane));
        let gate = Gate::new(store.clone(), lane.clone(), Arc::new(SystemClock), rng, translate::gate(config))
            .map_err(|error| Failure::new(exit::CONFIG, format!("policy.min_length: {error}")))?;
        let gate = Arc::new(gate.observed_by(metrics.clone()));
        Ok(Self { gate, store, keys, lane, metrics })
    }
}

fn options(purpose: Use, metrics: &Arc<Metrics>) -> SqliteOptions {
    let observer = Arc::clone(metrics);
    SqliteOptions { check_integrity: purpose == Use::Serve, observer, ..SqliteOptions::default() }
}

fn refused(path: &Path, error: &OpenError) -> Failure {
    let next = match error {
        OpenError::Missing(_) => "\n`passgate init` makes a new installation",
        OpenError::Exists(_) => "\n`passgate init` makes a new installation in a folder of its own",
        OpenError::Permissions { .. } => "\ntake the rights of others away: chmod 600 for a file, 700 for its folder",
        OpenError::Newer { .. } => "\nstart the newer program, or restore a backup from before the upgrade",
        OpenError::Damaged(_) => "\nrestore a backup; keep the damaged file for whoever examines it",
        OpenError::Foreign | OpenError::Migration(_) | OpenError::Io(_) | OpenError::Database(_) => "",
    };
    Failure::new(exit::CONFIG, format!("{}: {}{next}", path.display(), crate::cli::chain(error)))
}

/// The folder itself tells others nothing either.
fn refuse_shared(folder: &Path) -> Result<(), Failure> {
    match private_file::exposure(folder)? {
        None => Ok(()),
        Some(what) => Err(Failure::new(
            exit::CONFIG,
            format!(
                "{0} {what}; the data folder is for the server's own account alone: `chmod 700 {0}`",
                folder.display()
            ),
        )),
    }
}
