//! Disks and databases that fail, are full, are read-only or cut in mid-commit (R118): what cannot be kept is
//! refused, never answered "true", and the service returns by itself. Through the real server.
//!
//! What needs a volume of its own, which only root may mount, says so where it is left out.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

#[path = "../load/mod.rs"]
mod load;
#[path = "../support/mod.rs"]
mod support;

mod database;
mod disk;
mod volume;
