//! Counting attempts, and nonces. R57, R60, R83; authorisation 3.6.

use futures_util::future::join_all;
use passgate_gate::store::{Admission, NonceUse, PasswordProved, Store};
use passgate_gate::throttle::ThrottleKey;

use super::world::*;

pub(crate) async fn parallel_guesses_cannot_exceed_the_limit(store: &dyn Store) {
    // R60
    populate(store).await;
    for key in [ThrottleKey::User(user_id(BOB)), ThrottleKey::Name(digest("nobody"))] {
        let guesses = join_all((0..200).map(|_| store.begin_attempt(&key, at(1)))).await;
        let admitted = guesses.into_iter().filter(|guess| matches!(guess, Ok(Admission::Admitted))).count();
        assert_eq!(admitted, 5, "{key:?}");
        assert_eq!(store.begin_attempt(&key, at(2)).await.unwrap(), Admission::Admitted);
        assert_eq!(store.begin_attempt(&key, at(3)).await.unwrap(), Admission::Throttled);
    }
    assert_eq!(account(store, BOB).await.failures.count, 6);
}

pub(crate) async fn a_refused_attempt_is_not_counted(store: &dyn Store) {
    // Admission::Throttled
    populate(store).await;
    let key = ThrottleKey::User(user_id(BOB));
    for _ in 0..9 {
        store.begin_attempt(&key, at(1)).await.unwrap();
    }
    let failures = account(store, BOB).await.failures;
    assert_eq!((failures.count, failures.last), (5, Some(at(1))));
}

pub(crate) async fn a_counter_is_cleared_or_taken_back_by_one(store: &dyn Store) {
    // Store::clear_failures, forget_attempt
    populate(store).await;
    for key in [ThrottleKey::User(user_id(BOB)), ThrottleKey::Name(digest("nobody"))] {
        store.forget_attempt(&key).await.unwrap();
        for _ in 0..5 {
            store.begin_attempt(&key, at(1)).await.unwrap();
        }
        store.forget_attempt(&key).await.unwrap();
        assert_eq!(store.begin_attempt(&key, at(1)).await.unwrap(), Admission::Admitted, "{key:?}");
        assert_eq!(store.begin_attempt(&key, at(1)).await.unwrap(), Admission::Throttled, "{key:?}");
        store.clear_failures(&key).await.unwrap();
        for _ in 0..5 {
            assert_eq!(store.begin_attempt(&key, at(1)).await.unwrap(), Admission::Admitted, "{key:?}");
        }
    }
}

pub(crate) async fn a_proof_without_a_session_clears_the_count(store: &dyn Store) {
    // PasswordProved
    populate(store).await;
    let bob = account(store, BOB).await;
    store.begin_attempt(&ThrottleKey::User(bob.user.id), at(1)).await.unwrap();
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
    store.begin_attempt(&ThrottleKey::User(bob.user.id), at(2)).await.unwrap();
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
