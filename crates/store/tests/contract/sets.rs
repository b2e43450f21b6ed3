//! Making a password true. R19, authorisation 3.5, 3.7.

use futures_util::future::join_all;
use jiff::SignedDuration;
use passgate_gate::audit::{Chain, StoredEvent};
use passgate_gate::password::PasswordHash;
use passgate_gate::session::SessionKind;
use passgate_gate::store::{Admission, EndSessions, Outcome, ReplacePassword, Store};
use passgate_gate::throttle::ThrottleKey;
use passgate_gate::user::MustChange;

use super::world::*;

pub(crate) async fn a_set_replaces_hash_version_sessions_and_throttle_at_once(store: &dyn Store) {
    // R19; authorisation 3.7
    populate(store).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "one", at(1)).await;
    assert!(matches!(begin(store, &ThrottleKey::User(bob.user.id), at(2)).await.unwrap(), Admission::Admitted { .. }));

    let bob = account(store, BOB).await;
    let act = ReplacePassword { must_change: MustChange::Required, ..set(&bob, "$second", at(3)) };
    let receipt = replace(store, act).await;

    let now = account(store, BOB).await;
    assert_eq!((receipt.credential_version, receipt.sessions_ended), (2, 1));
    assert_eq!((now.user.credential_version, now.user.must_change), (2, MustChange::Required));
    assert_eq!(now.user.version, bob.user.version);
    assert_eq!((now.user.password_set_at, now.user.password_used), (at(3), false));
    assert_eq!(now.failures.count, 0);
    assert_eq!(present_hash(store, BOB).await, hash("$second"));
    assert!(!is_open(store, "one", at(4)).await);
    let record = store.events(Chain(Some(tenant_id(TENANT))), receipt.audit.sequence - 1, 10).await.unwrap();
    assert_eq!(record.len(), 1);
    assert_eq!((record[0].credential_version, record[0].sessions_ended), (Some(2), Some(1)));
}

pub(crate) async fn a_set_spares_the_session_that_asked_for_it(store: &dyn Store) {
    // authorisation 3.7
    populate(store).await;
    let bob = account(store, BOB).await;
    for name in ["mine", "other", "third"] {
        open(store, &bob, name, at(1)).await;
    }

    let sessions = EndSessions::AllBut(Some(digest("mine")));
    let receipt = replace(store, ReplacePassword { sessions, ..set(&bob, "$second", at(2)) }).await;

    assert_eq!(receipt.sessions_ended, 2);
    assert!(is_open(store, "mine", at(3)).await);
    assert!(!is_open(store, "other", at(3)).await);
    assert!(!is_open(store, "third", at(3)).await);
}

pub(crate) async fn a_set_spares_no_session_of_somebody_else_by_name(store: &dyn Store) {
    // authorisation 3.7
    populate(store).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "bobs", at(1)).await;
    open(store, &account(store, ANN).await, "anns", at(1)).await;

    let sessions = EndSessions::AllBut(Some(digest("anns")));
    let receipt = replace(store, ReplacePassword { sessions, ..set(&bob, "$second", at(2)) }).await;

    assert_eq!(receipt.sessions_ended, 1);
    assert!(is_open(store, "anns", at(3)).await);
}

pub(crate) async fn a_set_may_keep_every_session(store: &dyn Store) {
    // authorisation 3.7, sessions_after_set = "keep"
    populate(store).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "one", at(1)).await;
    open(store, &bob, "two", at(1)).await;

    let act = ReplacePassword { sessions: EndSessions::Keep, ..set(&bob, "$second", at(2)) };
    assert_eq!(replace(store, act).await.sessions_ended, 0);

    assert!(is_open(store, "one", at(3)).await);
    assert_eq!(store.open_sessions(bob.user.id, SessionKind::Soap, at(3)).await.unwrap(), 2);
}

pub(crate) async fn a_set_revives_no_session_that_was_over(store: &dyn Store) {
    // authorisation 3.7
    populate(store).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "ended", at(1)).await;
    done(store.end_session(&digest("ended"), event(passgate_gate::audit::Operation::SignOut, at(2))).await);
    open(store, &bob, "expired", at(1)).await;
    let two_hours_later = at(1) + SignedDuration::from_hours(2);

    let act = ReplacePassword { sessions: EndSessions::Keep, ..set(&bob, "$second", two_hours_later) };
    replace(store, act).await;

    for name in ["ended", "expired"] {
        let (session, owner) = store.session(&digest(name)).await.unwrap().unwrap();
        assert_ne!(session.credential_version, owner.user.credential_version, "{name}");
    }
}

pub(crate) async fn a_set_leaves_lock_status_and_keys_alone(store: &dyn Store) {
    // authorisation 3.4 #9, 3.7
    populate(store).await;
    let key = key(store, BOB, "key", false, None).await;
    let locked = passgate_gate::store::UserChange { locked: Some(true), ..Default::default() };
    let bob = change(store, BOB, locked, at(1)).await;

    replace(store, set(&bob, "$second", at(2))).await;

    let now = account(store, BOB).await;
    assert_eq!((now.user.locked, now.user.status), (Some(at(1)), bob.user.status));
    let (kept, _) = store.api_key(&digest("key")).await.unwrap().unwrap();
    assert_eq!((kept.id, kept.revoked), (key, None));
}

