//! The record: chains without gaps, each hash over the one before. R108-R110.

use std::net::IpAddr;

use futures_util::future::join_all;
use passgate_gate::audit::{Actor, AuditEvent, Chain, Door, GENESIS, Operation, StoredEvent};
use passgate_gate::digest::Digest;
use passgate_gate::ids::{ApiKeyId, TenantId};
use passgate_gate::store::{NameMatch, NameQuery, Store, UserChange};
use passgate_store::verify_chain;

use super::world::*;

pub(crate) async fn a_record_is_kept_field_by_field(store: &dyn Store) {
    // R108
    let full = AuditEvent {
        time: at(7),
        tenant: TenantId::new(3),
        door: Door::Omnitracs,
        operation: Operation::SetPassword,
        actor: Actor::Key(user_id(ANN), ApiKeyId::new(8).unwrap()),
        source: Some("2001:db8::7".parse::<IpAddr>().unwrap()),
        request: "r-1".into(),
        target: Some(user_id(BOB)),
        refused: Some("not-authorised"),
        credential_version: Some(i64::MAX),
        sessions_ended: Some(u32::MAX),
        note: "must-change=required; \u{1f511} '?1'".into(),
    };
    let bare = AuditEvent {
        actor: Actor::Unproved,
        source: None,
        target: None,
        refused: None,
        credential_version: None,
        sessions_ended: None,
        note: String::new(),
        ..full.clone()
    };
    let first = store.record(full.clone()).await.unwrap();
    let second = store.record(bare.clone()).await.unwrap();
    assert_eq!((first.sequence, second.sequence), (1, 2));

    let expected_first = StoredEvent::link(&full, 1, &Digest::from_bytes(GENESIS));
    let expected_second = StoredEvent::link(&bare, 2, &expected_first.hash);
    let head = (2, expected_second.hash);
    let kept = store.events(Chain(TenantId::new(3)), 0, 10).await.unwrap();
    assert_eq!(kept, [expected_first, expected_second]);
    assert_eq!(store.head(Chain(TenantId::new(3))).await.unwrap(), head);
}

pub(crate) async fn each_tenant_has_a_chain_and_the_system_one(store: &dyn Store) {
    // R110
    let in_chain = |number| AuditEvent { tenant: TenantId::new(number), ..event(Operation::SignIn, at(0)) };
    for number in [4, 0, 4, 2, 0, 4] {
        store.record(in_chain(number)).await.unwrap();
    }
    let chains: Vec<_> = [0, 2, 4].map(Chain::from_number).into();
    assert_eq!(store.chains().await.unwrap(), chains);
    for (chain, records) in chains.into_iter().zip([2, 1, 3]) {
        assert_eq!(verify_chain(store, chain).await.unwrap().records, records);
    }
    assert_eq!(store.head(Chain::from_number(9)).await.unwrap(), (0, Digest::from_bytes(GENESIS)));
    assert_eq!(verify_chain(store, Chain::from_number(9)).await.unwrap().records, 0);
}

pub(crate) async fn records_made_at_once_leave_no_gap(store: &dyn Store) {
    // R110
    let ids = join_all((0..100).map(|n| store.record(event(Operation::SignIn, at(n))))).await;
    let mut places: Vec<_> = ids.into_iter().map(|id| id.unwrap().sequence).collect();
    places.sort_unstable();
    assert_eq!(places, (1..=100).collect::<Vec<_>>());
    assert_eq!(verify_chain(store, Chain(Some(tenant_id(TENANT)))).await.unwrap().records, 100);
}

pub(crate) async fn a_chain_of_many_pages_is_verified_while_it_grows(store: &dyn Store) {
    // R110
    let chain = Chain(Some(tenant_id(TENANT)));
    for begin in (0..2_500).step_by(250) {
        let records = (begin..begin + 250).map(|n| store.record(event(Operation::SignIn, at(n))));
        assert!(join_all(records).await.iter().all(Result::is_ok));
    }
    let (verified, _) = tokio::join!(
        verify_chain(store, chain),
        join_all((0..500).map(|n| store.record(event(Operation::SignIn, at(n)))))
    );
    assert!(verified.unwrap().records >= 2_500);
    assert_eq!(verify_chain(store, chain).await.unwrap().records, 3_000);
}

pub(crate) async fn records_are_read_page_by_page(store: &dyn Store) {
    // Store::events
    for n in 0..5 {
        store.record(event(Operation::SignIn, at(n))).await.unwrap();
    }
    let page = store.events(Chain(Some(tenant_id(TENANT))), 2, 2).await.unwrap();
    assert_eq!(page.iter().map(|event| event.id.sequence).collect::<Vec<_>>(), [3, 4]);
}

pub(crate) async fn a_working_store_is_ready(store: &dyn Store) {
    // Store::ready
    store.ready().await.unwrap();
    store.ready().await.unwrap();
}

pub(crate) async fn a_text_of_any_characters_is_kept_and_found(store: &dyn Store) {
    // NUL, which not every engine can hold, and noncharacters
    let strange = "a\0b\u{FFFF}0\u{FFFF}\0\u{1F511}";
    populate(store).await;
    let change = UserChange { first_name: Some(strange.into()), ..UserChange::default() };
    assert_eq!(super::world::change(store, BOB, change, at(1)).await.user.first_name, strange);
    assert_eq!(account(store, BOB).await.user.first_name, strange);
    store.record(AuditEvent { note: strange.into(), ..event(Operation::SignIn, at(2)) }).await.unwrap();
    verify_chain(store, Chain(Some(tenant_id(TENANT)))).await.unwrap();
    let unknown = store.sign_in_match(&NameQuery::Login(format!("bob.builder@work{strange}"))).await.unwrap();
    assert!(matches!(unknown, NameMatch::None));
}
