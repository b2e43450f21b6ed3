//! Killed at any instant: every acknowledged set is there, none is half there, the chain verifies. R117.
//!
//! The victim is this test program started again as a process of its own: it sets passwords of eight users
//! at once and tells of each as soon as it is acknowledged. `PASSGATE_KILL_ROUNDS` asks for more rounds.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use passgate_gate::audit::{AuditEvent, Chain, StoredEvent};
use passgate_gate::session::SessionKind;
use passgate_gate::store::{ReplacePassword, Store};
use passgate_store::{SqliteOptions, SqliteStore, verify_chain};

use super::Place;
use crate::contract::world::*;

const VICTIM: &str = "PASSGATE_KILL_VICTIM";
const USERS: std::ops::Range<i32> = 100..108;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_no_acknowledged_set_and_leaves_none_half_done() {
    // R117
    let place = Place::new();
    let store = place.create();
    make_tenant(&store, TENANT, "").await;
    for id in USERS {
        make(&store, new_user(id, TENANT, &format!("user{id}"))).await;
    }
    drop(store);
    let rounds = std::env::var("PASSGATE_KILL_ROUNDS").map_or(10, |rounds| rounds.parse().unwrap());
    let mut acknowledged = HashMap::new();
    let mut sets = 0;
    for _ in 0..rounds {
        let mut victim = start(&place.path());
        let told = BufReader::new(victim.stdout.take().unwrap());
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20 + random() % 150));
            victim.kill().unwrap();
            victim.wait().unwrap();
        });
        for line in told.lines() {
            // The last line may be cut; the harness of the victim prints others.
            let line = line.unwrap();
            let Some((user, version)) = line.strip_prefix("set ").and_then(|set| set.split_once(' ')) else { continue };
            let Some(version) = version.strip_suffix(" done") else { continue };
            acknowledged.insert(user.parse::<i32>().unwrap(), version.parse::<i64>().unwrap());
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
    make_tenant(&store, TENANT, "").await;
    for id in USERS {
        make(&store, new_user(id, TENANT, &format!("user{id}"))).await;
    }
    let mut other = start(&place.path());
    let mut told = BufReader::new(other.stdout.take().unwrap()).lines();
    let mut acknowledged = HashMap::new();
    for n in 0..100 {
        let id = USERS.start + n % 8;
        let receipt = store.replace_password(marked_set(&store, id).await).await;
        acknowledged.insert(id, done(receipt).credential_version);
        tokio::task::yield_now().await;
    }
    let sets_of_the_other = told.by_ref().take(100).filter(|line| line.as_ref().unwrap().starts_with("set "));
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
    let setting = USERS.map(|id| {
        let store = &store;
        async move {
            loop {
                let user = account(store, id).await;
                let name = format!("{id} at {}", user.user.credential_version);
                if store.session(&digest(&name)).await.unwrap().is_none() {
                    let session = session(&user, &name, SessionKind::Soap, at(0));
                    // Stale when another process has set the password meanwhile.
                    store.open_session(opening(&user, session)).await.unwrap();
                }
                let version = done(store.replace_password(marked_set(store, id).await).await).credential_version;
                writeln!(std::io::stdout(), "set {id} {version} done").unwrap();
            }
        }
    });
    futures_util::future::join_all(setting).await;
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

/// A set whose record tells its hash, so that the two can be compared afterwards.
async fn marked_set(store: &dyn Store, id: i32) -> ReplacePassword {
    let marker = format!("${:016x}", random());
    let act = set(&account(store, id).await, &marker, at(1));
    ReplacePassword { event: AuditEvent { note: marker, ..act.event }, ..act }
}

async fn check_whole(store: &dyn Store, acknowledged: &HashMap<i32, i64>) {
    let chain = Chain(Some(tenant_id(TENANT)));
    let records = verify_chain(store, chain).await.unwrap().records;
    let events = store.events(chain, 0, u32::try_from(records).unwrap()).await.unwrap();
    for id in USERS {
        let user = account(store, id).await.user;
        let is_set = |event: &&StoredEvent| event.operation == "set-password" && event.target == Some(id);
        let sets: Vec<_> = events.iter().filter(is_set).collect();
        let versions: Vec<_> = sets.iter().filter_map(|set| set.credential_version).collect();
        assert_eq!(versions, (2..=user.credential_version).collect::<Vec<_>>(), "one record for each set");
        assert!(user.credential_version >= acknowledged.get(&id).copied().unwrap_or(1), "a set was lost");
        if let Some(last) = sets.last() {
            assert_eq!(present_hash(store, id).await.as_phc(), last.note, "the record tells of another set");
        }
        for version in 1..=user.credential_version {
            if let Some((session, _)) = store.session(&digest(&format!("{id} at {version}"))).await.unwrap() {
                assert_eq!(session.ended.is_some(), version < user.credential_version, "a session half ended");
            }
        }
    }
}

fn random() -> u64 {
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}
