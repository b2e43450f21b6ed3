//! Locks, throttles, statuses, licences and pending changes of targets and callers, at every door.
//! Contract: authorisation 3.2 step 1, 3.4 #9 and #10, 3.5, 3.6, 4.4.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

use jiff::{SignedDuration, Timestamp};
use passgate_gate::clock::{Clock as _, SystemClock};
use passgate_gate::ids::UserId;
use passgate_gate::level::Level;
use passgate_gate::operations::Demand;
use passgate_gate::store::{Attempt, Store as _, TenantChange, UserChange};
use passgate_gate::throttle::{Throttle, ThrottleKey};
use passgate_gate::user::{MustChange, Status};

use crate::case::{Case, Decisions, SESSIONS, all};
use crate::doors::{Credential, Door, Target};
use crate::house::House;
use crate::people::{NORTH, Person, barred, caller, peer, temporary};
use crate::{ecgridos, omnitracs, rest};

fn admin() -> Person {
    caller(Level::NetworkAdmin)
}

fn user() -> Person {
    peer(Level::General)
}

fn case<'c>(decisions: Decisions) -> Case<'c> {
    Case::of(admin(), Target::Person(user()), decisions)
}

fn lock(house: &mut House, person: &Person, locked: bool) {
    house.change(person, UserChange { locked: Some(locked), ..UserChange::default() });
}

fn status(house: &mut House, person: &Person, status: Status) {
    house.change(person, UserChange { status: Some(status), ..UserChange::default() });
}

/// Fourteen failures, each after the delay of the one before: the next attempt has to wait for minutes.
fn throttle(house: &mut House, person: &Person) {
    let key = ThrottleKey::User(UserId::new(person.number).unwrap());
    let now = SystemClock.now();
    for back in (0..14).rev() {
        let then: Timestamp = now - SignedDuration::from_mins(16 * back);
        let attempt = Attempt { key: key.clone(), throttle: Throttle::default(), source: None, now: then };
        house.wait(house.store.begin_attempt(&attempt)).unwrap();
    }
    assert!(house.account(person).failures.throttled(&Throttle::default(), now));
}

/// Whether the password of somebody is taken, at each door.
fn signs_in(house: &House, person: &Person, password: &str) -> [bool; 3] {
    let session = ecgridos::sign_in(house, &person.login, password);
    if let Some(session) = &session {
        ecgridos::sign_out(house, session);
    }
    [
        rest::sign_in(house, &person.login, password).is_some(),
        session.is_some(),
        omnitracs::proves(house, &person.portal_name(), password),
    ]
}

#[test]
fn a_locked_target_gets_its_password_and_stays_locked() {
    // authorisation 3.4 #9, 3.6
    let house = &mut House::open();
    Case {
        before: &|house| lock(house, &user(), true),
        after: &|_, _, _, now| assert!(now.user.locked.is_some()),
        undo: &|house| lock(house, &user(), false),
        sessions: 0,
        ..case(all("ok"))
    }
    .check(house);
    lock(house, &user(), true);
    let password = house.password(&user());
    assert_eq!(signs_in(house, &user(), &password), [false; 3]);
}

#[test]
fn a_suspended_target_gets_its_password_and_stays_suspended() {
    // authorisation 3.4 #9
    let house = &mut House::open();
    Case {
        before: &|house| status(house, &user(), Status::Suspended),
        after: &|_, _, _, now| assert_eq!(now.user.status, Status::Suspended),
        undo: &|house| status(house, &user(), Status::Active),
        sessions: 0,
        ..case(all("ok"))
    }
    .check(house);
    status(house, &user(), Status::Suspended);
    let password = house.password(&user());
    assert_eq!(signs_in(house, &user(), &password), [false; 3]);
}

#[test]
fn a_set_clears_the_throttle_of_its_target() {
    // authorisation 3.6, 3.7: signing in right afterwards is part of the check.
    let house = &mut House::open();
    Case { before: &|house| throttle(house, &user()), ..case(all("ok")) }.check(house);
}

#[test]
fn a_pending_change_of_the_target_ends_with_a_set() {
    // authorisation 3.5: what the doors other than the portal service's cannot ask for follows `after_admin_set`.
    let house = &mut House::open();
    Case {
        before: &|house| house.set_by_operator(&user(), Demand::Change),
        after: &|_, door, before, now| {
            assert_eq!(before.user.must_change, MustChange::Required);
            let asked = if door == Door::Omnitracs { MustChange::No } else { MustChange::Portal };
            assert_eq!(now.user.must_change, asked);
        },
        sessions: 0,
        ..case(all("ok"))
    }
    .check(house);
}

