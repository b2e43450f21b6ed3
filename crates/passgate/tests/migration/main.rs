//! `passgate migrate-store`: an installation over SQLite with everything in it, moved to a real PostgreSQL by the
//! program itself. `PASSGATE_MOVE_USERS` and `PASSGATE_MOVE_RECORDS` make the one that is killed larger,
//! `PASSGATE_KILL_ROUNDS` kills it more often.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

#[path = "../support/mod.rs"]
mod support;

mod back;
mod crowd;
mod cut_off;
mod house;
mod refused;
mod whole;
