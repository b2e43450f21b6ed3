//! Counting attempts, and nonces. R57, R60, R83; authorisation 3.6.

use futures_util::future::join_all;
use jiff::SignedDuration;
use passgate_gate::store::{Admission, Attempt, NonceUse, PasswordProved, Store, StoreError};
use passgate_gate::throttle::{Failures, Throttle, ThrottleKey};

use super::world::*;

pub(crate) async fn parallel_guesses_cannot_exceed_the_limit(store: &dyn Store) {
    // R60
    populate(store).await;
    for key in [ThrottleKey::User(user_id(BOB)), ThrottleKey::Name(digest("nobody"))] {
        let guesses = join_all((0..200).map(|_| begin(store, &key, at(1)))).await;
        let passed = guesses.into_iter().filter(|guess| matches!(guess, Ok(Admission::Admitted { .. }))).count();
        assert_eq!(passed, 5, "{key:?}");
        admitted(begin(store, &key, at(2)).await);
        assert_eq!(begin(store, &key, at(3)).await.unwrap(), Admission::Throttled);
    }
    assert_eq!(account(store, BOB).await.failures.count, 6);
}

pub(crate) async fn a_refused_attempt_is_not_counted(store: &dyn Store) {
    // Admission::Throttled
    populate(store).await;
    let key = ThrottleKey::User(user_id(BOB));
    for _ in 0..9 {
        begin(store, &key, at(1)).await.unwrap();
    }
    let failures = account(store, BOB).await.failures;
    assert_eq!((failures.count, failures.last), (5, Some(at(1))));
}

pub(crate) async fn a_counter_is_cleared_or_taken_back(store: &dyn Store) {
    // Store::clear_failures, forget_attempt
    populate(store).await;
    for key in [ThrottleKey::User(user_id(BOB)), ThrottleKey::Name(digest("nobody"))] {
        let never = Failures { count: 1, last: Some(at(0)) };
        store.forget_attempt(&attempt(&key, at(1)), never).await.unwrap();
        let mut before = Failures::default();
        for second in 1..=5 {
            before = admitted(begin(store, &key, at(second)).await);
        }
        assert_eq!(before, Failures { count: 4, last: Some(at(4)) });
        store.forget_attempt(&attempt(&key, at(5)), before).await.unwrap();
        assert_eq!(admitted(begin(store, &key, at(5)).await), before, "{key:?}");
        assert_eq!(begin(store, &key, at(5)).await.unwrap(), Admission::Throttled, "{key:?}");
        store.clear_failures(&key).await.unwrap();
        for _ in 0..5 {
            admitted(begin(store, &key, at(6)).await);
        }
    }
}

pub(crate) async fn an_attempt_that_was_taken_back_delays_nobody(store: &dyn Store) {
    // authorisation 3.6: the throttle runs from the last failure, not from an attempt that was never judged
    populate(store).await;
    let key = ThrottleKey::User(user_id(BOB));
    let mut now = 0;
    for _ in 0..10 {
        now += 1_000;
        admitted(begin(store, &key, at(now)).await);
    }
    // The clock of a machine tells nanoseconds.
    let busy = at(now + 100) + SignedDuration::from_nanos(123_456_789);
    let before = admitted(begin(store, &key, busy).await);
    store.forget_attempt(&attempt(&key, busy), before).await.unwrap();
    assert_eq!(account(store, BOB).await.failures, before);
    let again = at(now + 101);
    assert_eq!(admitted(begin(store, &key, again).await), before, "it may come again at once");

    // Somebody else has counted meanwhile: one less, and no delay is lost.
    let mine = at(now + 5_000);
    let before = admitted(begin(store, &key, mine).await);
    let theirs = at(now + 10_000);
    admitted(begin(store, &key, theirs).await);
    store.forget_attempt(&attempt(&key, mine), before).await.unwrap();
    let left = account(store, BOB).await.failures;
    assert_eq!((left.count, left.last), (before.count + 1, Some(theirs)));
}

