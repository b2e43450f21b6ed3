//! A store that is moved into a database: what stands in both, and who may open which. R117.
//!
//! The whole of it, with its kills and refusals, is shown by the program's own tests.

use std::path::PathBuf;

use passgate_gate::rng::OsRng;
use passgate_gate::store::Store;
use passgate_store::moving::{Begun, Move, MoveError, MoveId, Rows, Source, Step, Target, abandon};
use passgate_store::{ConnectError, OpenError, PostgresOptions, PostgresStore, SqliteOptions, SqliteStore};
use passgate_testing::postgres::Cluster;

use crate::contract::world::*;
use crate::database_of;

/// A store in a file, closed, with people in it.
async fn source() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("data").join("passgate.db");
    let store = SqliteStore::create(&path, &SqliteOptions::default()).unwrap();
    populate(&store).await;
    store.close();
    (folder, path)
}

async fn begin(path: &std::path::Path, url: &str) -> Result<Begun, MoveError> {
    let target = Target::connect(url, &PostgresOptions::default()).await?;
    Move::begin(Source::hold(path)?, target, MoveId::random(&OsRng)).await
}

async fn begun(path: &std::path::Path, url: &str) -> Move {
    match begin(path, url).await.unwrap() {
        Begun::Move(moving) => *moving,
        Begun::Done => panic!("it was moved before"),
    }
}

async fn open(url: &str) -> Result<PostgresStore, ConnectError> {
    PostgresStore::open(url, &PostgresOptions::default()).await
}

#[tokio::test]
async fn at_no_moment_can_both_be_opened() {
    // R117
    let (_folder, path) = source().await;
    let url = Cluster::shared().database();
    let people = {
        let store = SqliteStore::open(&path, &SqliteOptions::default()).unwrap();
        store.accounts(tenant_id(TENANT), None, 100).await.unwrap()
    };
    let closed = || SqliteStore::open(&path, &SqliteOptions::default()).map(drop).unwrap_err();
    let mut moving = begun(&path, &url).await;
    assert!(matches!(open(&url).await, Err(ConnectError::Unfinished)));
    moving.copy(1, |_| {}).await.unwrap();
    assert!(matches!(open(&url).await, Err(ConnectError::Unfinished)));
    let (rows, _) = moving.compare(|_| {}).await.unwrap();
    assert!(rows.iter().map(|rows| rows.count).sum::<u64>() > 10);
    drop(moving);
    assert!(matches!(closed(), OpenError::Moving { .. }));
    let mut moving = begun(&path, &url).await;
    assert_eq!(moving.copy(1, |_| {}).await.unwrap().now, 0, "all of it is there");
    moving.finish().await.unwrap();
    assert!(matches!(closed(), OpenError::Moved { .. }));
    assert_eq!(open(&url).await.unwrap().accounts(tenant_id(TENANT), None, 100).await.unwrap(), people);
    assert!(matches!(begin(&path, &url).await, Ok(Begun::Done)));
}

#[tokio::test]
async fn a_store_is_not_given_up_while_another_opens_it() {
    // R117: a server that looked before the mark would serve what nobody moves back
    let (_folder, path) = source().await;
    let url = Cluster::shared().database();
    let mut moving = begun(&path, &url).await;
    moving.copy(100, |_| {}).await.unwrap();
    moving.finish().await.unwrap();

    // Holds what every server holds while it opens a store, until somebody waits for it, or for half a minute.
    let held = "FROM pg_locks l JOIN pg_database d ON d.oid = l.database \
                WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objid = 1346458439";
    let opening = format!(
        "DO $$ BEGIN PERFORM pg_advisory_xact_lock(1346458439); \
         FOR turn IN 1..3000 LOOP \
             EXIT WHEN EXISTS (SELECT {held} AND NOT l.granted); PERFORM pg_sleep(0.01); \
         END LOOP; END $$"
    );
    let database = database_of(&url).to_owned();
    let opener = std::thread::spawn(move || Cluster::shared().sql(&database, &opening));
    let holds = || Cluster::shared().sql(database_of(&url), &format!("SELECT count(*) {held} AND l.granted")) == "1";
    while !holds() {}
    let mut target = Target::connect(&url, &PostgresOptions::default()).await.unwrap();
    abandon(&Source::hold(&path).unwrap(), Some(&mut target)).await.unwrap();
    assert!(!holds(), "it was given up under the hands of a server");
    opener.join().unwrap();
    assert!(matches!(open(&url).await, Err(ConnectError::GivenUp)));
}

#[tokio::test]
async fn a_copy_that_is_not_the_same_is_no_store() {
    // R117: rows are compared, not only counted
    let (_folder, path) = source().await;
    let url = Cluster::shared().database();
    let mut moving = begun(&path, &url).await;
    moving.copy(100, |_| {}).await.unwrap();
    Cluster::shared()
        .sql(database_of(&url), "UPDATE users SET status = status || ' ' WHERE id = (SELECT MAX(id) FROM users)");
    let differs = moving.compare(|_| {}).await.unwrap_err();
    assert!(
        matches!(&differs, MoveError::Differ(tables) if tables.len() == 1 && tables[0].table == "users"),
        "{differs}"
    );
    drop(moving);
    assert!(matches!(open(&url).await, Err(ConnectError::Unfinished)));
}

#[tokio::test]
async fn whoever_watches_sees_every_row_go_by() {
    let (_folder, path) = source().await;
    let mut moving = begun(&path, &Cluster::shared().database()).await;
    let mut seen = std::collections::BTreeMap::new();
    let copied = moving.copy(2, |step| {
        let Step::Copying(table, rows) = step else { panic!("{step:?}") };
        assert!(*seen.entry(table).or_insert(0) <= rows);
        seen.insert(table, rows);
    });
    let copied = copied.await.unwrap();
    let (rows, digest) = moving.compare(|_| {}).await.unwrap();
    let counted = |rows: &[Rows]| rows.iter().map(|rows| (rows.table, rows.count)).collect();
    assert_eq!(seen, counted(&rows));
    assert_eq!(copied.now, seen.values().sum::<u64>());
    assert_eq!(moving.compare(|_| {}).await.unwrap().1, digest, "it is the same each time");
}
