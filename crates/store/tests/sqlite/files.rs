//! Opening, closing and copying the file. R119, R120.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use passgate_gate::audit::{Chain, Operation};
use passgate_gate::store::{Store, StoreError};
use passgate_store::{OpenError, SqliteOptions, SqliteStore, verify_chain};
use rusqlite::Connection;

use super::Place;
use crate::contract::world::*;

fn open(path: &Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(path, &SqliteOptions::default())
}

#[track_caller]
fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_new_store_is_its_owner_s_alone() {
    // R119
    let place = Place::new();
    let store = place.create();
    populate(&store).await;
    assert_eq!(mode(place.path().parent().unwrap()), 0o700);
    for name in ["passgate.db", "passgate.db-wal", "passgate.db-shm"] {
        assert_eq!(mode(&place.path().with_file_name(name)), 0o600, "{name}");
    }
}

#[test]
fn a_store_that_others_may_read_is_refused() {
    // R119
    let place = Place::new();
    place.create().close();
    for (path, wrong) in [(place.path(), 0o640), (place.path().parent().unwrap().to_owned(), 0o750)] {
        let right = mode(&path);
        fs::set_permissions(&path, Permissions::from_mode(wrong)).unwrap();
        assert!(matches!(open(&place.path()), Err(OpenError::Permissions { mode, .. }) if mode == wrong));
        fs::set_permissions(&path, Permissions::from_mode(right)).unwrap();
        open(&place.path()).unwrap();
    }
}

#[test]
fn a_missing_store_is_not_made_by_opening_and_an_existing_one_not_by_creating() {
    // a mistyped path must not answer with an empty store
    let place = Place::new();
    assert!(matches!(open(&place.path()), Err(OpenError::Missing(_))));
    place.create().close();
    let again = SqliteStore::create(&place.path(), &SqliteOptions::default());
    assert!(matches!(again, Err(OpenError::Exists(_))));
}

#[test]
fn another_program_s_database_is_refused() {
    // R119
    let place = Place::new();
    place.create().close();
    fs::remove_file(place.path()).unwrap();
    let foreign = place.raw();
    foreign.execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();
    drop(foreign);
    fs::set_permissions(place.path(), Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(open(&place.path()), Err(OpenError::Foreign)));
}

#[test]
fn a_newer_schema_is_refused() {
    // R119: old binary
    let place = Place::new();
    place.create().close();
    place.raw().execute("INSERT INTO schema_migrations VALUES (9999, 'future', x'00')", []).unwrap();
    assert!(matches!(open(&place.path()), Err(OpenError::Newer { found: 9_999, .. })));
}

#[tokio::test]
async fn a_damaged_page_is_found_at_the_start() {
    // R119
    let place = Place::new();
    let store = place.create();
    populate(&store).await;
    for n in 0..200 {
        store.record(event(Operation::SignIn, at(n))).await.unwrap();
    }
    store.close();
    drop(store);
    let mut bytes = fs::read(place.path()).unwrap();
    for page in (1..bytes.len() / 4_096).skip(1) {
        bytes[page * 4_096..page * 4_096 + 64].fill(0xA5);
    }
    fs::write(place.path(), bytes).unwrap();
    assert!(matches!(open(&place.path()), Err(OpenError::Damaged(_))));
    fs::write(place.path(), b"this is no database at all, though it is long enough to be one").unwrap();
    assert!(open(&place.path()).is_err());
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    // R20; R60 and R83 through a restart
    let place = Place::new();
    let store = place.create();
    populate(&store).await;
    let bob = account(&store, BOB).await;
    replace(&store, set(&bob, "$second", at(1))).await;
    let bob = account(&store, BOB).await;
    done(store.password_proved(proving(&bob, Some(("nonce", at(600))), at(2))).await);
    let key = passgate_gate::throttle::ThrottleKey::User(bob.user.id);
    for _ in 0..5 {
        begin(&store, &key, at(3)).await.unwrap();
    }
    let before = account(&store, BOB).await;
    crate::contract::rates::limit_a_source(&store).await;
    drop(store);

    let store = place.open();
    assert_eq!(account(&store, BOB).await, before);
    assert_eq!(present_hash(&store, BOB).await, hash("$second"));
    assert!(crate::contract::rates::the_source_is_limited(&store).await, "R62 through a restart");
    let throttled = begin(&store, &key, at(3)).await.unwrap();
    assert_eq!(throttled, passgate_gate::store::Admission::Throttled);
    let replay = store.password_proved(proving(&before, Some(("nonce", at(600))), at(4))).await;
    assert_eq!(done(replay), passgate_gate::store::NonceUse::Replayed);
}

