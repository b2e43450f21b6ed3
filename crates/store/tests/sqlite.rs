//! The contract suite over SQLite, on real files.

mod contract;

use passgate_store::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

fn fresh() -> (SqliteStore, TempDir) {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::create(&folder.path().join("data/passgate.db"), &SqliteOptions::default()).unwrap();
    (store, folder)
}

contract::contract_suite!(super::fresh());
