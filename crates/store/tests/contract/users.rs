//! Making, changing and resetting users. Authorisation 3.1, 3.6, 3.7.

use futures_util::future::join_all;
use passgate_gate::audit::{Chain, Operation};
use passgate_gate::ids::{MailboxId, PortalUserId};
use passgate_gate::level::Level;
use passgate_gate::store::{Created, NewUser, ResetUser, Store, StoreError, UserChange};
use passgate_gate::throttle::ThrottleKey;
use passgate_gate::user::{Mailbox, MustChange, Status};

use super::world::*;

#[expect(clippy::unnecessary_wraps, reason = "as `NewUser` wants it")]
fn portal(id: &str) -> Option<PortalUserId> {
    Some(id.parse().unwrap())
}

pub(crate) async fn a_new_user_is_as_it_was_asked_for(store: &dyn Store) {
    // NewUser
    make_tenant(store, TENANT, "MYCOMPANY").await;
    let mailbox =
        Mailbox { tenant: tenant_id(TENANT), id: MailboxId::new(3).unwrap(), name: "Three".into(), suspended: false };
    store.create_mailbox(mailbox.clone(), event(Operation::CreateMailbox, at(0))).await.unwrap().unwrap();
    let wanted = NewUser {
        mailbox: mailbox.id,
        portal_id: portal("jsmith"),
        email: "J.Smith@Example.com".into(),
        first_name: "J\u{fc}rgen".into(),
        last_name: "Smith".into(),
        level: Level::MailboxAdmin,
        status: Status::Preproduction,
        must_change: MustChange::Portal,
        ..new_user(7, TENANT, "J.Smith")
    };
    let made = make(store, wanted).await;

    assert_eq!(account(store, 7).await, made);
    let user = made.user;
    assert_eq!((user.id.get(), user.tenant.get(), user.mailbox.get()), (7, TENANT, 3));
    assert_eq!((user.login.as_str(), user.portal_id.as_str()), ("J.Smith", "JSMITH"));
    assert_eq!((user.email.as_str(), user.first_name.as_str()), ("J.Smith@Example.com", "J\u{fc}rgen"));
    assert_eq!((user.last_name.as_str(), user.level), ("Smith", Level::MailboxAdmin));
    assert_eq!((user.status, user.must_change), (Status::Preproduction, MustChange::Portal));
    assert_eq!((user.credential_version, user.version), (1, 1));
    assert_eq!((user.password_set_at, user.password_used), (at(0), false));
    assert_eq!((user.created, user.modified, user.last_login), (at(0), at(0), None));
    assert_eq!((user.locked, user.max_soap_sessions, user.recovery_question.as_str()), (None, None, ""));
    assert_eq!(store.mailbox(mailbox.tenant, mailbox.id).await.unwrap(), Some(mailbox));
    let events = store.events(Chain(Some(tenant_id(TENANT))), 0, 100).await.unwrap();
    assert_eq!(events.last().map(|event| (event.operation.as_str(), event.target)), Some(("create-user", Some(7))));
}

pub(crate) async fn every_level_status_and_must_change_is_kept(store: &dyn Store) {
    // what is written is what is read
    make_tenant(store, TENANT, "").await;
    let mut id = 0;
    for level in Level::ALL {
        for status in Status::ALL {
            for must_change in [MustChange::No, MustChange::Portal, MustChange::Required] {
                id += 1;
                let user = NewUser { level, status, must_change, ..new_user(id, TENANT, &format!("user{id}")) };
                let user = make(store, user).await.user;
                assert_eq!((user.level, user.status, user.must_change), (level, status, must_change));
            }
        }
    }
}

pub(crate) async fn a_login_is_given_once_per_tenant_letter_case_aside(store: &dyn Store) {
    // authorisation 3.1; R59: one form of names everywhere
    populate(store).await;
    make_tenant(store, 2, "OTHER").await;
    for taken in ["ann", "ANN", " Ann "] {
        assert_eq!(create(store, new_user(9, TENANT, taken)).await, Created::LoginTaken, "{taken}");
    }
    make(store, new_user(9, 2, "ann")).await;
    assert_eq!(create(store, new_user(10, 2, "Gr\u{fc}n")).await, Created::User(Box::new(account(store, 10).await)));
    assert_eq!(create(store, new_user(11, 2, "GRU\u{308}N")).await, Created::LoginTaken);
}