pub(crate) async fn a_throttle_is_the_one_that_comes_with_the_attempt(store: &dyn Store) {
    // authorisation 3.6: configurable
    populate(store).await;
    let key = ThrottleKey::User(user_id(BOB));
    let early = Throttle { from: 2, first: SignedDuration::from_mins(1), ..Throttle::default() };
    let early = |now| Attempt { throttle: early, ..attempt(&key, now) };
    admitted(begin(store, &key, at(1)).await);
    admitted(begin(store, &key, at(1)).await);
    assert_eq!(store.begin_attempt(&early(at(60))).await.unwrap(), Admission::Throttled);
    admitted(store.begin_attempt(&early(at(61))).await);
}

fn admitted(admission: Result<Admission, StoreError>) -> Failures {
    match admission {
        Ok(Admission::Admitted { before }) => before,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn a_proof_without_a_session_clears_the_count(store: &dyn Store) {
    // PasswordProved
    populate(store).await;
    let bob = account(store, BOB).await;
    begin(store, &ThrottleKey::User(bob.user.id), at(1)).await.unwrap();
    let act = PasswordProved { rehash: Some(hash("$stronger")), ..proving(&bob, None, at(2)) };
    assert_eq!(done(store.password_proved(act).await), NonceUse::Fresh);
    let now = account(store, BOB).await;
    assert_eq!((now.failures.count, now.user.password_used, now.user.last_login), (0, true, None));
    assert_eq!(present_hash(store, BOB).await, hash("$stronger"));
}

pub(crate) async fn a_nonce_works_once_per_user(store: &dyn Store) {
    // R83: 50 parallel copies, one passes
    populate(store).await;
    let (ann, bob) = (account(store, ANN).await, account(store, BOB).await);
    let copies = (0..50).map(|_| store.password_proved(proving(&bob, Some(("nonce", at(600))), at(1))));
    let uses: Vec<_> = join_all(copies).await.into_iter().map(done).collect();
    assert_eq!(uses.iter().filter(|nonce| **nonce == NonceUse::Fresh).count(), 1);
    let another = proving(&ann, Some(("nonce", at(600))), at(1));
    assert_eq!(done(store.password_proved(another).await), NonceUse::Fresh);
}

pub(crate) async fn a_replayed_nonce_changes_nothing(store: &dyn Store) {
    // NonceUse::Replayed: the attempt stays counted
    populate(store).await;
    let bob = account(store, BOB).await;
    done(store.password_proved(proving(&bob, Some(("nonce", at(600))), at(1))).await);
    begin(store, &ThrottleKey::User(bob.user.id), at(2)).await.unwrap();
    let before = account(store, BOB).await;
    let replay = PasswordProved { rehash: Some(hash("$never")), ..proving(&bob, Some(("nonce", at(900))), at(3)) };
    assert_eq!(done(store.password_proved(replay).await), NonceUse::Replayed);
    assert_eq!(account(store, BOB).await, before);
    assert_eq!(present_hash(store, BOB).await, hash("$first"));
}

pub(crate) async fn a_nonce_is_remembered_to_its_end_and_no_longer(store: &dyn Store) {
    // R83
    populate(store).await;
    let bob = account(store, BOB).await;
    done(store.password_proved(proving(&bob, Some(("nonce", at(600))), at(1))).await);
    let at_the_end = proving(&bob, Some(("nonce", at(1_200))), at(600));
    assert_eq!(done(store.password_proved(at_the_end).await), NonceUse::Replayed);
    let after = proving(&bob, Some(("nonce", at(1_200))), at(601));
    assert_eq!(done(store.password_proved(after).await), NonceUse::Fresh);
    let again = proving(&bob, Some(("nonce", at(1_300))), at(602));
    assert_eq!(done(store.password_proved(again).await), NonceUse::Replayed);
}
