//! Full disks, locks held by others, records that cannot be written: refused, never "true", and the
//! service returns by itself. R109, R118.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use passgate_gate::audit::{Chain, Operation};
use passgate_gate::store::{Store, StoreError};
use passgate_store::{SqliteOptions, SqliteStore, verify_chain};

use super::{Place, fresh};
use crate::contract::world::*;

fn chain() -> Chain {
    Chain::from_number(TENANT)
}

#[tokio::test]
async fn without_a_record_there_is_no_change() {
    // R109
    let (store, place) = fresh();
    populate(&store).await;
    let bob = account(&store, BOB).await;
    open(&store, &bob, "one", at(1)).await;
    let bob = account(&store, BOB).await;
    let raw = place.raw();
    raw.execute_batch(
        "CREATE TRIGGER no_record BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'read-only'); END",
    )
    .unwrap();

    let refused = store.replace_password(set(&bob, "$never", at(2))).await;
    assert!(matches!(refused, Err(StoreError::Failed(_))), "{refused:?}");
    assert_eq!(account(&store, BOB).await, bob);
    assert_eq!(present_hash(&store, BOB).await, hash("$first"));
    assert!(is_open(&store, "one", at(3)).await);

    raw.execute_batch("DROP TRIGGER no_record").unwrap();
    replace(&store, set(&bob, "$second", at(4))).await;
    verify_chain(&store, chain()).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_sets_and_the_service_returns_once_there_is_room() {
    // R118
    let place = Place::new();
    let store = place.create();
    populate(&store).await;
    drop(store);
    let raw = place.raw();
    raw.execute_batch("CREATE TABLE junk (x BLOB); INSERT INTO junk VALUES (zeroblob(400000))").unwrap();
    let pages: u32 = raw.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    let options = SqliteOptions { max_pages: Some(pages + 20), ..SqliteOptions::default() };
    let store = SqliteStore::open(&place.path(), &options).unwrap();

    let mut acknowledged = 0;
    let refused = loop {
        let bob = account(&store, BOB).await;
        match store.replace_password(set(&bob, &format!("$set {acknowledged}"), at(acknowledged))).await {
            Ok(_) => acknowledged += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, StoreError::Faulty(_)), "{refused:?}");
    assert!(acknowledged > 10);
    let bob = account(&store, BOB).await;
    assert_eq!(bob.user.credential_version, acknowledged + 1);
    assert_eq!(present_hash(&store, BOB).await, hash(&format!("$set {}", acknowledged - 1)));
    assert_eq!(verify_chain(&store, chain()).await.unwrap().records, acknowledged + 3);

    raw.execute_batch("DROP TABLE junk").unwrap();
    store.ready().await.unwrap();
    replace(&store, set(&bob, "$after", at(9_999))).await;
    assert_eq!(verify_chain(&store, chain()).await.unwrap().records, acknowledged + 4);
}

#[tokio::test]
async fn while_another_process_holds_the_lock_writes_are_refused_and_reads_go_on() {
    // R118
    let place = Place::new();
    drop(place.create());
    let options = SqliteOptions { busy_timeout: Duration::from_millis(50), ..SqliteOptions::default() };
    let store = SqliteStore::open(&place.path(), &options).unwrap();
    populate(&store).await;
    let bob = account(&store, BOB).await;
    let raw = place.raw();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();

    let refused = store.replace_password(set(&bob, "$never", at(1))).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert!(store.ready().await.is_err());
    assert_eq!(account(&store, BOB).await, bob);

    raw.execute_batch("COMMIT").unwrap();
    replace(&store, set(&bob, "$second", at(2))).await;
}

#[tokio::test]
async fn a_queue_that_is_full_refuses_at_once() {
    // R118: bounded, never silent
    let place = Place::new();
    drop(place.create());
    let options = SqliteOptions { queue: 2, group: 1, ..SqliteOptions::default() };
    let store = Arc::new(SqliteStore::open(&place.path(), &options).unwrap());
    let raw = place.raw();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    let acts = (0..20).map(|n| store.record(event(Operation::SignIn, at(n))));
    let mut acts = Box::pin(futures_util::future::join_all(acts));
    // The first poll queues what fits, beside the one act that the writer may hold; the lock goes before
    // anybody is answered.
    assert!((&mut acts).now_or_never().is_none());
    raw.execute_batch("COMMIT").unwrap();

    let outcomes = acts.await;
    let refused = outcomes.iter().filter(|outcome| matches!(outcome, Err(StoreError::Unavailable(_)))).count();
    let held = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert!((2..=3).contains(&held), "{held}");
    assert_eq!(held + refused, 20);
    assert_eq!(verify_chain(&*store, chain()).await.unwrap().records, i64::try_from(held).unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_on_many_threads_see_whole_sets_only() {
    // R19: hash and version change together
    let place = Place::new();
    let store = Arc::new(place.create());
    populate(&*store).await;
    let reading: Vec<_> = (0..4)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                loop {
                    let (bob, hash) = store.account_and_hash(user_id(BOB)).await.unwrap().unwrap();
                    let version = bob.user.credential_version;
                    let expected = if version == 1 { "$first".to_owned() } else { format!("$set {version}") };
                    assert_eq!(hash.as_phc(), expected);
                    if version == 200 {
                        return;
                    }
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for version in 2..=200 {
        let bob = account(&*store, BOB).await;
        replace(&*store, set(&bob, &format!("$set {version}"), at(version))).await;
    }
    for reader in reading {
        reader.await.unwrap();
    }
}
