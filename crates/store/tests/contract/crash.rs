//! What a crash test needs of any engine: users, sets that leave their mark in the record, and the look at
//! the whole afterwards.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

use passgate_gate::audit::{AuditEvent, Chain, StoredEvent};
use passgate_gate::session::SessionKind;
use passgate_gate::store::{ReplacePassword, Store};
use passgate_gate::user::Account;
use passgate_store::verify_chain;

use super::world::*;

/// Whose passwords are set.
pub(crate) const USERS: std::ops::Range<i32> = 100..108;

pub(crate) async fn make_users(store: &dyn Store) {
    make_tenant(store, TENANT, "").await;
    for id in USERS {
        make(store, new_user(id, TENANT, &format!("user{id}"))).await;
    }
}

/// Sets passwords of all users at once until it is killed, and tells of each as soon as it is acknowledged.
pub(crate) async fn set_for_ever(store: &dyn Store) {
    let setting = USERS.map(|id| {
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
                println!("set {id} {version} done");
            }
        }
    });
    futures_util::future::join_all(setting).await;
}

/// What one line of [`set_for_ever`] tells: a user and its acknowledged version. A last line may be cut.
pub(crate) fn told(line: &str) -> Option<(i32, i64)> {
    let (user, version) = line.strip_prefix("set ")?.strip_suffix(" done")?.split_once(' ')?;
    Some((user.parse().ok()?, version.parse().ok()?))
}

/// A set whose record tells its hash, so that the two can be compared afterwards.
pub(crate) async fn marked_set(store: &dyn Store, id: i32) -> ReplacePassword {
    marked_set_of(&account(store, id).await)
}

pub(crate) fn marked_set_of(user: &Account) -> ReplacePassword {
    let marker = format!("${:016x}", random());
    let act = set(user, &marker, at(1));
    ReplacePassword { event: AuditEvent { note: marker, ..act.event }, ..act }
}

pub(crate) async fn check_whole(store: &dyn Store, acknowledged: &HashMap<i32, i64>) {
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

pub(crate) fn random() -> u64 {
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}