#[test]
fn a_change_that_the_portal_service_asks_for_binds_sessions_of_every_door() {
    // authorisation 3.5
    let house = &mut House::open();
    let credential = house.credential(Door::Omnitracs, &admin());
    let (target, password) = (temporary(0), house.fresh_password());
    house.hire(&target);
    let answer = omnitracs::set(house, &credential, &Target::Person(target.clone()), &password, "1");
    assert_eq!(answer, "200 done");
    house.learn(&target, &password);
    let decisions = all("ok").but(SESSIONS, Some("password-change-required"));
    for door in SESSIONS {
        Case::of(target.clone(), Target::Person(user()), decisions).check_at(house, *door);
    }
    assert_eq!(house.account(&target).user.must_change, MustChange::Required);
    // An API key and a UsernameToken are no sign-in.
    for door in [Door::Rest, Door::EcgridosKey, Door::Omnitracs, Door::CommandLine] {
        Case::of(target.clone(), Target::Person(user()), decisions).check_at(house, door);
    }
}

#[test]
fn a_locked_caller_is_known_by_its_key_alone() {
    // authorisation 3.6
    let house = &mut House::open();
    Case {
        before: &|house| lock(house, &admin(), true),
        undo: &|house| house.settle(&admin()),
        ..case(all("ok").but(SESSIONS, Some("unidentified")).but(&[Door::Omnitracs], Some("unidentified")))
    }
    .check(house);
}

#[test]
fn a_throttled_caller_is_refused_where_it_shows_its_password() {
    // authorisation 3.6: open sessions, tokens and keys work.
    let house = &mut House::open();
    Case {
        before: &|house| throttle(house, &admin()),
        undo: &|house| house.settle(&admin()),
        ..case(all("ok").but(&[Door::Omnitracs], Some("unidentified")))
    }
    .check(house);
}

#[test]
fn a_caller_that_is_not_in_use_is_nobody() {
    // authorisation 3.2 step 1, 3.4 #10
    let house = &mut House::open();
    Case {
        before: &|house| status(house, &admin(), Status::Suspended),
        undo: &|house| {
            status(house, &admin(), Status::Active);
            house.settle(&admin());
        },
        ..case(all("unidentified"))
    }
    .check(house);
    for (at, door) in Door::ALL.into_iter().enumerate() {
        let gone = temporary(at);
        house.hire(&gone);
        let ended = Case::of(gone.clone(), Target::Person(user()), all("unidentified"));
        Case { before: &|house| status(house, &gone, Status::Terminated), ..ended }.check_at(house, door);
    }
    let suspended = |house: &mut House, suspended| {
        house.change_tenant(NORTH, TenantChange { suspended: Some(suspended), ..TenantChange::default() });
    };
    Case {
        before: &|house| suspended(house, true),
        undo: &|house| {
            suspended(house, false);
            house.settle(&admin());
        },
        ..case(all("unidentified"))
    }
    .check(house);
    // Its mailbox never let it in, so that it has no session to show.
    Case::of(barred(), Target::Person(user()), all("unidentified").but(SESSIONS, None)).check(house);
}

#[test]
fn the_licence_is_the_portal_services_alone() {
    // authorisation 3.1, 4.4
    let house = &mut House::open();
    let licensed = |house: &mut House, licensed| {
        house.change_tenant(NORTH, TenantChange { licensed: Some(licensed), ..TenantChange::default() });
    };
    Case {
        before: &|house| licensed(house, false),
        undo: &|house| licensed(house, true),
        ..case(all("ok").but(&[Door::Omnitracs], Some("not-licensed")))
    }
    .check(house);
}

#[test]
fn a_credential_that_nobody_has_is_one_record_of_nobody() {
    // authorisation 4.4
    let house = &mut House::open();
    for door in Door::ALL {
        let heads = house.heads();
        let credential = Credential { name: "NOBODY@NORTHCO".to_owned(), secret: "nothing-of-the-kind".to_owned() };
        let answer = door.set(house, &credential, &Target::Person(user()), "Larch-tree-42");
        assert_eq!(answer, door.answer_to("unidentified"));
        let records = house.records_after(&heads);
        let told: Vec<_> = records
            .iter()
            .map(|record| (record.door.as_str(), record.operation.as_str(), record.actor, record.target))
            .collect();
        assert_eq!(told, [(door.name(), "set-password", None, None)]);
        assert_eq!(records[0].refused.as_deref(), Some("unidentified"));
    }
}
