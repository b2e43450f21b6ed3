//! The administrative set: authorisation 3.5 and 3.7, R19 to R29.

use passgate_gate::audit::{Door, Operation};
use passgate_gate::operations::{Demand, SetPassword, Target};
use passgate_gate::password::Password;
use passgate_gate::policy::Profile;
use passgate_gate::settings::{AfterAdminSet, SessionsAfterSet};
use passgate_gate::store::{CallerStamp, Receipt, UserChange};
use passgate_gate::user::{MustChange, Status};
use passgate_gate::{Caller, Denied, Error, Settings};
use passgate_testing::{PASSWORD, Person, TestGate};

pub(crate) const NEW: &str = "Larch-tree-42";

pub(crate) fn to(target: Target, password: &str, demand: Demand) -> SetPassword {
    let password = Password::from(password);
    SetPassword { target, password, profile: Profile::Pattern, demand, recovery_question: None }
}

pub(crate) fn number(person: Person) -> Target {
    Target::Number(person.number())
}

async fn set(app: &TestGate, by: Person, of: Person, demand: Demand) -> Result<Receipt, Error> {
    let caller = admin(app, by).await;
    app.gate.set_password(&caller, to(number(of), NEW, demand)).await
}

async fn admin(app: &TestGate, by: Person) -> Caller {
    app.caller(by, Door::EcgridRest, Operation::SetPassword).await
}

async fn must_change(app: &TestGate, of: Person) -> MustChange {
    let id = passgate_gate::ids::UserId::new(of.number()).unwrap();
    app.store.account(id).await.unwrap().unwrap().user.must_change
}

#[tokio::test]
async fn a_set_is_true_at_once_and_the_old_password_works_nowhere() {
    let app = TestGate::open().await;
    let before = app.caller(Person::Driver, Door::EcgridRest, Operation::ReadUser).await;

    let caller = admin(&app, Person::Admin).await;
    let act = app.gate.set_password(&caller, to(number(Person::Driver), NEW, Demand::ByRule));
    let (receipt, records) = app.recorded(act).await;
    let receipt = receipt.unwrap();

    assert!(app.accepts("driver1", NEW).await);
    assert!(!app.accepts("driver1", PASSWORD).await);
    // R22: the target's session ended; R108: exactly one record, which says so.
    assert_eq!(receipt.sessions_ended, 1);
    let [record] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!(record.id, receipt.audit);
    assert_eq!((record.operation.as_str(), record.refused.as_deref()), ("set-password", None));
    assert_eq!((record.actor, record.target), (Some(Person::Admin.number()), Some(Person::Driver.number())));
    assert_eq!((record.credential_version, record.sessions_ended), (Some(receipt.credential_version), Some(1)));
    let session = before.session().unwrap().digest;
    assert!(app.store.session(&session).await.unwrap().unwrap().0.ended.is_some());
}

#[tokio::test]
async fn a_refused_set_changes_nothing_and_says_why_in_one_record() {
    // R29, R108
    let app = TestGate::open().await;
    let caller = admin(&app, Person::Admin).await;
    for (target, password, word) in [
        (Target::Number(999_999), NEW, "user-not-found"),
        (Target::Number(0), NEW, "user-not-found"),
        (number(Person::SouthDriver), NEW, "user-not-found"),
        (number(Person::Staff), NEW, "target-above-caller"),
        (number(Person::Driver), "short", "password-too-short"),
        (number(Person::Driver), "no-upper-case-1", "password-composition"),
        (number(Person::Driver), "Password1!", "password-common"),
    ] {
        let hashes = app.lane.figures().hashes;
        let act = app.gate.set_password(&caller, to(target, password, Demand::ByRule));
        let (result, records) = app.recorded(act).await;
        assert!(result.is_err(), "{word}");
        let words: Vec<_> = records.iter().map(|record| record.refused.as_deref()).collect();
        assert_eq!(words, [Some(word)]);
        assert_eq!(app.lane.figures().hashes, hashes, "{word}: nothing is hashed before all is judged");
    }
    assert!(app.accepts("driver1", PASSWORD).await);
}

