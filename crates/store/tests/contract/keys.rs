//! API keys. R43, R44; ecgrid-rest 3 #7, #8.

use jiff::SignedDuration;
use passgate_gate::networks::Networks;
use passgate_gate::session::KeyVisibility;
use passgate_gate::store::{NewApiKey, Store, StoreError};

use super::world::*;

pub(crate) async fn a_key_is_found_by_its_digest_with_its_owner(store: &dyn Store) {
    // R43
    populate(store).await;
    let id = key(store, BOB, "key", false, Some(at(500))).await;
    let (found, owner) = store.api_key(&digest("key")).await.unwrap().unwrap();
    assert_eq!((found.id, found.user, found.digest), (id, user_id(BOB), digest("key")));
    assert_eq!((found.hint.as_str(), found.visibility), ("ek_live_1234", KeyVisibility::Private));
    assert_eq!((found.created, found.expires, found.revoked, found.last_used), (at(0), Some(at(500)), None, None));
    assert_eq!(owner, account(store, BOB).await);
    assert!(store.api_key(&digest("unknown")).await.unwrap().is_none());
}

pub(crate) async fn a_key_keeps_the_networks_that_it_is_good_from(store: &dyn Store) {
    // R44
    populate(store).await;
    let networks: Networks = "10.0.0.0/8 2001:db8::/32 192.0.2.7".parse().unwrap();
    let bound = NewApiKey {
        owner: account(store, BOB).await.stamp(),
        caller: operator(),
        digest: digest("bound"),
        hint: "ek_live_5678".into(),
        visibility: KeyVisibility::Private,
        primary: true,
        expires: None,
        networks: networks.clone(),
        event: event(passgate_gate::audit::Operation::CreateApiKey, at(1)),
    };
    done(store.create_api_key(bound).await);
    key(store, BOB, "free", false, None).await;

    assert_eq!(store.api_key(&digest("bound")).await.unwrap().unwrap().0.networks, networks);
    let listed: Vec<_> = store.api_keys(user_id(BOB), 10).await.unwrap().into_iter().map(|key| key.networks).collect();
    assert_eq!(listed, [networks, Networks::default()]);
}

pub(crate) async fn a_new_primary_key_revokes_the_one_before_and_no_other(store: &dyn Store) {
    // ecgrid-rest 3 #7
    populate(store).await;
    key(store, ANN, "anns", true, None).await;
    key(store, BOB, "additional", false, None).await;
    key(store, BOB, "first", true, None).await;
    key(store, BOB, "second", true, None).await;
    let mut revoked = Vec::new();
    for name in ["anns", "additional", "first", "second"] {
        revoked.push(store.api_key(&digest(name)).await.unwrap().unwrap().0.revoked.is_some());
    }
    assert_eq!(revoked, [false, false, true, false]);
}

pub(crate) async fn keys_are_listed_in_order_revoked_ones_too(store: &dyn Store) {
    // Store::api_keys
    populate(store).await;
    key(store, ANN, "anns", true, None).await;
    let mut made = Vec::new();
    for name in ["a", "b", "c"] {
        made.push(key(store, BOB, name, true, None).await);
    }
    let listed = store.api_keys(user_id(BOB), 100).await.unwrap();
    assert_eq!(listed.iter().map(|key| key.id).collect::<Vec<_>>(), made);
    assert_eq!(store.api_keys(user_id(BOB), 2).await.unwrap(), listed[..2]);
}

pub(crate) async fn use_is_noted_to_the_minute_and_never_back(store: &dyn Store) {
    // ApiKey::last_used
    populate(store).await;
    let id = key(store, BOB, "key", true, None).await;
    let last_used = async || store.api_key(&digest("key")).await.unwrap().unwrap().0.last_used;
    let minute = at(0);
    for (second, noted) in [(59, 0), (1, 0), (60, 60), (119, 60), (30, 60)] {
        store.key_used(id, minute + SignedDuration::from_secs(second)).await.unwrap();
        assert_eq!(last_used().await, Some(minute + SignedDuration::from_secs(noted)), "second {second}");
    }
}

pub(crate) async fn no_two_keys_have_one_digest(store: &dyn Store) {
    // R43
    populate(store).await;
    key(store, BOB, "key", false, None).await;
    let ann = account(store, ANN).await;
    let same = NewApiKey {
        owner: ann.stamp(),
        caller: operator(),
        digest: digest("key"),
        hint: "ek_live_5678".into(),
        visibility: KeyVisibility::Public,
        primary: true,
        expires: None,
        networks: Networks::default(),
        event: event(passgate_gate::audit::Operation::CreateApiKey, at(1)),
    };
    assert!(matches!(store.create_api_key(same).await, Err(StoreError::Failed(_))));
    assert_eq!(store.api_key(&digest("key")).await.unwrap().unwrap().1.user.id, user_id(BOB));
}
