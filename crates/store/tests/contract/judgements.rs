//! Acts that rest on a judgement are stale once what was judged has changed. R52.

use jiff::SignedDuration;
use passgate_gate::audit::Operation;
use passgate_gate::networks::Networks;
use passgate_gate::session::KeyVisibility;
use passgate_gate::store::{
    CallerStamp, EndUserSessions, NewApiKey, ReplacePassword, ResetUser, Store, TenantChange, UserChange,
};
use passgate_gate::user::Account;

use super::world::*;

/// Judges Ann as caller and Bob as target, lets something happen, then tries every act.
async fn check_stale(store: &dyn Store, caller: CallerStamp, target: &Account, why: &str) {
    println!("{why}");
    stale(store.replace_password(ReplacePassword { caller, ..set(target, "$late", at(9)) }).await);
    let reset = ResetUser { target: target.stamp(), caller, event: event(Operation::ResetUser, at(9)) };
    stale(store.reset_user(reset).await);
    let end = event(Operation::EndSessions, at(9));
    stale(store.end_user_sessions(EndUserSessions { target: target.stamp(), caller, chain: None, event: end }).await);
    let update = event(Operation::UpdateUser, at(9));
    stale(store.update_user(target.stamp(), caller, UserChange::default(), update).await);
    stale(store.create_api_key(new_key(target, caller, "late", false, None)).await);
    let user = new_user(9_009, TENANT, "late");
    if caller != operator() {
        stale(store.create_user(user, caller, event(Operation::CreateUser, at(9))).await);
    }
    assert_eq!(present_hash(store, target.user.id.get()).await, hash("$first"), "{why}");
}

fn new_key(
    owner: &Account,
    caller: CallerStamp,
    name: &str,
    primary: bool,
    expires: Option<jiff::Timestamp>,
) -> NewApiKey {
    NewApiKey {
        owner: owner.stamp(),
        caller,
        digest: digest(name),
        hint: "ek_live_1234".into(),
        visibility: KeyVisibility::Private,
        primary,
        expires,
        networks: Networks::default(),
        event: event(Operation::CreateApiKey, at(9)),
    }
}

fn as_user(caller: &Account) -> CallerStamp {
    CallerStamp { account: Some(caller.stamp()), ..CallerStamp::default() }
}

pub(crate) async fn a_change_of_the_target_outdates_the_judgement(store: &dyn Store) {
    // R52; Stamp
    populate(store).await;
    let judged = account(store, BOB).await;
    change(store, BOB, UserChange { locked: Some(true), ..UserChange::default() }, at(1)).await;
    check_stale(store, operator(), &judged, "locked").await;

    let judged = account(store, BOB).await;
    change(store, BOB, suspend(), at(1)).await;
    check_stale(store, operator(), &judged, "suspended").await;

    let judged = account(store, BOB).await;
    let licence = TenantChange { licensed: Some(false), ..TenantChange::default() };
    done(store.update_tenant(tenant_id(TENANT), licence, event(Operation::UpdateTenant, at(2))).await);
    check_stale(store, operator(), &judged, "tenant").await;
}

pub(crate) async fn a_change_of_a_name_outdates_nothing(store: &dyn Store) {
    // Stamp: versions rise with what judgements rest on
    populate(store).await;
    let judged = account(store, BOB).await;
    change(store, BOB, UserChange { first_name: Some("Bob".into()), ..UserChange::default() }, at(1)).await;
    replace(store, set(&judged, "$second", at(2))).await;
}

pub(crate) async fn a_change_of_the_caller_outdates_the_judgement(store: &dyn Store) {
    // R52: demote during a slow set
    populate(store).await;
    let caller = as_user(&account(store, ANN).await);
    change(store, ANN, suspend(), at(1)).await;
    check_stale(store, caller, &account(store, BOB).await, "caller suspended").await;
    let unknown = CallerStamp {
        account: caller.account.map(|stamp| passgate_gate::user::Stamp { user: user_id(77), ..stamp }),
        ..caller
    };
    check_stale(store, unknown, &account(store, BOB).await, "caller unknown").await;
}

