//! How the parts are put together: configuration and keys into a store, a hashing lane and a gate over both,
//! and the doors around it.

mod router;
mod store;
mod translate;

use std::path::Path;
use std::sync::Arc;

use passgate_gate::Gate;
use passgate_gate::clock::SystemClock;
use passgate_gate::rng::OsRng;
use passgate_hashing::HashingLane;
use passgate_store::AnyStore;

use crate::breach_list::ListFile;
use crate::cli::{Failure, chain, exit};
use crate::config::Config;
use crate::config::sections::Engine;
use crate::keys::{self, Keys};
use crate::private_file;
use crate::watching::Metrics;

pub use router::app;
pub(crate) use store::{address_in, postgres_options, refused_file, refused_server};
pub(crate) use store::{inspect, open_for_a_look as open_store};
pub(crate) use translate::{hash_cost, hash_implementation, profile};

/// One installation, opened: what a command or a server works with.
pub struct Installation {
    /// The rules, and the way to everything that changes.
    pub gate: Arc<Gate>,
    /// What the gate writes to; the command line reads the audit trail from it.
    pub store: Arc<AnyStore>,
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
        let metrics = Arc::new(Metrics::new(config.store.engine.name()));
        Self::over(config, store::create(config, &metrics)?, metrics)
    }

    /// Whether there is a store to open.
    pub fn exists(config: &Config) -> Result<bool, Failure> {
        store::exists(config)
    }

    /// Opens what is there, after checking that it is private and whole (R119).
    pub fn open(config: &Config, purpose: Use) -> Result<Self, Failure> {
        let path = config.database();
        if config.store.engine == Engine::Sqlite && !path.exists() {
            let text = format!(
                "there is no database at {}\n`passgate init --data {}` makes a new installation",
                path.display(),
                config.data.folder.display()
            );
            return Err(Failure::new(exit::CONFIG, text));
        }
        refuse_shared(&config.data.folder)?;
        let metrics = Arc::new(Metrics::new(config.store.engine.name()));
        Self::over(config, store::open(config, purpose, &metrics)?, metrics)
    }

    fn over(config: &Config, store: AnyStore, metrics: Arc<Metrics>) -> Result<Self, Failure> {
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
        let gate = match breach_list(config)? {
            Some(list) => gate.with_breach_list(Arc::new(list)),
            None => gate,
        };
        let gate = Arc::new(gate.observed_by(metrics.clone()));
        Ok(Self { gate, store, keys, lane, metrics })
    }
}

/// The local list of breached passwords, opened and checked, if one is named (R12).
pub(crate) fn breach_list(config: &Config) -> Result<Option<ListFile>, Failure> {
    let Some(path) = config.breach_list() else { return Ok(None) };
    let list = ListFile::open(&path, false);
    list.map(Some).map_err(|error| Failure::new(exit::CONFIG, format!("policy.breach_list: {}", chain(&error))))
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
