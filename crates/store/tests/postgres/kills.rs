//! Killed at any instant, the program or the database: every acknowledged set is there, none is half there,
//! the chain verifies. R117. `PASSGATE_KILL_ROUNDS` asks for more rounds.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use passgate_gate::store::{Outcome, Store};
use passgate_store::{PostgresOptions, PostgresStore};
use passgate_testing::postgres::Cluster;

use crate::contract::crash::*;
use crate::contract::world::*;
use crate::fresh;

const VICTIM: &str = "PASSGATE_KILL_VICTIM";

fn rounds() -> u64 {
    std::env::var("PASSGATE_KILL_ROUNDS").map_or(5, |rounds| rounds.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_program_loses_no_acknowledged_set_and_leaves_none_half_done() {
    // R117
    let (store, url) = fresh().await;
    make_users(&store).await;
    let mut acknowledged = HashMap::new();
    let mut sets = 0;
    for _ in 0..rounds() {
        let mut victim = start(&url);
        let lines = BufReader::new(victim.stdout.take().unwrap());
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100 + random() % 300));
            victim.kill().unwrap();
            victim.wait().unwrap();
        });
        for (user, version) in lines.lines().filter_map(|line| told(&line.unwrap())) {
            acknowledged.insert(user, version);
            sets += 1;
        }
        killer.join().unwrap();
        // Holds the rows until the server has noticed the death of the victim.
        store.ready().await.unwrap();
        check_whole(&store, &acknowledged).await;
    }
    println!("{sets} acknowledged sets in {} rounds", rounds());
    assert!(sets > 0);
}

/// The victim; does nothing unless it was started as one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn victim() {
    let Ok(url) = std::env::var(VICTIM) else { return };
    let store = PostgresStore::open(&url, &PostgresOptions::default()).await.unwrap();
    set_for_ever(&store).await;
}

fn start(url: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kills::victim", "--nocapture"])
        .env(VICTIM, url)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_database_loses_no_acknowledged_set_and_the_service_returns_by_itself() {
    // R117, R118: the whole server in one round, one of its processes in the next
    let cluster = Cluster::start();
    let url = cluster.database();
    let store = PostgresStore::create(&url, &PostgresOptions::default()).await.unwrap();
    make_users(&store).await;
    let acknowledged = Mutex::new(HashMap::new());
    let over = AtomicBool::new(false);
    let setting = futures_util::future::join_all(USERS.map(|id| set_through_faults(&store, id, &acknowledged, &over)));
    let killing = async {
        for round in 0..rounds() {
            tokio::time::sleep(Duration::from_millis(100 + random() % 400)).await;
            tokio::task::block_in_place(|| {
                if round % 2 == 0 {
                    cluster.kill();
                    cluster.restart();
                } else {
                    cluster.kill_a_backend();
                }
            });
            while store.ready().await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let known = acknowledged.lock().unwrap().clone();
            check_whole_while_it_grows(&store, &known).await;
        }
        over.store(true, Ordering::Relaxed);
    };
    let (sets, ()) = tokio::join!(setting, killing);
    let sets: u64 = sets.into_iter().sum();
    println!("{sets} acknowledged sets in {} rounds", rounds());
    assert!(sets > rounds());
    check_whole(&store, &acknowledged.into_inner().unwrap()).await;
}

async fn set_through_faults(
    store: &dyn Store,
    id: i32,
    acknowledged: &Mutex<HashMap<i32, i64>>,
    over: &AtomicBool,
) -> u64 {
    let mut sets = 0;
    while !over.load(Ordering::Relaxed) {
        let Ok(Some(user)) = store.account(user_id(id)).await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        if let Ok(Outcome::Done(receipt)) = store.replace_password(marked_set_of(&user)).await {
            acknowledged.lock().unwrap().insert(id, receipt.credential_version);
            sets += 1;
        }
    }
    sets
}

/// No set that was acknowledged before this look is missing.
async fn check_whole_while_it_grows(store: &dyn Store, known: &HashMap<i32, i64>) {
    for (id, version) in known {
        loop {
            // The next kill comes after this look, so an error passes.
            let Ok(found) = store.account(user_id(*id)).await else { continue };
            assert!(found.unwrap().user.credential_version >= *version, "a set was lost");
            break;
        }
    }
}