#[tokio::test]
async fn closing_leaves_one_file_and_refuses_writes() {
    // SqliteStore::close
    let place = Place::new();
    let store = place.create();
    populate(&store).await;
    store.close();
    let files: Vec<_> = fs::read_dir(place.path().parent().unwrap()).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let late = store.record(event(Operation::SignIn, at(1))).await;
    assert!(matches!(late, Err(StoreError::Unavailable(_))));
    store.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_is_a_sound_store() {
    // R120, with R119 and R110 on the copy
    let place = Place::new();
    let store = std::sync::Arc::new(place.create());
    populate(&*store).await;
    let writing = {
        let store = store.clone();
        tokio::spawn(async move {
            for n in 0..400 {
                let bob = account(&*store, BOB).await;
                replace(&*store, set(&bob, "$next", at(n))).await;
            }
        })
    };
    let copy = place.path().with_file_name("copy.db");
    let before = account(&*store, BOB).await.user.credential_version;
    let (from, to) = (store.clone(), copy.clone());
    tokio::task::spawn_blocking(move || from.backup_to(&to)).await.unwrap().unwrap();
    writing.await.unwrap();

    assert_eq!(mode(&copy), 0o600);
    let restored = open(&copy).unwrap();
    let bob = account(&restored, BOB).await;
    assert!(bob.user.credential_version >= before);
    let verified = verify_chain(&restored, Chain(Some(tenant_id(TENANT)))).await.unwrap();
    assert_eq!(verified.records, bob.user.credential_version - 1 + 3);
    assert!(store.backup_to(&copy).is_err(), "a backup overwrites nothing");
}

#[test]
fn a_file_that_only_looks_migrated_is_refused() {
    // R119: a migration changed after its release
    let place = Place::new();
    place.create().close();
    let raw: Connection = place.raw();
    raw.execute("UPDATE schema_migrations SET checksum = x'00' WHERE number = 1", []).unwrap();
    drop(raw);
    assert!(matches!(open(&place.path()), Err(OpenError::Migration(1))));
}

#[tokio::test]
async fn a_look_at_a_running_store_changes_nothing_and_tells_its_schema() {
    // R119
    let place = Place::new();
    let store = place.create();
    populate(&store).await;
    let examined = SqliteStore::examine(&place.path()).unwrap();
    assert_eq!(examined.schema, examined.known);
    let version = |raw: Connection| -> i64 { raw.pragma_query_value(None, "data_version", |row| row.get(0)).unwrap() };
    let raw = place.raw();
    let before: i64 = raw.pragma_query_value(None, "data_version", |row| row.get(0)).unwrap();
    SqliteStore::examine(&place.path()).unwrap();
    assert_eq!(version(raw), before);
}

#[test]
fn a_look_finds_what_opening_would_refuse() {
    // R119
    let place = Place::new();
    place.create().close();
    place.raw().execute_batch("INSERT INTO schema_migrations VALUES (999, 'later', x'00')").unwrap();
    assert!(matches!(SqliteStore::examine(&place.path()), Err(OpenError::Newer { found: 999, .. })));

    let foreign = Place::new();
    foreign.create().close();
    foreign.raw().pragma_update(None, "application_id", 7).unwrap();
    assert!(matches!(SqliteStore::examine(&foreign.path()), Err(OpenError::Foreign)));

    let damaged = Place::new();
    damaged.create().close();
    let mut bytes = fs::read(damaged.path()).unwrap();
    bytes[4096 * 2..4096 * 3].fill(0x5a);
    fs::write(damaged.path(), bytes).unwrap();
    assert!(matches!(SqliteStore::examine(&damaged.path()), Err(OpenError::Damaged(_))));
}