pub(crate) async fn a_portal_id_is_made_of_the_login_or_the_number(store: &dyn Store) {
    // authorisation 3.1
    populate(store).await;
    assert_eq!(account(store, ANN).await.user.portal_id.as_str(), "ANN");
    assert_eq!(account(store, BOB).await.user.portal_id.as_str(), "U5001");
    let asked = make(store, NewUser { portal_id: portal("cleo"), ..new_user(1, TENANT, "c") }).await;
    assert_eq!(asked.user.portal_id.as_str(), "CLEO");
    let squeezed_out = make(store, new_user(2, TENANT, "Cleo")).await;
    assert_eq!(squeezed_out.user.portal_id.as_str(), "U2");
    let found = store.account_by_portal_id(tenant_id(TENANT), &"cleo".parse().unwrap()).await.unwrap();
    assert_eq!(found, Some(asked));
}

pub(crate) async fn a_portal_id_is_used_once_per_tenant_for_ever(store: &dyn Store) {
    // authorisation 3.1: a deleted user's id is never used again
    populate(store).await;
    change(store, ANN, UserChange { status: Some(Status::Terminated), ..UserChange::default() }, at(1)).await;
    let again = NewUser { portal_id: portal("Ann"), ..new_user(1, TENANT, "another") };
    assert_eq!(create(store, again).await, Created::PortalIdTaken);
    assert_eq!(create(store, new_user(ANN, TENANT, "another")).await, Created::IdTaken);
    make_tenant(store, 2, "OTHER").await;
    make(store, NewUser { portal_id: portal("Ann"), ..new_user(1, 2, "another") }).await;
}

pub(crate) async fn numbers_are_given_once_and_above_those_of_samples(store: &dyn Store) {
    // NewUser::id
    populate(store).await;
    let next = |login: String| NewUser { id: None, ..new_user(1, TENANT, &login) };
    assert_eq!(make(store, next("a".into())).await.user.id.get(), 10_001);
    make(store, new_user(10_002, TENANT, "fixed")).await;
    assert_eq!(make(store, next("b".into())).await.user.id.get(), 10_003);
    // Somebody took the name that the next number would make.
    make(store, NewUser { portal_id: portal("U10004"), ..new_user(3, TENANT, "c") }).await;
    let after = make(store, next("long.login.name".into())).await.user;
    assert_eq!((after.id.get(), after.portal_id.as_str()), (10_005, "U10005"));
}

pub(crate) async fn twenty_users_made_at_once_have_twenty_numbers(store: &dyn Store) {
    // NewUser::id
    populate(store).await;
    let made = join_all((0..20).map(|n| async move {
        make(store, NewUser { id: None, ..new_user(1, TENANT, &format!("user{n}")) }).await.user.id
    }));
    let mut ids = made.await;
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 20);
}

pub(crate) async fn a_user_needs_a_tenant_and_a_mailbox_that_exist(store: &dyn Store) {
    // NewUser: the caller sees to it; the store does not let it pass
    populate(store).await;
    let nowhere = NewUser { mailbox: MailboxId::new(9).unwrap(), ..new_user(1, TENANT, "x") };
    for user in [nowhere, new_user(1, 99, "x")] {
        let failed = store.create_user(user, operator(), event(Operation::CreateUser, at(1))).await;
        assert!(matches!(failed, Err(StoreError::Failed(_))), "{failed:?}");
    }
    assert_eq!(store.account(user_id(1)).await.unwrap(), None);
}

pub(crate) async fn a_change_changes_what_it_names(store: &dyn Store) {
    // UserChange: what is `None` stays
    populate(store).await;
    let before = account(store, BOB).await.user;
    let rename = UserChange { last_name: Some("Builder".into()), ..UserChange::default() };
    let after = change(store, BOB, rename, at(5)).await.user;
    let expected = passgate_gate::user::User { last_name: "Builder".into(), modified: at(5), ..before };
    assert_eq!(after, expected);
    let moved = UserChange { email: Some("bob@elsewhere.example".into()), ..UserChange::default() };
    assert_eq!(change(store, BOB, moved, at(6)).await.user.email, "bob@elsewhere.example");
}

