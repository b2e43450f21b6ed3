//! Cut connections, servers that are away, rows held by others: refused, never "true", and the service
//! returns by itself. R20, R109, R118.

use std::time::Duration;

use passgate_gate::audit::Chain;
use passgate_gate::store::{Store, StoreError};
use passgate_store::{PostgresOptions, PostgresStore, verify_chain};
use passgate_testing::cuttable::{Cuttable, Way};
use passgate_testing::postgres::Cluster;

use crate::contract::world::*;
use crate::{database_of, fresh};

fn chain() -> Chain {
    Chain::from_number(TENANT)
}

/// A store behind a way that can be cut, with the cast.
async fn behind() -> (PostgresStore, Cuttable) {
    let (store, url) = fresh().await;
    drop(store);
    let way = Cuttable::to(Cluster::shared());
    let store = PostgresStore::open(&way.url(database_of(&url)), &PostgresOptions::default()).await.unwrap();
    populate(&store).await;
    (store, way)
}

#[tokio::test]
async fn without_a_record_there_is_no_change() {
    // R109
    let (store, url) = fresh().await;
    populate(&store).await;
    let bob = account(&store, BOB).await;
    open(&store, &bob, "one", at(1)).await;
    let bob = account(&store, BOB).await;
    let raw = |statements: &str| Cluster::shared().sql(database_of(&url), statements);
    raw("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'read-only'; END $$; \
         CREATE TRIGGER no_record BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION no()");

    let refused = store.replace_password(set(&bob, "$never", at(2))).await;
    assert!(matches!(refused, Err(StoreError::Failed(_))), "{refused:?}");
    assert_eq!(account(&store, BOB).await, bob);
    assert_eq!(present_hash(&store, BOB).await, hash("$first"));
    assert!(is_open(&store, "one", at(3)).await);

    raw("DROP TRIGGER no_record ON audit_events");
    replace(&store, set(&bob, "$second", at(4))).await;
    verify_chain(&store, chain()).await.unwrap();
}

#[tokio::test]
async fn records_are_neither_changed_nor_deleted_nor_emptied() {
    // R110
    let (store, url) = fresh().await;
    populate(&store).await;
    for statement in ["UPDATE audit_events SET note = ''", "DELETE FROM audit_events", "TRUNCATE audit_events"] {
        let kept = format!(
            "DO $$ BEGIN {statement}; RAISE 'done'; EXCEPTION WHEN OTHERS THEN RAISE NOTICE '%', SQLERRM; END $$"
        );
        Cluster::shared().sql(database_of(&url), &kept);
    }
    assert_eq!(verify_chain(&store, chain()).await.unwrap().records, 3);
}

#[tokio::test]
async fn a_commit_that_never_arrived_is_not_told_as_done() {
    // R118
    let (store, way) = behind().await;
    let bob = account(&store, BOB).await;
    way.set(Way::CutBeforeCommit);
    let refused = store.replace_password(set(&bob, "$never", at(1))).await;
    assert!(matches!(refused, Err(StoreError::Unconfirmed(_))), "{refused:?}");
    assert_eq!(way.way(), Way::Open, "it was cut by the commit");
    assert_eq!(present_hash(&store, BOB).await, hash("$first"));
    replace(&store, set(&bob, "$second", at(2))).await;
    assert_eq!(verify_chain(&store, chain()).await.unwrap().records, 4);
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_not_told_as_done_and_not_done_twice() {
    // R20, R118: nobody knows, so nobody says "true"; the whole act holds or nothing of it
    let (store, way) = behind().await;
    let bob = account(&store, BOB).await;
    way.set(Way::CutAfterCommit);
    let refused = store.replace_password(set(&bob, "$perhaps", at(1))).await;
    assert!(matches!(refused, Err(StoreError::Unconfirmed(_))), "{refused:?}");
    assert_eq!(way.way(), Way::Open, "it was cut by the answer");
    let bob = account(&store, BOB).await;
    assert_eq!(bob.user.credential_version, 2, "the commit had arrived");
    assert_eq!(present_hash(&store, BOB).await, hash("$perhaps"));
    assert_eq!(verify_chain(&store, chain()).await.unwrap().records, 4);
}

#[tokio::test]
async fn a_cut_way_refuses_everything_and_the_service_returns_once_it_is_open() {
    // R118
    let (store, way) = behind().await;
    let bob = account(&store, BOB).await;
    way.set(Way::Cut);
    assert!(matches!(store.account(user_id(BOB)).await, Err(StoreError::Unavailable(_))));
    let refused = store.replace_password(set(&bob, "$never", at(1))).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert!(matches!(store.ready().await, Err(StoreError::Unavailable(_))));
    way.set(Way::Open);
    store.ready().await.unwrap();
    replace(&store, set(&bob, "$second", at(2))).await;
}

#[tokio::test]
async fn connections_that_died_while_they_lay_idle_cost_nobody_an_error() {
    // R118: a restart of the server between two requests
    let (store, url) = fresh().await;
    populate(&store).await;
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() \
               AND pid <> pg_backend_pid()";
    for n in 2..8 {
        let bob = account(&store, BOB).await;
        assert_ne!(Cluster::shared().sql(database_of(&url), end), "0");
        assert_eq!(replace(&store, set(&bob, "$next", at(n))).await.credential_version, n);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_somebody_holds_the_row_writes_are_refused_in_time_and_reads_go_on() {
    // R118
    let (store, url) = fresh().await;
    populate(&store).await;
    let bob = account(&store, BOB).await;
    let impatient = PostgresOptions { act_timeout: Duration::from_millis(300), ..PostgresOptions::default() };
    let store = PostgresStore::open(&url, &impatient).await.unwrap();
    let hold = "BEGIN; SELECT 1 FROM users FOR UPDATE; SELECT pg_sleep(3)";
    std::thread::scope(|scope| {
        let holder = scope.spawn(|| Cluster::shared().sql(database_of(&url), hold));
        let looked =
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
        while Cluster::shared().sql(database_of(&url), looked) == "0" {}
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                let refused = store.replace_password(set(&bob, "$never", at(1))).await;
                assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
                assert_eq!(account(&store, BOB).await, bob);
            });
        });
        holder.join().unwrap();
    });
    replace(&store, set(&bob, "$second", at(2))).await;
}
