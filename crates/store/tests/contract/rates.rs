//! Failures of sources and calls of callers, counted for all servers. R60, R62, R63; decision 8.

use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use passgate_gate::audit::{AuditEvent, Chain, Operation};
use passgate_gate::rate::{Rate, Source};
use passgate_gate::store::{Admission, Attempt, FailedProof, FailureCounted, Store};
use passgate_gate::throttle::ThrottleKey;

use super::world::*;

const HERE: &str = "192.0.2.7";

/// Three failures in three seconds.
fn few() -> Rate {
    Rate::new(3, 3, Duration::from_secs(3)).unwrap()
}

fn failure(from: &str, now: Timestamp) -> FailedProof {
    let source = Some(from.parse::<IpAddr>().unwrap());
    let event = AuditEvent { source, refused: Some("sign-in-failed"), ..event(Operation::SignIn, now) };
    FailedProof { event, limit: Some(few()), unless_limited: false }
}

async fn fail(store: &dyn Store, from: &str, now: Timestamp) -> Timestamp {
    match store.record_failure(failure(from, now)).await.unwrap() {
        FailureCounted::Recorded { arrival: Some(arrival) } => arrival,
        other => panic!("{other:?}"),
    }
}

async fn attempt_from(store: &dyn Store, from: &str, now: Timestamp) -> Admission {
    let key = ThrottleKey::Name(digest("nobody"));
    let source = Some((Source::of(from.parse().unwrap()), few()));
    let admission = store.begin_attempt(&Attempt { source, ..attempt(&key, now) }).await.unwrap();
    store.clear_failures(&key).await.unwrap();
    admission
}

/// For the tests of each engine that look after a restart, or from another node.
pub(crate) async fn limit_a_source(store: &dyn Store) {
    for _ in 0..3 {
        fail(store, HERE, at(1)).await;
    }
}

pub(crate) async fn the_source_is_limited(store: &dyn Store) -> bool {
    matches!(attempt_from(store, HERE, at(1)).await, Admission::SourceLimited { .. })
}

async fn records(store: &dyn Store) -> usize {
    store.events(Chain::from_number(TENANT), 0, 10_000).await.unwrap().len()
}

pub(crate) async fn a_source_is_limited_once_it_has_failed_too_often(store: &dyn Store) {
    // R62: count to the limit, clock forward, go on
    populate(store).await;
    assert!(matches!(attempt_from(store, HERE, at(1)).await, Admission::Admitted { .. }));
    for _ in 0..3 {
        fail(store, HERE, at(1)).await;
    }
    let Admission::SourceLimited { arrival } = attempt_from(store, HERE, at(1)).await else { panic!("not limited") };
    assert_eq!(few().wait(arrival, at(1)), Some(Duration::from_secs(1)));
    assert!(matches!(attempt_from(store, "192.0.2.8", at(1)).await, Admission::Admitted { .. }), "another source");
    assert!(matches!(attempt_from(store, HERE, at(2)).await, Admission::Admitted { .. }));
    let unlimited = attempt(&ThrottleKey::Name(digest("nobody")), at(1));
    assert!(matches!(store.begin_attempt(&unlimited).await.unwrap(), Admission::Admitted { .. }));
}

pub(crate) async fn a_limited_source_counts_nothing_on_accounts(store: &dyn Store) {
    // R62: nobody is throttled by what is not looked at
    populate(store).await;
    for _ in 0..3 {
        fail(store, HERE, at(1)).await;
    }
    let source = Some((Source::of(HERE.parse().unwrap()), few()));
    for _ in 0..20 {
        let attempt = Attempt { source, ..attempt(&ThrottleKey::User(user_id(BOB)), at(1)) };
        assert!(matches!(store.begin_attempt(&attempt).await.unwrap(), Admission::SourceLimited { .. }));
    }
    assert_eq!(account(store, BOB).await.failures.count, 0);
}

pub(crate) async fn a_network_of_ipv6_is_one_source(store: &dyn Store) {
    // R62
    populate(store).await;
    for host in ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:2:3:4:5:6"] {
        fail(store, host, at(1)).await;
    }
    assert!(matches!(attempt_from(store, "2001:db8:1:2::77", at(1)).await, Admission::SourceLimited { .. }));
    assert!(matches!(attempt_from(store, "2001:db8:1:3::1", at(1)).await, Admission::Admitted { .. }));
}

pub(crate) async fn a_failure_and_its_record_are_one(store: &dyn Store) {
    // R62, R108; decision 4: a flood does not fill the record
    populate(store).await;
    let before = records(store).await;
    for second in 1..=3 {
        fail(store, HERE, at(second)).await;
    }
    for _ in 0..10 {
        fail(store, HERE, at(3)).await;
    }
    assert_eq!(records(store).await, before + 13, "what was judged is recorded");
    let idle = FailedProof { unless_limited: true, ..failure(HERE, at(3)) };
    assert!(matches!(store.record_failure(idle).await.unwrap(), FailureCounted::Limited { .. }));
    assert_eq!(records(store).await, before + 13, "what was not looked at is not");
    let uncounted = FailedProof { limit: None, unless_limited: true, ..failure(HERE, at(3)) };
    assert_eq!(store.record_failure(uncounted).await.unwrap(), FailureCounted::Recorded { arrival: None });
}

pub(crate) async fn failures_at_once_are_all_counted(store: &dyn Store) {
    // R60, R62
    populate(store).await;
    join_all((0..50).map(|_| fail(store, HERE, at(1)))).await;
    let Admission::SourceLimited { .. } = attempt_from(store, HERE, at(1)).await else { panic!("not limited") };
    let idle = (0..50).map(|_| store.record_failure(FailedProof { unless_limited: true, ..failure("::1", at(1)) }));
    let idle = join_all(idle).await;
    let recorded = idle.into_iter().filter(|one| matches!(one, Ok(FailureCounted::Recorded { .. }))).count();
    assert_eq!(recorded, 3);
}

pub(crate) async fn calls_are_taken_up_to_the_limit_and_no_further(store: &dyn Store) {
    // R63
    populate(store).await;
    let rate = Rate::new(200, 50, Duration::from_secs(1)).unwrap();
    let (ann, bob) = (user_id(ANN), user_id(BOB));
    let taken = join_all((0..20).map(|_| store.take_calls(ann, rate, 25, at(1)))).await;
    let granted: u32 = taken.iter().map(|one| one.as_ref().unwrap().granted).sum();
    assert_eq!(granted, 200);
    let refused = store.take_calls(ann, rate, 25, at(1)).await.unwrap();
    assert_eq!((refused.granted, rate.wait(refused.arrival, at(1))), (0, Some(Duration::from_millis(20))));
    assert_eq!(store.take_calls(bob, rate, 25, at(1)).await.unwrap().granted, 25, "each caller has its own");
    let soon = at(1) + SignedDuration::from_millis(100);
    assert_eq!(store.take_calls(ann, rate, 25, soon).await.unwrap().granted, 5, "what has come free since");
    assert_eq!(store.take_calls(ann, rate, 1_000, at(60)).await.unwrap().granted, 200);
}