pub(crate) async fn a_session_that_is_over_outdates_the_judgement(store: &dyn Store) {
    // R52; CallerStamp
    populate(store).await;
    let bob = account(store, BOB).await;
    let ann = account(store, ANN).await;
    open(store, &ann, "anns", at(1)).await;
    let caller = CallerStamp { session: Some(digest("anns")), ..as_user(&ann) };
    replace(store, ReplacePassword { caller, ..set(&ann, "$first", at(2)) }).await;
    check_stale(store, caller, &bob, "ended by a set").await;

    let ann = account(store, ANN).await;
    open(store, &ann, "expired", at(9) - SignedDuration::from_hours(1)).await;
    let expired = CallerStamp { session: Some(digest("expired")), ..as_user(&ann) };
    check_stale(store, expired, &bob, "expired this moment").await;

    open(store, &bob, "bobs", at(3)).await;
    let borrowed = CallerStamp { session: Some(digest("bobs")), ..as_user(&ann) };
    check_stale(store, borrowed, &bob, "somebody else's session").await;

    let unknown = CallerStamp { session: Some(digest("unknown")), ..as_user(&ann) };
    check_stale(store, unknown, &bob, "no such session").await;

    open(store, &ann, "good", at(3)).await;
    let good = CallerStamp { session: Some(digest("good")), ..as_user(&ann) };
    replace(store, ReplacePassword { caller: good, ..set(&bob, "$second", at(4)) }).await;
}

pub(crate) async fn a_key_that_is_over_outdates_the_judgement(store: &dyn Store) {
    // R52; CallerStamp
    populate(store).await;
    let (ann, bob) = (account(store, ANN).await, account(store, BOB).await);
    let with = |key| CallerStamp { key: Some(key), ..as_user(&ann) };

    let revoked = key(store, ANN, "revoked", false, None).await;
    done(store.revoke_api_key(revoked, ann.stamp(), operator(), event(Operation::RevokeApiKey, at(1))).await);
    check_stale(store, with(revoked), &bob, "revoked").await;

    let expired = key(store, ANN, "expired", false, Some(at(9))).await;
    check_stale(store, with(expired), &bob, "expired this moment").await;

    let bobs = key(store, BOB, "bobs", false, None).await;
    check_stale(store, with(bobs), &bob, "somebody else's key").await;

    let good = key(store, ANN, "good", false, Some(at(99))).await;
    replace(store, ReplacePassword { caller: with(good), ..set(&bob, "$second", at(4)) }).await;
}

pub(crate) async fn a_sign_in_is_stale_once_the_account_or_the_password_has_changed(store: &dyn Store) {
    // R52; OpenSession, PasswordProved
    populate(store).await;
    let judged = account(store, BOB).await;
    replace(store, set(&judged, "$second", at(1))).await;
    let late = session(&judged, "late", passgate_gate::session::SessionKind::Token, at(2));
    stale(store.open_session(opening(&judged, late)).await);
    stale(store.password_proved(proving(&judged, None, at(2))).await);

    let judged = account(store, BOB).await;
    change(store, BOB, suspend(), at(3)).await;
    let late = session(&judged, "late", passgate_gate::session::SessionKind::Token, at(4));
    stale(store.open_session(opening(&judged, late)).await);
    stale(store.password_proved(proving(&judged, None, at(4))).await);
    assert!(store.session(&digest("late")).await.unwrap().is_none());
}

pub(crate) async fn a_key_is_revoked_once_and_by_its_owner_s_stamp(store: &dyn Store) {
    // Store::revoke_api_key
    populate(store).await;
    let (ann, bob) = (account(store, ANN).await, account(store, BOB).await);
    let bobs = key(store, BOB, "bobs", false, None).await;
    let gone = || event(Operation::RevokeApiKey, at(5));
    stale(store.revoke_api_key(bobs, ann.stamp(), operator(), gone()).await);
    done(store.revoke_api_key(bobs, bob.stamp(), operator(), gone()).await);
    stale(store.revoke_api_key(bobs, bob.stamp(), operator(), gone()).await);
    let (kept, owner) = store.api_key(&digest("bobs")).await.unwrap().unwrap();
    assert_eq!((kept.revoked, owner.user.id), (Some(at(5)), bob.user.id));
}
