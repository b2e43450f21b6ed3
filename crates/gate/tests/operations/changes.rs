//! Changes of one's own password, and what a pending one allows: authorisation 3.5, R24 to R26.

use jiff::SignedDuration;
use passgate_gate::audit::{Door, Operation};
use passgate_gate::operations::{ChangePassword, Demand, Target};
use passgate_gate::password::Password;
use passgate_gate::policy::Profile;
use passgate_gate::store::Receipt;
use passgate_gate::{Caller, Denied, Error, Proof};
use passgate_testing::{PASSWORD, Person, TestGate};

use super::sets::{NEW, number, to};

async fn change(app: &TestGate, caller: &Caller, current: &str, new: &str) -> Result<Receipt, Error> {
    let change =
        ChangePassword { current: Password::from(current), new: Password::from(new), profile: Profile::Pattern };
    app.gate.change_password(caller, change).await
}

async fn under_must_change() -> TestGate {
    let app = TestGate::open().await;
    let caller = app.caller(Person::Admin, Door::EcgridRest, Operation::SetPassword).await;
    app.gate.set_password(&caller, to(number(Person::Driver), NEW, Demand::Change)).await.unwrap();
    app
}

#[tokio::test]
async fn one_changes_ones_own_password_with_the_current_one_and_keeps_the_session() {
    // authorisation 3.7, R25
    let app = TestGate::open().await;
    let other = app.sign_in("driver1", PASSWORD).await.unwrap();
    let caller = app.caller(Person::Driver, Door::EcgridRest, Operation::ChangePassword).await;
    let receipt = change(&app, &caller, PASSWORD, NEW).await.unwrap();
    assert_eq!(receipt.sessions_ended, 1);
    assert!(app.by_session(other, Door::EcgridRest, Operation::ReadUser).await.is_err());
    assert!(change(&app, &caller, NEW, "Another-tree-43").await.is_ok(), "the calling session stays");
    assert!(app.accepts("driver1", "Another-tree-43").await);
}

#[tokio::test]
async fn a_locked_user_with_a_key_changes_its_own_password_and_stays_locked() {
    // authorisation 3.6: keys still work
    let app = TestGate::open().await;
    let owner = app.caller(Person::Driver, Door::EcgridRest, Operation::GenerateApiKey).await;
    let key = app.gate.generate_api_key(&owner, &Target::Myself).await.unwrap();
    let admin = app.caller(Person::Admin, Door::EcgridRest, Operation::LockUser).await;
    app.gate.lock_user(&admin, &number(Person::Driver), true).await.unwrap();

    let origin = app.origin(Door::EcgridRest, Operation::ChangePassword);
    let caller = app.gate.identify(origin, Proof::ApiKey(key)).await.unwrap();
    change(&app, &caller, PASSWORD, NEW).await.unwrap();
    assert!(!app.accepts("driver1", NEW).await);
}

#[tokio::test]
async fn a_wrong_current_password_counts_as_a_failed_sign_in() {
    // R25, R58: one counter for both
    let app = TestGate::open().await;
    let caller = app.caller(Person::Driver, Door::EcgridRest, Operation::ChangePassword).await;
    for _ in 0..3 {
        let refused = change(&app, &caller, "wrong", NEW).await;
        assert!(matches!(refused, Err(Error::CurrentPasswordWrong)), "{refused:?}");
    }
    for _ in 0..2 {
        assert!(!app.accepts("driver1", "wrong").await);
    }
    let throttled = change(&app, &caller, PASSWORD, NEW).await;
    assert!(matches!(throttled, Err(Error::CurrentPasswordWrong)), "{throttled:?}");
    app.later(SignedDuration::from_secs(1));
    assert!(change(&app, &caller, PASSWORD, NEW).await.is_ok());
}

#[tokio::test]
async fn a_session_under_must_change_may_do_nothing_but_change_and_leave() {
    // R24
    let app = under_must_change().await;
    let signed_in = app.sign_in("driver1", NEW).await.unwrap();
    assert!(signed_in.must_change);
    let caller = app.by_session(signed_in, Door::EcgridRest, Operation::ReadUser).await.unwrap();
    let refused = app.gate.read_user(&caller, &Target::Myself).await;
    assert!(matches!(refused, Err(Error::Denied(Denied::PasswordChangeRequired))), "{refused:?}");

    let signed_in = app.sign_in("driver1", NEW).await.unwrap();
    let caller = app.by_session(signed_in, Door::EcgridRest, Operation::ChangePassword).await.unwrap();
    let unchanged = change(&app, &caller, NEW, NEW).await;
    assert!(matches!(unchanged, Err(Error::PasswordUnchanged)), "{unchanged:?}");
    change(&app, &caller, NEW, "Another-tree-43").await.unwrap();

    let signed_in = app.sign_in("driver1", "Another-tree-43").await.unwrap();
    assert!(!signed_in.must_change);
    let caller = app.by_session(signed_in, Door::EcgridRest, Operation::ReadUser).await.unwrap();
    assert!(app.gate.read_user(&caller, &Target::Myself).await.is_ok());
}

#[tokio::test]
async fn a_token_under_must_change_is_not_refreshed() {
    // authorisation 3.5: "all else"
    let app = under_must_change().await;
    let signed_in = app.sign_in("driver1", NEW).await.unwrap();
    let origin = app.origin(Door::EcgridRest, Operation::RefreshSession);
    let refused = app.gate.refresh(&origin, &signed_in.token).await;
    assert!(matches!(refused, Err(Error::Denied(Denied::PasswordChangeRequired))), "{refused:?}");
}

#[tokio::test]
async fn a_temporary_password_dies_unused_after_fourteen_days_and_lives_on_once_used() {
    // R26
    let app = under_must_change().await;
    app.later(SignedDuration::from_hours(14 * 24) + SignedDuration::from_secs(1));
    assert!(!app.accepts("driver1", NEW).await);

    let app = under_must_change().await;
    app.later(SignedDuration::from_hours(13 * 24));
    assert!(app.accepts("driver1", NEW).await);
    app.later(SignedDuration::from_hours(30 * 24));
    assert!(app.accepts("driver1", NEW).await);
}

#[tokio::test]
async fn a_password_of_a_year_ago_is_still_good() {
    // R15
    let app = TestGate::open().await;
    app.later(SignedDuration::from_hours(366 * 24));
    assert!(app.accepts("driver1", PASSWORD).await);
}
