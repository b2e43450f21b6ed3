//! Killed at any instant: every acknowledged set is there, none is half there, the chain verifies. R117.
//!
//! The victim is this test program started again as a process of its own: it sets passwords of eight users
//! at once and tells of each as soon as it is acknowledged. `PASSGATE_KILL_ROUNDS` asks for more rounds.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use passgate_gate::store::Store;
use passgate_store::{SqliteOptions, SqliteStore};

use super::Place;
use crate::contract::crash::*;
use crate::contract::world::*;

const VICTIM: &str = "PASSGATE_KILL_VICTIM";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_no_acknowledged_set_and_leaves_none_half_done() {
    // R117
    let place = Place::new();
    let store = place.create();
    make_users(&store).await;
    drop(store);
    let rounds = std::env::var("PASSGATE_KILL_ROUNDS").map_or(10, |rounds| rounds.parse().unwrap());
    let mut acknowledged = HashMap::new();
    let mut sets = 0;
    for _ in 0..rounds {
        let mut victim = start(&place.path());
        let lines = BufReader::new(victim.stdout.take().unwrap());
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20 + random() % 150));
            victim.kill().unwrap();
            victim.wait().unwrap();
        });
        for line in lines.lines() {
            // The last line may be cut; the harness of the victim prints others.
            let line = line.unwrap();
            let Some((user, version)) = told(&line) else { continue };
            acknowledged.insert(user, version);
            sets += 1;
        }
        killer.join().unwrap();
        check_whole(&place.open(), &acknowledged).await;
    }
    println!("{sets} acknowledged sets in {rounds} rounds");
    assert!(sets > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_write_one_store_at_the_same_time() {
    // the command line beside the server
    let place = Place::new();
    let store = place.create();
    make_users(&store).await;
    let mut other = start(&place.path());
    let mut lines = BufReader::new(other.stdout.take().unwrap()).lines();
    let mut acknowledged = HashMap::new();
    for n in 0..100 {
        let id = USERS.start + n % 8;
        let receipt = store.replace_password(marked_set(&store, id).await).await;
        acknowledged.insert(id, done(receipt).credential_version);
        tokio::task::yield_now().await;
    }
    let sets_of_the_other = lines.by_ref().take(100).filter(|line| line.as_ref().unwrap().starts_with("set "));
    assert!(sets_of_the_other.count() > 0);
    other.kill().unwrap();
    other.wait().unwrap();
    check_whole(&store, &acknowledged).await;
}

/// The victim; does nothing unless it was started as one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn victim() {
    let Some(path) = std::env::var_os(VICTIM) else { return };
    let store = SqliteStore::open(Path::new(&path), &SqliteOptions::default()).unwrap();
    set_for_ever(&store).await;
}

fn start(path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kills::victim", "--nocapture"])
        .env(VICTIM, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
