//! Killed with SIGKILL at random moments under load, the server or its database (R117): every acknowledged set is
//! there, none is half there, versions and records count right, the audit chains verify, and the service returns
//! by itself. Sets come through all three doors. `PASSGATE_KILL_ROUNDS` asks for more rounds.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

#[path = "../support/mod.rs"]
mod support;

mod database;
mod house;
mod program;
mod writers;

use std::hash::{BuildHasher as _, Hasher as _};
use std::time::{Duration, Instant};

/// Far beyond what anything here takes.
const FOREVER: Duration = Duration::from_mins(2);

/// How often each test kills.
fn rounds(short: u64) -> u64 {
    std::env::var("PASSGATE_KILL_ROUNDS").map_or(short, |rounds| rounds.parse().unwrap())
}

/// A moment of no meaning.
fn random_moment() -> Duration {
    Duration::from_millis(std::collections::hash_map::RandomState::new().build_hasher().finish() % 900)
}

#[track_caller]
fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < FOREVER, "{what}: not in {FOREVER:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
