//! Opening the store that the configuration names, and what to do when it cannot be opened.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use passgate_gate::clock::SystemClock;
use passgate_store::{
    AnyStore, ConnectError, Inspection, OpenError, PostgresOptions, PostgresStore, SqliteOptions, SqliteStore,
};
use tokio::runtime::Handle;
use zeroize::Zeroizing;

use super::Use;
use crate::cli::{Failure, chain, exit};
use crate::config::Config;
use crate::config::sections::Engine;
use crate::private_file;
use crate::watching::Metrics;

/// Makes a store where there is none.
pub(super) fn create(config: &Config, metrics: &Arc<Metrics>) -> Result<AnyStore, Failure> {
    match config.store.engine {
        Engine::Sqlite => {
            let path = config.database();
            let store = SqliteStore::create(&path, &sqlite_options(Use::Serve, metrics));
            store.map(Into::into).map_err(|error| refused_file(&path, &error))
        }
        Engine::Postgres => {
            let (url, options) = (url(config)?, postgres_options(config, metrics));
            let store = wait(PostgresStore::create(&url, &options))?;
            store.map(Into::into).map_err(|error| refused_server(&error))
        }
    }
}

/// Opens what is there, after checking that it is private and whole (R119).
pub(super) fn open(config: &Config, purpose: Use, metrics: &Arc<Metrics>) -> Result<AnyStore, Failure> {
    match config.store.engine {
        Engine::Sqlite => {
            let path = config.database();
            let store = SqliteStore::open(&path, &sqlite_options(purpose, metrics));
            store.map(Into::into).map_err(|error| refused_file(&path, &error))
        }
        Engine::Postgres => {
            let (url, options) = (url(config)?, postgres_options(config, metrics));
            let store = wait(PostgresStore::open(&url, &options))?;
            store.map(Into::into).map_err(|error| refused_server(&error))
        }
    }
}

/// Opens what is there, for a look at it.
pub(crate) fn open_for_a_look(config: &Config) -> Result<AnyStore, Failure> {
    open(config, Use::Command, &Arc::new(Metrics::new(config.store.engine.name())))
}

/// What the server of the store tells of itself; nothing is changed.
pub(crate) async fn inspect(config: &Config) -> Result<Inspection, Failure> {
    let (url, options) = (url(config)?, postgres_options(config, &Arc::new(Metrics::new("postgres"))));
    PostgresStore::inspect(&url, &options, &SystemClock).await.map_err(|error| refused_server(&error))
}

/// Whether there is a store to open.
pub(super) fn exists(config: &Config) -> Result<bool, Failure> {
    match config.store.engine {
        Engine::Sqlite => Ok(config.database().exists()),
        Engine::Postgres => {
            let (url, options) = (url(config)?, postgres_options(config, &Arc::new(Metrics::new("postgres"))));
            match wait(PostgresStore::open(&url, &options))? {
                Ok(_) => Ok(true),
                Err(ConnectError::Missing) => Ok(false),
                Err(error) => Err(refused_server(&error)),
            }
        }
    }
}

/// The address of the server, out of its file or the configuration.
fn url(config: &Config) -> Result<Zeroizing<String>, Failure> {
    let store = &config.store;
    if store.url_file.as_os_str().is_empty() {
        return Ok(Zeroizing::new(store.url.expose().to_owned()));
    }
    address_in(&config.data.folder.join(&store.url_file), "store.url_file")
}

/// The address of a server, out of a file that only we can read. `named` says who named the file.
pub(crate) fn address_in(path: &Path, named: &str) -> Result<Zeroizing<String>, Failure> {
    let fault = |text: String| Failure::new(exit::CONFIG, format!("{named}: {}: {text}", path.display()));
    if let Some(what) = private_file::exposure(path).map_err(|error| fault(error.to_string()))? {
        return Err(fault(format!("it {what}; it holds a password: chmod 600")));
    }
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?);
    Ok(Zeroizing::new(text.trim().to_owned()))
}