#[tokio::test]
async fn nobody_learns_of_targets_that_are_none_of_their_business() {
    // R51, authorisation 3.4 #5
    let app = TestGate::open().await;
    for target in [number(Person::Driver), Target::Number(999_999), number(Person::SouthAdmin)] {
        let caller = admin(&app, Person::Clerk).await;
        let refused = app.gate.set_password(&caller, to(target, NEW, Demand::ByRule)).await;
        assert!(matches!(refused, Err(Error::Denied(Denied::LevelTooLow))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_caller_that_was_demoted_while_its_set_was_under_way_is_refused() {
    // R52: the caller was identified before, the transaction sees what it is now.
    let app = TestGate::open().await;
    let caller = admin(&app, Person::Deputy).await;
    let account = caller.account().unwrap();
    let change = UserChange { status: Some(Status::Suspended), ..UserChange::default() };
    let event = passgate_gate::audit::AuditEvent {
        time: app.gate.now(),
        tenant: Some(account.user.tenant),
        door: Door::Cli,
        operation: Operation::UpdateUser,
        actor: passgate_gate::audit::Actor::Operator("tests".into()),
        source: None,
        request: "r".into(),
        target: Some(account.user.id),
        refused: None,
        credential_version: None,
        sessions_ended: None,
        note: String::new(),
    };
    app.store.update_user(account.stamp(), CallerStamp::default(), change, event).await.unwrap();

    let refused = app.gate.set_password(&caller, to(number(Person::Driver), NEW, Demand::ByRule)).await;
    assert!(matches!(refused, Err(Error::Unidentified)), "{refused:?}");
    assert!(app.accepts("driver1", PASSWORD).await);
}

#[tokio::test]
async fn of_parallel_sets_of_one_user_the_last_in_the_record_is_the_one_that_signs_in() {
    // R28
    let app = std::sync::Arc::new(TestGate::open().await);
    let caller = admin(&app, Person::Admin).await;
    let mut sets = Vec::new();
    for turn in 0..6 {
        let (app, caller) = (app.clone(), caller.clone());
        sets.push(tokio::spawn(async move {
            let password = format!("Larch-tree-{turn:02}");
            let receipt = app.gate.set_password(&caller, to(number(Person::Driver), &password, Demand::ByRule)).await;
            (receipt.unwrap(), password)
        }));
    }
    let mut done = Vec::new();
    for set in sets {
        done.push(set.await.unwrap());
    }
    done.sort_by_key(|(receipt, _)| receipt.audit.sequence);
    let versions: Vec<_> = done.iter().map(|(receipt, _)| receipt.credential_version).collect();
    assert!(versions.is_sorted_by(|a, b| a + 1 == *b), "{versions:?}");
    let (_, last) = done.pop().unwrap();
    assert!(app.accepts("driver1", &last).await);
    let (_, before) = done.pop().unwrap();
    assert!(!app.accepts("driver1", &before).await);
}

#[tokio::test]
async fn after_a_set_by_somebody_else_the_rule_says_who_asks_for_a_change() {
    // authorisation 3.5
    for (rule, expected) in [
        (AfterAdminSet::Portal, MustChange::Portal),
        (AfterAdminSet::Never, MustChange::No),
        (AfterAdminSet::Always, MustChange::Required),
    ] {
        let app = TestGate::open_with(Settings { after_admin_set: rule, ..Settings::default() }).await;
        set(&app, Person::Admin, Person::Driver, Demand::ByRule).await.unwrap();
        assert_eq!(must_change(&app, Person::Driver).await, expected);
        set(&app, Person::Admin, Person::Admin, Demand::ByRule).await.unwrap();
        assert_eq!(must_change(&app, Person::Admin).await, MustChange::No);
    }
}

#[tokio::test]
async fn what_a_door_demands_of_the_user_is_what_stands() {
    // authorisation 3.5, the portal service's rows
    let app = TestGate::open().await;
    set(&app, Person::Admin, Person::Driver, Demand::Change).await.unwrap();
    assert_eq!(must_change(&app, Person::Driver).await, MustChange::Required);
    set(&app, Person::Admin, Person::Driver, Demand::NoChange).await.unwrap();
    assert_eq!(must_change(&app, Person::Driver).await, MustChange::No);
}

#[tokio::test]
async fn the_calling_session_stays_when_one_sets_ones_own_and_keep_leaves_all() {
    // authorisation 3.7, deviation 1
    let app = TestGate::open().await;
    let other = app.sign_in("admin1", PASSWORD).await.unwrap();
    let caller = admin(&app, Person::Admin).await;
    let receipt = app.gate.set_password(&caller, to(Target::Myself, NEW, Demand::ByRule)).await.unwrap();
    assert_eq!(receipt.sessions_ended, 1);
    assert!(app.gate.set_password(&caller, to(number(Person::Driver), NEW, Demand::ByRule)).await.is_ok());
    assert!(app.by_session(other, Door::EcgridRest, Operation::ReadUser).await.is_err());

    let keep = Settings { sessions_after_set: SessionsAfterSet::Keep, ..Settings::default() };
    let app = TestGate::open_with(keep).await;
    let session = app.sign_in("driver1", PASSWORD).await.unwrap();
    let receipt = set(&app, Person::Admin, Person::Driver, Demand::ByRule).await.unwrap();
    assert_eq!(receipt.sessions_ended, 0);
    assert!(app.by_session(session, Door::EcgridRest, Operation::ReadUser).await.is_ok());
}

#[tokio::test]
async fn a_set_clears_the_throttle_and_leaves_a_lock() {
    // authorisation 3.6
    let app = TestGate::open().await;
    for _ in 0..7 {
        assert!(!app.accepts("driver1", "wrong").await);
    }
    let throttled = !app.accepts("driver1", PASSWORD).await;
    assert!(throttled);
    set(&app, Person::Admin, Person::Driver, Demand::ByRule).await.unwrap();
    assert!(app.accepts("driver1", NEW).await);

    let caller = app.caller(Person::Admin, Door::EcgridRest, Operation::LockUser).await;
    app.gate.lock_user(&caller, &number(Person::Driver), true).await.unwrap();
    set(&app, Person::Admin, Person::Driver, Demand::ByRule).await.unwrap();
    assert!(!app.accepts("driver1", NEW).await);
    let caller = app.caller(Person::Admin, Door::EcgridRest, Operation::ResetUser).await;
    app.gate.reset_user(&caller, &number(Person::Driver)).await.unwrap();
    assert!(app.accepts("driver1", NEW).await);
}
