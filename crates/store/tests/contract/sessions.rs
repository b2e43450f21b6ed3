//! Opening, extending, exchanging and ending sessions. R31, R39, R42.

use futures_util::future::join_all;
use jiff::SignedDuration;
use passgate_gate::audit::{Chain, Operation};
use passgate_gate::digest::Digest;
use passgate_gate::session::{Session, SessionKind, SessionLimit};
use passgate_gate::store::{EndUserSessions, HeldSession, OpenSession, Opened, Outcome, RefreshSession, Store};
use passgate_gate::throttle::ThrottleKey;

use super::world::*;

pub(crate) async fn a_sign_in_opens_a_session_and_clears_the_count(store: &dyn Store) {
    // R60; authorisation 3.6
    populate(store).await;
    let bob = account(store, BOB).await;
    begin(store, &ThrottleKey::User(bob.user.id), at(1)).await.unwrap();
    let opened = open(store, &bob, "one", at(2)).await;

    let (kept, owner) = store.session(&digest("one")).await.unwrap().unwrap();
    assert_eq!(kept, opened);
    assert_eq!((owner.failures.count, owner.user.last_login, owner.user.password_used), (0, Some(at(2)), true));
    assert_eq!(owner.stamp(), bob.stamp());
    assert!(store.session(&digest("two")).await.unwrap().is_none());
}

pub(crate) async fn an_outdated_hash_is_replaced_at_sign_in_and_nothing_else(store: &dyn Store) {
    // R2: no set, so versions and sessions stay
    populate(store).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "one", at(1)).await;
    let act = opening(&bob, session(&bob, "two", SessionKind::Web, at(2)));
    done(store.open_session(OpenSession { rehash: Some(hash("$stronger")), ..act }).await);

    assert_eq!(present_hash(store, BOB).await, hash("$stronger"));
    assert_eq!(account(store, BOB).await.user.credential_version, 1);
    assert_eq!(account(store, BOB).await.user.password_set_at, bob.user.password_set_at);
    assert!(is_open(store, "one", at(3)).await);
}

pub(crate) async fn one_session_more_than_the_limit_is_refused(store: &dyn Store) {
    // R42; authorisation 3.6
    populate(store).await;
    let bob = account(store, BOB).await;
    let opening_of = |name: &str| OpenSession {
        limit: SessionLimit::Refuse(2),
        ..opening(&bob, session(&bob, name, SessionKind::Soap, at(1)))
    };
    // Tokens are another kind and do not count.
    done(store.open_session(opening(&bob, session(&bob, "token", SessionKind::Token, at(1)))).await);
    let outcomes = join_all(["a", "b", "c", "d"].map(|name| store.open_session(opening_of(name)))).await;

    let outcomes: Vec<_> = outcomes.into_iter().map(done).collect();
    assert_eq!(outcomes.iter().filter(|opened| **opened == Opened::Open).count(), 2);
    assert_eq!(store.open_sessions(bob.user.id, SessionKind::Soap, at(2)).await.unwrap(), 2);
    assert_eq!(store.open_sessions(bob.user.id, SessionKind::Token, at(2)).await.unwrap(), 1);
    let events = store.events(Chain(Some(tenant_id(TENANT))), 0, 100).await.unwrap();
    let refused = events.iter().filter(|event| event.refused.as_deref() == Some("too-many-sessions"));
    assert_eq!(refused.count(), 2);
}

pub(crate) async fn a_refused_session_clears_the_count_all_the_same(store: &dyn Store) {
    // Opened::TooMany: the password was right
    populate(store).await;
    let bob = account(store, BOB).await;
    begin(store, &ThrottleKey::User(bob.user.id), at(1)).await.unwrap();
    let act = opening(&bob, session(&bob, "one", SessionKind::Soap, at(2)));
    let act = OpenSession { limit: SessionLimit::Refuse(0), ..act };
    assert_eq!(done(store.open_session(act).await), Opened::TooMany);
    assert_eq!(account(store, BOB).await.failures.count, 0);
    assert!(store.session(&digest("one")).await.unwrap().is_none());
}

pub(crate) async fn the_oldest_sessions_give_way(store: &dyn Store) {
    // R42; ecgrid-rest 3 #21
    populate(store).await;
    let bob = account(store, BOB).await;
    for (second, name) in [(1, "first"), (2, "second"), (3, "third"), (4, "fourth")] {
        let act = opening(&bob, session(&bob, name, SessionKind::Token, at(second)));
        done(store.open_session(OpenSession { limit: SessionLimit::EndOldest(2), ..act }).await);
    }
    let mut open = Vec::new();
    for name in ["first", "second", "third", "fourth"] {
        open.push(is_open(store, name, at(5)).await);
    }
    assert_eq!(open, [false, false, true, true]);
}