fn sqlite_options(purpose: Use, metrics: &Arc<Metrics>) -> SqliteOptions {
    SqliteOptions { check_integrity: purpose == Use::Serve, observer: metrics.clone(), ..SqliteOptions::default() }
}

/// How PostgreSQL is opened.
pub(crate) fn postgres_options(config: &Config, metrics: &Arc<Metrics>) -> PostgresOptions {
    let store = &config.store;
    let authorities = Some(&store.authorities_file).filter(|path| !path.as_os_str().is_empty());
    PostgresOptions {
        connections: store.connections,
        connect_timeout: Duration::from_secs(store.connect_seconds),
        act_timeout: Duration::from_secs(store.act_seconds),
        authorities: authorities.map(|path| config.data.folder.join(path)),
        lossy_commit: store.lossy_commit,
        observer: metrics.clone(),
    }
}

/// Waits for a connection on a thread of the program's runtime: opening is done once, before anything else.
fn wait<T>(opening: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = Handle::try_current().map_err(|error| Failure::new(exit::FAILED, error.to_string()))?;
    Ok(tokio::task::block_in_place(|| runtime.block_on(opening)))
}

/// Why a file is no store, and what to do.
pub(crate) fn refused_file(path: &Path, error: &OpenError) -> Failure {
    let next = match error {
        OpenError::Missing(_) => "\n`passgate init` makes a new installation",
        OpenError::Exists(_) => "\n`passgate init` makes a new installation in a folder of its own",
        OpenError::Permissions { .. } => "\ntake the rights of others away: chmod 600 for a file, 700 for its folder",
        OpenError::Newer { .. } => "\nstart the newer program, or restore a backup from before the upgrade",
        OpenError::Damaged(_) => "\nrestore a backup; keep the damaged file for whoever examines it",
        OpenError::Moving { .. } => {
            "\n`passgate migrate-store` goes on with it; with --abandon the store stays where it is"
        }
        OpenError::Moved { .. } => {
            "\nset [store] engine = \"postgres\" and url_file; `passgate migrate-store --abandon` goes back to the file"
        }
        OpenError::Foreign | OpenError::Migration(_) | OpenError::Io(_) | OpenError::Database(_) => "",
    };
    Failure::new(exit::CONFIG, format!("{}: {}{next}", path.display(), chain(error)))
}

/// Why a database is no store, and what to do.
pub(crate) fn refused_server(error: &ConnectError) -> Failure {
    let next = match error {
        ConnectError::Missing => "\n`passgate init` makes a new installation in it",
        ConnectError::Exists | ConnectError::Foreign => "\nname an empty database",
        ConnectError::Unfinished => {
            "\n`passgate migrate-store` goes on with it; nobody is served from it before it is complete"
        }
        ConnectError::GivenUp => "\nserve the SQLite store, or name another database",
        ConnectError::Older { .. } => "\n`passgate migrate-store --abandon`, then begin anew with this version",
        ConnectError::Newer { .. } => "\nstart the newer program, or restore a backup from before the upgrade",
        ConnectError::Refused(_) => "\nmend the server's settings, or set store.lossy_commit = true for tests",
        ConnectError::Unreachable(_) => {
            "\nis the server up, and does it take this address, user and password? In TLS, does an authority of \
             store.authorities_file vouch for it under this name?"
        }
        ConnectError::Address(_)
        | ConnectError::Authorities(_)
        | ConnectError::Migration(_)
        | ConnectError::Database(_) => "",
    };
    let code = match error {
        // It may come up later, as after a loss of power: whoever starts servers should try again.
        ConnectError::Unreachable(_) => exit::FAILED,
        ConnectError::Address(_)
        | ConnectError::Authorities(_)
        | ConnectError::Refused(_)
        | ConnectError::Missing
        | ConnectError::Exists
        | ConnectError::Unfinished
        | ConnectError::GivenUp
        | ConnectError::Foreign
        | ConnectError::Newer { .. }
        | ConnectError::Older { .. }
        | ConnectError::Migration(_)
        | ConnectError::Database(_) => exit::CONFIG,
    };
    Failure::new(code, format!("PostgreSQL: {}{next}", chain(error)))
}