pub(crate) async fn suspending_and_locking_end_sessions_and_keep_keys(store: &dyn Store) {
    // UserChange; authorisation 3.6
    populate(store).await;
    let lock = || UserChange { locked: Some(true), ..UserChange::default() };
    for (change_to, name) in [(suspend(), "suspended"), (lock(), "locked")] {
        make_bob_active(store).await;
        let bob = account(store, BOB).await;
        open(store, &bob, name, at(1)).await;
        let made = key(store, BOB, name, false, None).await;
        let after = change(store, BOB, change_to, at(2)).await;
        assert_eq!(after.user.version, bob.user.version + 1);
        assert!(!is_open(store, name, at(3)).await, "{name}");
        let (kept, _) = store.api_key(&digest(name)).await.unwrap().unwrap();
        assert_eq!((kept.id, kept.revoked), (made, None));
    }
}

async fn make_bob_active(store: &dyn Store) {
    let active = UserChange { status: Some(Status::Active), locked: Some(false), ..UserChange::default() };
    change(store, BOB, active, at(0)).await;
}

pub(crate) async fn terminating_ends_sessions_and_keys(store: &dyn Store) {
    // UserChange; ecgrid-rest 2.4
    populate(store).await;
    open(store, &account(store, BOB).await, "one", at(1)).await;
    key(store, BOB, "key", true, None).await;
    key(store, ANN, "anns", true, None).await;
    change(store, BOB, UserChange { status: Some(Status::Terminated), ..UserChange::default() }, at(2)).await;
    assert!(!is_open(store, "one", at(3)).await);
    assert_eq!(store.api_key(&digest("key")).await.unwrap().unwrap().0.revoked, Some(at(2)));
    assert_eq!(store.api_key(&digest("anns")).await.unwrap().unwrap().0.revoked, None);
}

pub(crate) async fn a_lock_keeps_its_beginning_and_lifting_it_clears_the_throttle(store: &dyn Store) {
    // authorisation 3.6
    populate(store).await;
    let lock = |on| UserChange { locked: Some(on), ..UserChange::default() };
    change(store, BOB, lock(true), at(1)).await;
    let again = change(store, BOB, lock(true), at(2)).await;
    assert_eq!(again.user.locked, Some(at(1)));
    begin(store, &ThrottleKey::User(again.user.id), at(3)).await.unwrap();
    let lifted = change(store, BOB, lock(false), at(4)).await;
    assert_eq!((lifted.user.locked, lifted.failures.count), (None, 0));
}

pub(crate) async fn a_reset_ends_sessions_and_lifts_lock_and_throttle(store: &dyn Store) {
    // authorisation 3.6, 3.7
    populate(store).await;
    change(store, BOB, UserChange { locked: Some(true), ..UserChange::default() }, at(1)).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "one", at(2)).await;
    key(store, BOB, "key", true, None).await;
    begin(store, &ThrottleKey::User(bob.user.id), at(3)).await.unwrap();

    let event = event(Operation::ResetUser, at(4));
    let receipt = done(store.reset_user(ResetUser { target: bob.stamp(), caller: operator(), event }).await);

    assert_eq!((receipt.sessions_ended, receipt.credential_version), (1, 1));
    let now = account(store, BOB).await;
    assert_eq!((now.user.locked, now.failures.count), (None, 0));
    assert_eq!(now.user.version, bob.user.version + 1);
    assert!(!is_open(store, "one", at(5)).await);
    assert_eq!(store.api_key(&digest("key")).await.unwrap().unwrap().0.revoked, None);
    assert_eq!(present_hash(store, BOB).await, hash("$first"));
    let record = store.events(receipt.audit.chain, receipt.audit.sequence - 1, 1).await.unwrap();
    assert_eq!(record[0].sessions_ended, Some(1));
}

pub(crate) async fn accounts_are_listed_page_by_page(store: &dyn Store) {
    // Store::accounts
    populate(store).await;
    make_tenant(store, 2, "OTHER").await;
    make(store, new_user(2_000, 2, "x")).await;
    for id in [9, 3, 7] {
        make(store, new_user(id, TENANT, &format!("user{id}"))).await;
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.accounts(tenant_id(TENANT), after, 2).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some(last.user.id);
        seen.extend(page.iter().map(|account| account.user.id.get()));
    }
    assert_eq!(seen, [3, 7, 9, ANN, BOB]);
}
