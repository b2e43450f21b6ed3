//! `forcePwdReset` takes effect at the next sign-in, by whichever door.

use jiff::SignedDuration;
use passgate_gate::audit::{Door, Operation};
use passgate_gate::authority::Act;
use passgate_gate::caller::{Origin, Proof};
use passgate_gate::ids::RequestId;
use passgate_gate::operations::{ChangePassword, SignIn};
use passgate_gate::password::Password;
use passgate_gate::policy::Profile;
use passgate_gate::rng::OsRng;
use passgate_gate::session::SessionKind;
use passgate_gate::user::MustChange;
use passgate_gate::{Denied, Error};

use crate::house::{House, PASSWORD, operation, set_user_password};

const NEW: &str = "meadow19lark";

async fn set_with(house: &House, user: &str, force: &str) {
    house.set("INTEG1@NORTHCO", &set_user_password("NORTHCO", user, NEW, force)).await.is_done();
}

#[tokio::test]
async fn with_it_rest_and_soap_sign_ins_succeed_and_may_only_change_the_password() {
    // authorisation 3.5, R24.
    let house = House::open().await;
    set_with(&house, "ADMIN2", "1").await;
    for (door, kind) in [(Door::EcgridRest, SessionKind::Token), (Door::Ecgridos, SessionKind::Soap)] {
        let origin = |operation| Origin { door, operation, source: None, request: RequestId::random(&OsRng) };
        let sign_in = SignIn { kind, name: "ADMIN2@NORTHCO".to_owned(), password: Password::from(NEW) };
        let signed_in = house.gate.sign_in(&origin(Operation::SignIn), &sign_in).await.unwrap();
        assert!(signed_in.must_change);

        let proof = Proof::Session(kind, signed_in.token);
        let caller = house.gate.identify(origin(Operation::SetPassword), proof).await.unwrap();
        let refused = house.gate.permit(&caller, Act::SetPassword).await;
        assert!(matches!(refused, Err(Error::Denied(Denied::PasswordChangeRequired))), "{refused:?}");
    }
}

#[tokio::test]
async fn without_it_an_earlier_demand_is_lifted() {
    // authorisation 3.5: false clears the flag; omnitracs-soap 3 #9: so do a missing and a nil one.
    let house = House::open().await;
    let nil = "<forcePwdReset xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"1\"/>";
    for flag in ["<forcePwdReset>0</forcePwdReset>", "<forcePwdReset> false\n</forcePwdReset>", nil, ""] {
        set_with(&house, "DRV0042", "true").await;
        assert_eq!(house.account("DRV0042", "NORTHCO").await.user.must_change, MustChange::Required);
        let body = operation(&format!("<userId>DRV0042</userId><password>{NEW}</password>{flag}"));
        house.set("INTEG1@NORTHCO", &body).await.is_done();
        assert_eq!(house.account("DRV0042", "NORTHCO").await.user.must_change, MustChange::No, "{flag}");
    }
    let signed_in = house.signs_in("DRV0042@NORTHCO", NEW, Door::EcgridRest, SessionKind::Token).await;
    assert_eq!(signed_in, Some(false));
}

#[tokio::test]
async fn it_never_stops_a_call_of_the_portal_service() {
    // omnitracs-soap 3 #15, #17: such a call is no login, and an Admin may demand it of itself.
    let house = House::open().await;
    set_with(&house, "INTEG1", "1").await;
    let call = crate::house::envelope(
        &crate::house::token("INTEG1@NORTHCO", NEW),
        &set_user_password("", "DRV0042", NEW, "0"),
    );
    house.call(&call).await.is_done();
    assert_eq!(house.account("INTEG1", "NORTHCO").await.user.must_change, MustChange::Required);
}

#[tokio::test]
async fn changing_the_password_ends_the_demand() {
    // authorisation 3.5: the new one must differ.
    let house = House::open().await;
    set_with(&house, "ADMIN2", "1").await;
    let origin =
        |operation| Origin { door: Door::EcgridRest, operation, source: None, request: RequestId::random(&OsRng) };
    let sign_in = SignIn { kind: SessionKind::Token, name: "ADMIN2@NORTHCO".to_owned(), password: Password::from(NEW) };
    let token = house.gate.sign_in(&origin(Operation::SignIn), &sign_in).await.unwrap().token;
    let proof = Proof::Session(SessionKind::Token, token);
    let caller = house.gate.identify(origin(Operation::ChangePassword), proof).await.unwrap();
    let change = |new: &str| ChangePassword {
        current: Password::from(NEW),
        new: Password::from(new),
        profile: Profile::LetterAndDigit,
    };
    let same = house.gate.change_password(&caller, change(NEW)).await;
    assert!(matches!(same, Err(Error::PasswordUnchanged)), "{same:?}");
    house.gate.change_password(&caller, change("harbour82light")).await.unwrap();
    assert_eq!(house.account("ADMIN2", "NORTHCO").await.user.must_change, MustChange::No);
}

#[tokio::test]
async fn a_password_with_a_forced_change_dies_unused_after_14_days() {
    // authorisation 3.5, R26: on this door as on the others.
    let house = House::open().await;
    set_with(&house, "ADMIN2", "1").await;
    let day = SignedDuration::from_hours(24);
    house.later(day * 14 + SignedDuration::from_secs(1));
    let call = crate::house::envelope(
        &crate::house::token("ADMIN2@NORTHCO", NEW),
        &set_user_password("", "DRV0042", NEW, "0"),
    );
    house.call(&call).await.is_failed_authentication();
    assert!(!house.accepts("ADMIN2@NORTHCO", NEW).await);
    set_with(&house, "ADMIN2", "0").await;
    house.later(day * 365);
    assert!(house.accepts("ADMIN2@NORTHCO", NEW).await);
    assert!(house.accepts("DRV0042@NORTHCO", PASSWORD).await);
}
