//! Sessions: how long they live and what ends them. R32 to R39, R42.

use jiff::SignedDuration;
use passgate_gate::audit::{Door, Operation};
use passgate_gate::operations::{SignIn, SignedIn, UpdateUser};
use passgate_gate::password::Password;
use passgate_gate::secret::Token;
use passgate_gate::session::SessionKind;
use passgate_gate::settings::LimitSettings;
use passgate_gate::user::Status;
use passgate_gate::{Error, Proof, Settings};
use passgate_testing::{PASSWORD, Person, TestGate};
use zeroize::Zeroizing;

use super::sets::number;

async fn soap(app: &TestGate) -> Result<SignedIn, Error> {
    let origin = app.origin(Door::Ecgridos, Operation::SignIn);
    let sign_in = SignIn { kind: SessionKind::Soap, name: "driver1".to_owned(), password: Password::from(PASSWORD) };
    app.gate.sign_in(&origin, &sign_in).await
}

fn copy(token: &Token) -> Token {
    Token::sent(Zeroizing::new(token.expose().to_owned()))
}

async fn is_open(app: &TestGate, kind: SessionKind, token: &Token) -> bool {
    let origin = app.origin(Door::Ecgridos, Operation::ReadUser);
    app.gate.identify(origin, Proof::Session(kind, copy(token))).await.is_ok()
}

#[tokio::test]
async fn a_soap_session_lives_an_hour_unused_and_twelve_in_all() {
    // R32
    let app = TestGate::open().await;
    let unused = soap(&app).await.unwrap();
    let used = soap(&app).await.unwrap();
    for _ in 0..11 {
        app.later(SignedDuration::from_mins(59));
        assert!(is_open(&app, SessionKind::Soap, &used.token).await);
    }
    assert!(!is_open(&app, SessionKind::Soap, &unused.token).await);
    app.later(SignedDuration::from_mins(12 * 60 - 11 * 59));
    assert!(!is_open(&app, SessionKind::Soap, &used.token).await);
}

#[tokio::test]
async fn a_sixth_soap_session_is_refused_and_a_hundred_and_first_token_ends_the_oldest() {
    // R42
    let app = TestGate::open().await;
    for _ in 0..5 {
        soap(&app).await.unwrap();
    }
    assert!(matches!(soap(&app).await, Err(Error::TooManySessions)));

    let first = app.sign_in("driver1", PASSWORD).await.unwrap();
    app.later(SignedDuration::from_millis(1));
    let second = app.sign_in("driver1", PASSWORD).await.unwrap();
    for _ in 0..99 {
        app.later(SignedDuration::from_millis(1));
        app.sign_in("driver1", PASSWORD).await.unwrap();
    }
    assert!(!is_open(&app, SessionKind::Token, &first.token).await);
    assert!(is_open(&app, SessionKind::Token, &second.token).await);
}

#[tokio::test]
async fn a_session_of_one_kind_is_none_of_another() {
    let app = TestGate::open().await;
    let signed_in = soap(&app).await.unwrap();
    assert!(!is_open(&app, SessionKind::Token, &signed_in.token).await);
}

#[tokio::test]
async fn refreshing_ends_the_old_token_and_never_outlives_the_chain() {
    // R39
    let app = TestGate::open().await;
    let origin = || app.origin(Door::EcgridRest, Operation::RefreshSession);
    let mut current = app.sign_in("driver1", PASSWORD).await.unwrap();
    for _ in 0..12 {
        app.later(SignedDuration::from_mins(55));
        let next = app.gate.refresh(&origin(), &current.token).await.unwrap();
        assert!(!is_open(&app, SessionKind::Token, &current.token).await);
        assert!(next.session.expires <= next.session.absolute);
        current = next;
    }
    app.later(SignedDuration::from_mins(59));
    assert!(is_open(&app, SessionKind::Token, &current.token).await);
    app.later(SignedDuration::from_mins(1));
    assert!(!is_open(&app, SessionKind::Token, &current.token).await, "twelve hours after the login");
}

#[tokio::test]
async fn a_refreshed_token_used_again_ends_the_whole_chain() {
    // R39
    let app = TestGate::open().await;
    let origin = || app.origin(Door::EcgridRest, Operation::RefreshSession);
    let stolen = app.sign_in("driver1", PASSWORD).await.unwrap();
    let fresh = app.gate.refresh(&origin(), &stolen.token).await.unwrap();
    assert!(app.gate.refresh(&origin(), &stolen.token).await.is_err());
    assert!(!is_open(&app, SessionKind::Token, &fresh.token).await);
}

#[tokio::test]
async fn a_source_that_failed_too_often_still_ends_a_stolen_chain_and_fills_no_record() {
    // R39, R62: whoever guesses from behind the same address must not keep what they stole alive by it
    let limits = LimitSettings { source_failures: 2, ..LimitSettings::default() };
    let app = TestGate::open_with(Settings { limits, ..Settings::default() }).await;
    let origin = || app.origin(Door::EcgridRest, Operation::RefreshSession);
    let stolen = app.sign_in("driver1", PASSWORD).await.unwrap();
    let fresh = app.gate.refresh(&origin(), &stolen.token).await.unwrap();
    for name in ["a", "b"] {
        assert!(!app.accepts(name, "wrong").await);
    }
    let (reused, records) = app.recorded(app.gate.refresh(&origin(), &stolen.token)).await;
    assert!(matches!(reused, Err(Error::RateLimited { .. })), "{reused:?}");
    assert_eq!(records.len(), 1, "the end of the chain");
    assert!(!is_open(&app, SessionKind::Token, &fresh.token).await);

    let (again, records) = app.recorded(app.gate.refresh(&origin(), &stolen.token)).await;
    assert!(matches!(again, Err(Error::RateLimited { .. })), "{again:?}");
    assert!(records.is_empty(), "{records:?}");
}

#[tokio::test]
async fn locking_and_suspending_end_sessions_at_once_and_a_lock_leaves_keys() {
    // R34, authorisation 3.6
    let app = TestGate::open().await;
    let session = app.sign_in("driver1", PASSWORD).await.unwrap();
    let owner = app.caller(Person::Driver, Door::EcgridRest, Operation::GenerateApiKey).await;
    let key = app.gate.generate_api_key(&owner, &number(Person::Driver)).await.unwrap();
    let by_key = |operation| app.gate.identify(app.origin(Door::EcgridRest, operation), Proof::ApiKey(copy(&key)));

    let admin = app.caller(Person::Admin, Door::EcgridRest, Operation::LockUser).await;
    app.gate.lock_user(&admin, &number(Person::Driver), true).await.unwrap();
    assert!(!is_open(&app, SessionKind::Token, &session.token).await);
    assert!(by_key(Operation::ReadUser).await.is_ok());

    let admin = app.caller(Person::Admin, Door::EcgridRest, Operation::UpdateUser).await;
    let suspend = UpdateUser {
        target: number(Person::Driver),
        email: None,
        first_name: None,
        last_name: None,
        status: Some(Status::Suspended),
    };
    app.gate.update_user(&admin, suspend).await.unwrap();
    assert!(by_key(Operation::ReadUser).await.is_err());
}
