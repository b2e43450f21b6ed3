//! A server that has to wait for a standby before a commit is durable, and several servers of which one is silent.
//! A real failover is tried in the program's tests.

use std::os::unix::net::UnixListener;
use std::process::Command;
use std::time::Duration;

use passgate_gate::store::Store;
use passgate_store::{PostgresOptions, PostgresStore};
use passgate_testing::postgres::Cluster;

use crate::contract::world::*;
use crate::{database_of, fresh};

/// Starts a set whose commit waits for a standby that is not there, ends its wait in this way, and expects that it
/// is not told as done, although the server has it.
async fn a_wait_ended_by(function: &str) {
    let cluster = Cluster::start();
    let url = cluster.database();
    let store = PostgresStore::create(&url, &PostgresOptions::default()).await.unwrap();
    populate(&store).await;
    let bob = account(&store, BOB).await;
    cluster.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    cluster.sql("postgres", "SELECT pg_reload_conf()");
    while cluster.sql("postgres", "SHOW synchronous_standby_names") != "nobody" {}

    let setting = store.replace_password(set(&bob, "$perhaps", at(1)));
    let ending = async {
        let end = format!("SELECT {function}(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        while cluster.sql("postgres", &end) != "t" {
            tokio::task::yield_now().await;
        }
    };
    let (told, ()) = tokio::join!(setting, ending);
    let kept = cluster.sql(database_of(&url), "SELECT count(*) FROM users WHERE credential_version = 2");
    assert_eq!(kept, "1", "it is on the leader, where nobody is to be told so");
    told.unwrap_err();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_wait_for_the_standby_was_cancelled_is_not_told_as_done() {
    // R117, R118: the server answers COMMIT, after a warning
    a_wait_ended_by("pg_cancel_backend").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_wait_for_the_standby_ended_with_its_session_is_not_told_as_done() {
    // R117, R118: so does a leader that is stopped, or demoted
    a_wait_ended_by("pg_terminate_backend").await;
}

#[tokio::test]
async fn of_several_servers_a_silent_one_does_not_keep_the_store_from_the_others() {
    // R118: a host that is frozen takes connections and says nothing
    let (store, url) = fresh().await;
    populate(&store).await;
    let silent = tempfile::tempdir().unwrap();
    let _listener = UnixListener::bind(silent.path().join(".s.PGSQL.5432")).unwrap();
    let (awake, rest) = url.split_once("host=").unwrap().1.split_once(' ').unwrap();
    let silent = silent.path().display();
    for hosts in [format!("{silent},{awake}"), format!("{awake},{silent}")] {
        let store = PostgresStore::open(&format!("host={hosts} {rest}"), &PostgresOptions::default()).await.unwrap();
        assert_eq!(account(&store, BOB).await.user.id, user_id(BOB));
    }
}

#[tokio::test]
async fn of_connections_that_fell_silent_while_they_lay_idle_one_costs_somebody_an_error_and_not_each() {
    // R118: the host that they lead to was cut off or frozen, and another leads
    let cluster = Cluster::start();
    let url = cluster.database();
    let impatient = PostgresOptions { act_timeout: Duration::from_secs(5), ..PostgresOptions::default() };
    let store = PostgresStore::create(&url, &impatient).await.unwrap();
    populate(&store).await;
    let reads = (0..6).map(|_| account(&store, BOB));
    futures_util::future::join_all(reads).await;
    let lying = "SELECT pid FROM pg_stat_activity WHERE application_name = 'passgate'";
    let lying = cluster.sql("postgres", lying);
    assert!(lying.lines().count() > 2, "{lying}");
    let signal = |name: &str| Command::new("kill").arg(name).args(lying.lines()).status().unwrap();
    assert!(signal("-STOP").success());
    store.account(user_id(BOB)).await.unwrap_err();
    account(&store, BOB).await;
    assert!(signal("-CONT").success());
}
