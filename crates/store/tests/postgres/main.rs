//! The contract suite over PostgreSQL in a throwaway cluster, and what it alone can show: cut connections,
//! kills, several nodes at once, several servers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../contract/mod.rs"]
mod contract;

mod faults;
mod kills;
mod moving;
mod nodes;
mod opening;
mod replicated;
mod sealed;

use passgate_store::{PostgresOptions, PostgresStore};
use passgate_testing::postgres::Cluster;

/// A store in a database of its own.
async fn fresh() -> (PostgresStore, String) {
    let url = Cluster::shared().database();
    let store = PostgresStore::create(&url, &PostgresOptions::default()).await.unwrap();
    (store, url)
}

/// The name of the database in an address of the cluster's.
fn database_of(url: &str) -> &str {
    url.rsplit_once("dbname=").unwrap().1
}

contract::contract_suite!(super::fresh().await);
