//! Opening: what is refused, and what is brought up to date. R117, R119.

use passgate_gate::store::{Store, StoreError};
use passgate_store::{ConnectError, PostgresOptions, PostgresStore};
use passgate_testing::postgres::Cluster;

use crate::contract::world::*;
use crate::{database_of, fresh};

async fn open(url: &str) -> Result<PostgresStore, ConnectError> {
    PostgresStore::open(url, &PostgresOptions::default()).await
}

#[tokio::test]
async fn a_missing_store_is_not_made_by_opening_and_an_existing_one_not_by_creating() {
    // a mistyped address must not answer with an empty store
    let url = Cluster::shared().database();
    assert!(matches!(open(&url).await, Err(ConnectError::Missing)));
    let store = PostgresStore::create(&url, &PostgresOptions::default()).await.unwrap();
    populate(&store).await;
    let again = PostgresStore::create(&url, &PostgresOptions::default()).await;
    assert!(matches!(again, Err(ConnectError::Exists)));
    assert_eq!(account(&open(&url).await.unwrap(), BOB).await, account(&store, BOB).await);
}

#[tokio::test]
async fn of_nodes_that_make_the_store_at_once_one_makes_it() {
    // the lock around migrations
    let url = Cluster::shared().database();
    let options = PostgresOptions::default();
    let making = (0..4).map(|_| PostgresStore::create(&url, &options));
    let made = futures_util::future::join_all(making).await;
    assert_eq!(made.iter().filter(|one| one.is_ok()).count(), 1);
    assert_eq!(made.iter().filter(|one| matches!(one, Err(ConnectError::Exists))).count(), 3);
}

#[tokio::test]
async fn tables_of_something_else_are_left_alone() {
    // R119
    let url = Cluster::shared().database();
    Cluster::shared().sql(database_of(&url), "CREATE TABLE schema_migrations (version TEXT)");
    assert!(matches!(open(&url).await, Err(ConnectError::Foreign)));
    let made = PostgresStore::create(&url, &PostgresOptions::default()).await;
    assert!(matches!(made, Err(ConnectError::Foreign)));
}

#[tokio::test]
async fn a_newer_schema_or_another_migration_is_refused() {
    // R119
    let (store, url) = fresh().await;
    drop(store);
    let database = database_of(&url);
    Cluster::shared().sql(database, "INSERT INTO schema_migrations VALUES (99, 'later', '\\x00')");
    assert!(matches!(open(&url).await, Err(ConnectError::Newer { found: 99, .. })));
    Cluster::shared().sql(database, "DELETE FROM schema_migrations WHERE number = 99");
    open(&url).await.unwrap();
    Cluster::shared().sql(database, "UPDATE schema_migrations SET checksum = '\\x00' WHERE number = 1");
    assert!(matches!(open(&url).await, Err(ConnectError::Migration(1))));
}

#[tokio::test]
async fn a_server_that_may_lose_acknowledged_changes_is_refused_unless_told() {
    // R117
    let (store, url) = fresh().await;
    let database = database_of(&url);
    Cluster::shared().sql("postgres", &format!("ALTER DATABASE {database} SET synchronous_commit = off"));
    let refused = open(&url).await.map(drop).unwrap_err();
    assert!(matches!(&refused, ConnectError::Refused(why) if why.contains("synchronous_commit")), "{refused:?}");
    let told = PostgresOptions { lossy_commit: true, ..PostgresOptions::default() };
    PostgresStore::open(&url, &told).await.unwrap();
    drop(store);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_without_the_password() {
    let refused = open("postgres://passgate:hunter2@127.0.0.1:1/none").await.map(drop).unwrap_err();
    assert!(matches!(refused, ConnectError::Unreachable(_)), "{refused:?}");
    assert!(!format!("{refused:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_closed_store_refuses_acts() {
    let (store, _url) = fresh().await;
    store.close();
    assert!(matches!(store.ready().await, Err(StoreError::Unavailable(_))));
}