pub(crate) async fn expired_sessions_do_not_count_against_the_limit(store: &dyn Store) {
    // R42
    populate(store).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "old", at(0)).await;
    let later = at(0) + SignedDuration::from_hours(1);
    let act = opening(&bob, session(&bob, "new", SessionKind::Soap, later));
    assert_eq!(done(store.open_session(OpenSession { limit: SessionLimit::Refuse(1), ..act }).await), Opened::Open);
}

pub(crate) async fn use_moves_the_end_of_a_session_and_never_back(store: &dyn Store) {
    // Store::extend_session
    populate(store).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "one", at(0)).await;
    let expires = async |name: &str| store.session(&digest(name)).await.unwrap().unwrap().0.expires;
    store.extend_session(&digest("one"), at(9_000)).await.unwrap();
    assert_eq!(expires("one").await, at(9_000));
    store.extend_session(&digest("one"), at(8_000)).await.unwrap();
    assert_eq!(expires("one").await, at(9_000));
    done(store.end_session(&digest("one"), event(Operation::SignOut, at(1))).await);
    store.extend_session(&digest("one"), at(9_500)).await.unwrap();
    assert_eq!(expires("one").await, at(9_000));
    store.extend_session(&digest("unknown"), at(9_500)).await.unwrap();
}

pub(crate) async fn a_session_is_ended_once(store: &dyn Store) {
    // Store::end_session
    populate(store).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "one", at(0)).await;
    let head = store.head(Chain(Some(tenant_id(TENANT)))).await.unwrap().0;
    let id = done(store.end_session(&digest("one"), event(Operation::SignOut, at(1))).await);
    assert_eq!(id.sequence, head + 1);
    stale(store.end_session(&digest("one"), event(Operation::SignOut, at(2))).await);
    stale(store.end_session(&digest("unknown"), event(Operation::SignOut, at(2))).await);
    let (ended, _) = store.session(&digest("one")).await.unwrap().unwrap();
    assert_eq!(ended.ended, Some(at(1)));
    assert_eq!(store.head(Chain(Some(tenant_id(TENANT)))).await.unwrap().0, head + 1);
}

fn exchange(of: &passgate_gate::user::Account, old: &str, new: &str, chain: Digest, second: i64) -> RefreshSession {
    RefreshSession {
        old: digest(old),
        new: Session { chain, ..session(of, new, SessionKind::Token, at(second)) },
        account: of.stamp(),
        event: event(Operation::RefreshSession, at(second)),
    }
}

pub(crate) async fn a_token_is_exchanged_once(store: &dyn Store) {
    // R39
    populate(store).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "one", at(0)).await;
    let exchanges = ["a", "b", "c"].map(|new| store.refresh_session(exchange(&bob, "one", new, digest("one"), 1)));
    let outcomes = join_all(exchanges).await;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Ok(Outcome::Done(_)))).count(), 1);
    assert_eq!(store.open_sessions(bob.user.id, SessionKind::Token, at(2)).await.unwrap(), 1);
    assert!(!is_open(store, "one", at(2)).await);
}

pub(crate) async fn an_ended_expired_or_foreign_token_is_not_exchanged(store: &dyn Store) {
    // R39, R52
    populate(store).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "one", at(0)).await;
    stale(store.refresh_session(exchange(&bob, "unknown", "x", digest("one"), 1)).await);
    stale(store.refresh_session(exchange(&bob, "one", "x", digest("one"), 3_600)).await);
    let ann = account(store, ANN).await;
    stale(store.refresh_session(exchange(&ann, "one", "x", digest("one"), 1)).await);
    replace(store, set(&bob, "$second", at(1))).await;
    stale(store.refresh_session(exchange(&account(store, BOB).await, "one", "x", digest("one"), 2)).await);
    assert!(store.session(&digest("x")).await.unwrap().is_none());
}

