//! The store: its schema, whether it is whole, and whether the audit trail is what was written. R110, R119.

use std::path::Path;

use passgate_gate::clock::{Clock as _, SystemClock};
use passgate_gate::store::Store as _;
use passgate_store::{
    AnyStore, Examination, OpenError, SqliteOptions, SqliteStore, Trail, VerifyError, verify_end_of_chain,
};

use super::{Finding, server};
use crate::cli::{chain as causes, exit};
use crate::config::Config;
use crate::config::sections::Engine;
use crate::keys::Keys;
use crate::trail::signing::Trusted;
use crate::trail::verify;
use crate::wiring::open_store;

/// Records of each chain that are verified without `--full`.
const END: u32 = 1_000;

/// How far a record may lie ahead of the clock: two machines never agree exactly.
const AHEAD_MICROS: i64 = 5_000_000;

pub(super) async fn examine(config: &Config, keys: Option<&Keys>, full: bool) -> Vec<Finding> {
    if config.store.engine == Engine::Postgres {
        return server(config, keys, full).await;
    }
    let path = config.database();
    let (mut findings, sound) = file(&path).await;
    if !sound {
        findings.push(clock(None));
        return findings;
    }
    let options = SqliteOptions { check_integrity: false, ..SqliteOptions::default() };
    let store = match SqliteStore::open(&path, &options) {
        Ok(store) => AnyStore::from(store),
        Err(error) => {
            findings.push(refused("store", &error));
            return findings;
        }
    };
    findings.push(audit(&store, keys, full).await);
    findings.push(clock(newest(&store).await));
    // Closing waits for the disk.
    let _ = tokio::task::spawn_blocking(move || store.close()).await;
    findings
}

/// The database on a server.
async fn server(config: &Config, keys: Option<&Keys>, full: bool) -> Vec<Finding> {
    let (mut findings, sound) = server::examine(config).await;
    if !sound {
        findings.push(clock(None));
        return findings;
    }
    // What opening refuses has been told already.
    let mut config = config.clone();
    config.store.lossy_commit = true;
    match open_store(&config) {
        Ok(store) => {
            findings.push(audit(&store, keys, full).await);
            findings.push(clock(newest(&store).await));
            store.close();
        }
        Err(failure) => findings.extend([Finding::of("store", &failure), clock(None)]),
    }
    findings
}

/// The file, without opening it for writing; whether it can be opened as it is.
async fn file(path: &Path) -> (Vec<Finding>, bool) {
    let looked = path.to_owned();
    let examined = tokio::task::spawn_blocking(move || SqliteStore::examine(&looked)).await;
    match examined {
        Ok(Ok(Examination { schema, known })) if schema == known => {
            let whole = Finding::ok("integrity", "every page, row and index is sound");
            (vec![Finding::ok("schema", format!("{schema}, the one this program has")), whole], true)
        }
        Ok(Ok(Examination { schema, known })) => {
            let todo = "back up first (`passgate backup`); the next start of this version brings it up to date";
            (vec![Finding::warn("schema", format!("{schema}, this program has {known}"), todo)], false)
        }
        Ok(Err(error)) => (vec![refused("store", &error)], false),
        Err(error) => (vec![Finding::fail("store", error.to_string(), "")], false),
    }
}

fn refused(check: &'static str, error: &OpenError) -> Finding {
    let (check, todo) = match error {
        OpenError::Missing(_) => (check, "`passgate init` makes a new installation"),
        OpenError::Permissions { .. } => ("files", "chmod 600 for a file, 700 for its folder"),
        OpenError::Newer { .. } => ("schema", "start the newer program, or restore a backup from before the upgrade"),
        OpenError::Migration(_) => ("schema", "start the program that wrote it"),
        OpenError::Damaged(_) => ("integrity", "restore a backup; keep the damaged file for whoever examines it"),
        OpenError::Moving { .. } => (check, "`passgate migrate-store` goes on with it, --abandon gives it up"),
        OpenError::Moved { .. } => (check, "set [store] engine = \"postgres\" and url_file, and keep this file away"),
        OpenError::Exists(_) | OpenError::Foreign | OpenError::Io(_) | OpenError::Database(_) => (check, ""),
    };
    Finding::fail(check, causes(error), todo)
}

async fn audit(store: &AnyStore, keys: Option<&Keys>, full: bool) -> Finding {
    const TODO: &str = "do not prune; `passgate audit verify` names each place, a backup has the records";
    let broken = |text: String| Finding::fail("audit", text, TODO);
    if let (true, Some(keys)) = (full, keys) {
        return match verify::all(store, &Trusted::of(&keys.checkpoints), &[]).await {
            Ok(verdicts) => {
                let chains = verdicts.len();
                match verdicts.into_iter().find_map(|verdict| verdict.outcome.err()) {
                    None => Finding::ok("audit", format!("all records of {chains} chains are as they were written")),
                    Some(tampered) => broken(tampered.to_string()),
                }
            }
            Err(error) => broken(causes(&error)),
        };
    }
    let chains = match store.chains().await {
        Ok(chains) => chains,
        Err(error) => return broken(causes(&error)),
    };
    for chain in &chains {
        match verify_end_of_chain(store, *chain, END).await {
            Ok(_) => {}
            Err(error @ (VerifyError::Broken(_) | VerifyError::Store(_))) => {
                return broken(format!("chain {}: {}", chain.number(), causes(&error)));
            }
        }
    }
    let text = format!("the last {END} records of {} chains are as they were written", chains.len());
    Finding::ok("audit", text)
}

/// When the newest record was written, in microseconds since 1970.
async fn newest(store: &dyn Trail) -> Option<i64> {
    let mut newest = None;
    for chain in store.chains().await.ok()? {
        let (sequence, _) = store.head(chain).await.ok()?;
        let last = store.events(chain, sequence - 1, 1).await.ok()?;
        newest = newest.max(last.first().map(|event| event.time));
    }
    newest
}

/// Times decide on sessions, throttles and tokens: a clock that went back keeps people out or in.
fn clock(newest: Option<i64>) -> Finding {
    const TODO: &str = "set the clock, and keep it set (chrony, systemd-timesyncd)";
    let now = SystemClock.now();
    let known = concat!("2026", "-01-01T00:00:00Z").parse::<jiff::Timestamp>();
    if known.is_ok_and(|known| now < known) {
        return Finding::fail("clock", format!("{now} lies before this program was made"), TODO);
    }
    match newest.map(|newest| newest - now.as_microsecond()) {
        Some(ahead) if ahead > AHEAD_MICROS => {
            let text = format!("{now} is {} seconds behind the newest audit record", ahead / 1_000_000);
            Finding::fail("clock", text, TODO)
        }
        _ => Finding::ok("clock", format!("{now}, not behind what was recorded")),
    }
}

const _: () = assert!(exit::UNSOUND != exit::TAMPERED, "a script can tell the doctor from `audit verify`");
