//! Killed with SIGKILL at random moments under load, the server or its database (R117): every acknowledged set is
//! there, none is half there, versions and records count right, the audit chains verify, and the service returns
//! by itself. Sets come through all three doors. `PASSGATE_KILL_ROUNDS` asks for more rounds.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

#[path = "../load/mod.rs"]
mod load;
#[path = "../support/mod.rs"]
mod support;

mod database;
mod program;

/// How often each test kills.
fn rounds(short: u64) -> u64 {
    std::env::var("PASSGATE_KILL_ROUNDS").map_or(short, |rounds| rounds.parse().unwrap())
}
