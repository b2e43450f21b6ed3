//! The contract suite over SQLite on real files, and what SQLite alone can show: files and their
//! permissions, faults, damage, kills, several processes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../contract/mod.rs"]
mod contract;

mod canary;
mod damage;
mod faults;
mod files;
mod kills;
mod observed;

use std::path::PathBuf;

use passgate_store::{SqliteOptions, SqliteStore};
use rusqlite::Connection;
use tempfile::TempDir;

/// A folder that goes away, and the place of a store in it.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("data/passgate.db")
    }

    fn create(&self) -> SqliteStore {
        SqliteStore::create(&self.path(), &SqliteOptions::default()).unwrap()
    }

    fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.path(), &SqliteOptions::default()).unwrap()
    }

    /// Somebody else's way into the file.
    fn raw(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

fn fresh() -> (SqliteStore, Place) {
    let place = Place::new();
    (place.create(), place)
}

contract::contract_suite!(super::fresh());
