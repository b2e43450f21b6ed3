//! Two nodes over one database, at the level of the store: what one has done, the other sees; what may
//! happen once, happens once.

use futures_util::future::join_all;
use passgate_gate::audit::Chain;
use passgate_gate::session::{SessionKind, SessionLimit};
use passgate_gate::store::{Admission, NonceUse, OpenSession, Opened, Outcome, RefreshSession, Store};
use passgate_gate::throttle::ThrottleKey;
use passgate_store::{PostgresOptions, PostgresStore, verify_chain};

use crate::contract::world::*;
use crate::fresh;

async fn two() -> [PostgresStore; 2] {
    let (one, url) = fresh().await;
    populate(&one).await;
    [one, PostgresStore::open(&url, &PostgresOptions::default()).await.unwrap()]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_sets_at_once_on_two_nodes_all_hold_and_the_record_has_their_order() {
    // R28
    let nodes = two().await;
    let bob = account(&nodes[0], BOB).await;
    let sets = (0..50).map(|n| nodes[n % 2].replace_password(set(&bob, &format!("$set {n}"), at(1))));
    let mut versions: Vec<_> = join_all(sets).await.into_iter().map(|set| done(set).credential_version).collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..=51).collect::<Vec<_>>());
    verify_chain(&nodes[1], Chain::from_number(TENANT)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_copies_of_a_token_on_two_nodes_one_passes() {
    // R83
    let nodes = two().await;
    let bob = account(&nodes[0], BOB).await;
    let proofs = (0..50).map(|n| nodes[n % 2].password_proved(proving(&bob, Some(("nonce", at(300))), at(1))));
    let uses = join_all(proofs).await.into_iter().map(done);
    assert_eq!(uses.filter(|used| *used == NonceUse::Fresh).count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_guesses_on_two_nodes_cannot_exceed_the_limit() {
    // R60
    let nodes = two().await;
    for key in [ThrottleKey::User(user_id(BOB)), ThrottleKey::Name(digest("nobody"))] {
        let guesses = join_all((0..60).map(|n| begin(&nodes[n % 2], &key, at(1)))).await;
        let admitted = guesses.into_iter().filter(|guess| matches!(guess, Ok(Admission::Admitted { .. })));
        assert_eq!(admitted.count(), 5, "{key:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_opened_at_once_on_two_nodes_keep_to_their_limit() {
    // authorisation 3.7
    let nodes = two().await;
    let bob = account(&nodes[0], BOB).await;
    let opened = (0..20).map(|n| {
        let act = opening(&bob, session(&bob, &format!("session {n}"), SessionKind::Soap, at(1)));
        nodes[n % 2].open_session(OpenSession { limit: SessionLimit::Refuse(5), ..act })
    });
    let opened = join_all(opened).await.into_iter().map(done);
    assert_eq!(opened.filter(|one| matches!(one, Opened::Open)).count(), 5);
    assert_eq!(nodes[1].open_sessions(user_id(BOB), SessionKind::Soap, at(2)).await.unwrap(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_exchanged_on_one_node_while_its_chain_ends_on_the_other_leaves_nothing_open() {
    // R39
    let nodes = two().await;
    let bob = account(&nodes[0], BOB).await;
    for round in 0..20 {
        let (first, next) = (format!("first {round}"), format!("next {round}"));
        open(&nodes[0], &bob, &first, at(1)).await;
        let bob = account(&nodes[0], BOB).await;
        let exchange = RefreshSession {
            account: bob.stamp(),
            old: digest(&first),
            new: session(&bob, &next, SessionKind::Token, at(2)),
            event: event(passgate_gate::audit::Operation::RefreshSession, at(2)),
        };
        let ending = event(passgate_gate::audit::Operation::SignOut, at(2));
        let chain = digest(&first);
        let (exchanged, ended) = tokio::join!(nodes[0].refresh_session(exchange), nodes[1].end_chain(&chain, ending));
        ended.unwrap();
        let exchanged = matches!(exchanged.unwrap(), Outcome::Done(_));
        assert!(!is_open(&nodes[1], &first, at(3)).await);
        assert!(!is_open(&nodes[1], &next, at(3)).await, "round {round}, exchanged: {exchanged}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_users_of_one_login_made_on_two_nodes_are_one() {
    // a duplicate between look and insert runs the act again
    use passgate_gate::store::Created;
    let nodes = two().await;
    let made = (0..20).map(|n| {
        let user = passgate_gate::store::NewUser { id: None, ..new_user(0, TENANT, "carol") };
        create(&nodes[n % 2], user)
    });
    let made = join_all(made).await;
    assert_eq!(made.iter().filter(|one| matches!(one, Created::User(_))).count(), 1);
    assert_eq!(made.iter().filter(|one| matches!(one, Created::LoginTaken)).count(), 19);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sources_and_callers_have_one_count_for_all_nodes() {
    // R62, R63
    let nodes = two().await;
    crate::contract::rates::limit_a_source(&nodes[0]).await;
    assert!(crate::contract::rates::the_source_is_limited(&nodes[1]).await);
    let rate = passgate_gate::rate::Rate::new(200, 50, std::time::Duration::from_secs(1)).unwrap();
    let taken = join_all((0..20).map(|n| nodes[n % 2].take_calls(user_id(BOB), rate, 25, at(1)))).await;
    assert_eq!(taken.iter().map(|one| one.as_ref().unwrap().granted).sum::<u32>(), 200);
    assert!(nodes.iter().all(Store::is_shared));
}