pub(crate) async fn reuse_ends_the_whole_chain(store: &dyn Store) {
    // R39
    populate(store).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "one", at(0)).await;
    done(store.refresh_session(exchange(&bob, "one", "two", digest("one"), 1)).await);
    // Whatever chain comes in, it is the old one's.
    done(store.refresh_session(exchange(&bob, "two", "three", digest("elsewhere"), 2)).await);
    open(store, &bob, "another", at(0)).await;
    assert!(is_open(store, "three", at(3)).await);

    store.end_chain(&digest("one"), event(Operation::RefreshSession, at(3))).await.unwrap();

    assert!(!is_open(store, "three", at(4)).await);
    assert!(is_open(store, "another", at(4)).await);
}

pub(crate) async fn sessions_past_their_last_hour_are_forgotten(store: &dyn Store) {
    // Session::ended: kept until `absolute`, so that reuse is seen, and no longer
    populate(store).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "old", at(0)).await;
    open(store, &bob, "young", at(60)).await;
    let next_day = at(0) + SignedDuration::from_hours(12);
    open(store, &bob, "new", next_day).await;
    assert!(store.session(&digest("old")).await.unwrap().is_none());
    assert!(store.session(&digest("young")).await.unwrap().is_some());
}

pub(crate) async fn open_sessions_are_listed_with_the_beginning_of_their_chain(store: &dyn Store) {
    // R35: neither ended nor expired ones, nor somebody else's
    populate(store).await;
    let (ann, bob) = (account(store, ANN).await, account(store, BOB).await);
    open(store, &ann, "anns", at(1)).await;
    open(store, &bob, "ended", at(1)).await;
    done(store.end_session(&digest("ended"), event(Operation::SignOut, at(2))).await);
    let brief = Session { expires: at(5), ..session(&bob, "brief", SessionKind::Web, at(1)) };
    done(store.open_session(opening(&bob, brief)).await);
    done(store.open_session(opening(&bob, session(&bob, "token", SessionKind::Token, at(3)))).await);
    let exchanged = exchange(&bob, "token", "fresh", digest("token"), 6);
    done(store.refresh_session(exchanged).await);
    let soap = open(store, &bob, "soap", at(4)).await;

    let held = store.sessions(bob.user.id, at(7), 10).await.unwrap();
    let shown: Vec<_> = held.iter().map(|held| (held.session.digest, held.session.kind, held.begun)).collect();
    assert_eq!(shown, [(digest("soap"), SessionKind::Soap, at(4)), (digest("fresh"), SessionKind::Token, at(3))]);
    assert_eq!(held[0], HeldSession { session: soap, begun: at(4) });
    assert_eq!(store.sessions(bob.user.id, at(7), 1).await.unwrap(), held[..1]);
}

pub(crate) async fn asking_for_the_end_of_sessions_ends_a_chain_or_all_and_nothing_else(store: &dyn Store) {
    // R35: the version, the lock, the throttle and the keys stay
    populate(store).await;
    let (ann, bob) = (account(store, ANN).await, account(store, BOB).await);
    for name in ["one", "two", "three"] {
        open(store, &bob, name, at(1)).await;
    }
    open(store, &ann, "anns", at(1)).await;
    key(store, BOB, "key", true, None).await;
    begin(store, &ThrottleKey::User(bob.user.id), at(2)).await.unwrap();
    let before = account(store, BOB).await;
    let end = |chain: Option<&str>, second| EndUserSessions {
        target: bob.stamp(),
        caller: operator(),
        chain: chain.map(digest),
        event: event(Operation::EndSessions, at(second)),
    };

    let receipt = done(store.end_user_sessions(end(Some("two"), 3)).await);
    assert_eq!((receipt.sessions_ended, receipt.credential_version), (1, 1));
    assert!(is_open(store, "one", at(4)).await && !is_open(store, "two", at(4)).await);
    // A chain of somebody else's is none of his.
    assert_eq!(done(store.end_user_sessions(end(Some("anns"), 4)).await).sessions_ended, 0);
    assert_eq!(done(store.end_user_sessions(end(None, 5)).await).sessions_ended, 2);
    assert!(!is_open(store, "one", at(6)).await && !is_open(store, "three", at(6)).await);
    assert!(is_open(store, "anns", at(6)).await);
    assert_eq!(account(store, BOB).await, before);
    assert!(store.api_key(&digest("key")).await.unwrap().unwrap().0.revoked.is_none());
    let events = store.events(Chain(Some(tenant_id(TENANT))), 0, 100).await.unwrap();
    let ended: Vec<_> =
        events.iter().filter(|event| event.operation == "end-sessions").map(|event| event.sessions_ended).collect();
    assert_eq!(ended, [Some(1), Some(0), Some(2)]);
}