pub(crate) async fn a_recovery_question_stays_until_another_is_sent(store: &dyn Store) {
    // ecgridos-soap 3 #5
    populate(store).await;
    let bob = account(store, BOB).await;
    let asked = ReplacePassword { recovery_question: Some("Pet?".into()), ..set(&bob, "$second", at(1)) };
    replace(store, asked).await;
    replace(store, set(&bob, "$third", at(2))).await;
    assert_eq!(account(store, BOB).await.user.recovery_question, "Pet?");
}

pub(crate) async fn a_set_on_an_old_proof_is_stale(store: &dyn Store) {
    // R52: the old password was proved, then somebody set another
    populate(store).await;
    let bob = account(store, BOB).await;
    let proved = Some(bob.user.credential_version);
    replace(store, set(&bob, "$second", at(1))).await;

    let late = ReplacePassword { credential_version: proved, ..set(&bob, "$late", at(2)) };
    stale(store.replace_password(late).await);
    assert_eq!(present_hash(store, BOB).await, hash("$second"));

    let proved = Some(2);
    replace(store, ReplacePassword { credential_version: proved, ..set(&bob, "$third", at(3)) }).await;
}

pub(crate) async fn a_stale_set_leaves_no_trace(store: &dyn Store) {
    // R52
    populate(store).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "one", at(1)).await;
    let judged = account(store, BOB).await;
    let now = change(store, BOB, suspend(), at(2)).await;
    let head = store.head(Chain(Some(tenant_id(TENANT)))).await.unwrap();

    stale(store.replace_password(set(&judged, "$late", at(3))).await);

    assert_eq!(account(store, BOB).await, now);
    assert_eq!(present_hash(store, BOB).await, hash("$first"));
    assert_eq!(store.head(Chain(Some(tenant_id(TENANT)))).await.unwrap(), head);
}

pub(crate) async fn fifty_sets_at_once_all_hold_and_the_record_has_their_order(store: &dyn Store) {
    // R28
    populate(store).await;
    let bob = account(store, BOB).await;
    let sets = (0..50).map(|n| store.replace_password(set(&bob, &format!("$set {n}"), at(n))));

    let receipts: Vec<_> = join_all(sets).await.into_iter().map(done).collect();

    let mut versions: Vec<_> = receipts.iter().map(|receipt| receipt.credential_version).collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..=51).collect::<Vec<_>>());
    let by_record = |event: &StoredEvent| event.credential_version.filter(|_| event.operation == "set-password");
    let events = store.events(Chain(Some(tenant_id(TENANT))), 0, 1_000).await.unwrap();
    assert_eq!(events.iter().filter_map(by_record).collect::<Vec<_>>(), (2..=51).collect::<Vec<_>>());
    let last = receipts.iter().position(|receipt| receipt.credential_version == 51).unwrap();
    assert_eq!(present_hash(store, BOB).await, hash(&format!("$set {last}")));
}

pub(crate) async fn of_changes_proved_by_one_old_password_one_holds(store: &dyn Store) {
    // R28, R52
    populate(store).await;
    let bob = account(store, BOB).await;
    let change = |n| {
        let act = set(&bob, &format!("$change {n}"), at(n));
        store.replace_password(ReplacePassword { credential_version: Some(1), ..act })
    };
    let outcomes = join_all((0..20).map(change)).await;
    let held: Vec<_> = outcomes.into_iter().filter(|outcome| matches!(outcome, Ok(Outcome::Done(_)))).collect();
    assert_eq!(held.len(), 1);
    assert_eq!(account(store, BOB).await.user.credential_version, 2);
}

pub(crate) async fn a_set_goes_to_its_user_alone(store: &dyn Store) {
    // R19
    populate(store).await;
    let before = account(store, ANN).await;
    replace(store, set(&account(store, BOB).await, "$second", at(1))).await;
    assert_eq!(account(store, ANN).await, before);
    assert_eq!(present_hash(store, ANN).await, PasswordHash::from_phc("$first".into()));
}

pub(crate) async fn sessions_of_every_kind_end(store: &dyn Store) {
    // R22
    populate(store).await;
    let bob = account(store, BOB).await;
    let kinds = [SessionKind::Soap, SessionKind::Token, SessionKind::Web];
    for kind in kinds {
        done(store.open_session(opening(&bob, session(&bob, kind.name(), kind, at(1)))).await);
    }
    assert_eq!(replace(store, set(&bob, "$second", at(2))).await.sessions_ended, 3);
    for kind in kinds {
        assert!(!is_open(store, kind.name(), at(3)).await, "{}", kind.name());
    }
}
