//! Guessing at passwords: authorisation 3.1 and 3.6, R54 to R60.

use std::sync::Arc;

use jiff::SignedDuration;
use passgate_gate::audit::{Door, Operation};
use passgate_gate::operations::Target;
use passgate_gate::password::Password;
use passgate_gate::secret::Token;
use passgate_gate::session::SessionKind;
use passgate_gate::settings::LimitSettings;
use passgate_gate::{Error, Proof, Settings};
use passgate_testing::{PASSWORD, Person, TestGate};
use zeroize::Zeroizing;

#[tokio::test]
async fn names_lead_to_accounts_as_documented() {
    // authorisation 3.1, R86
    let app = TestGate::open().await;
    for name in ["driver1", "DRIVER1", " driver1 ", "driver1@NORTHCO", "Driver1@northco", "driver1@people.example"] {
        assert!(app.accepts(name, PASSWORD).await, "{name}");
    }
    for name in ["driver1@SOUTHCO", "driver1@", "@NORTHCO", "driver1@NORTHCO@NORTHCO", "", "driver"] {
        assert!(!app.accepts(name, PASSWORD).await, "{name}");
    }
}

#[tokio::test]
async fn the_fifth_wrong_password_closes_the_door_for_a_second_even_to_the_right_one() {
    // R57
    let app = TestGate::open().await;
    for _ in 0..5 {
        assert!(!app.accepts("driver1", "wrong").await);
    }
    let hashes = app.lane.figures().hashes;
    assert!(!app.accepts("driver1", PASSWORD).await);
    assert_eq!(app.lane.figures().hashes, hashes, "a throttled attempt is not hashed");
    app.later(SignedDuration::from_secs(1));
    assert!(app.accepts("driver1", PASSWORD).await);
    for _ in 0..4 {
        assert!(!app.accepts("driver1", "wrong").await);
    }
    assert!(app.accepts("driver1", PASSWORD).await, "a success sets the count to zero");
}

#[tokio::test]
async fn unknown_names_cost_one_hash_and_are_throttled_like_known_ones() {
    // R55, R56, R59
    let app = TestGate::open().await;
    for name in ["nobody", "NOBODY", " nobody", "Nobody ", "nobody"] {
        let hashes = app.lane.figures().hashes;
        assert!(!app.accepts(name, PASSWORD).await);
        assert_eq!(app.lane.figures().hashes, hashes + 1, "{name:?}");
    }
    let hashes = app.lane.figures().hashes;
    assert!(!app.accepts("nobody", PASSWORD).await);
    assert_eq!(app.lane.figures().hashes, hashes, "variants of a name share one counter");
}

#[tokio::test]
async fn parallel_guesses_cannot_outrun_the_throttle() {
    // R60
    let app = Arc::new(TestGate::open().await);
    let hashes = app.lane.figures().hashes;
    let guesses: Vec<_> = (0..60)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move { app.accepts("driver1", "wrong").await })
        })
        .collect();
    for guess in guesses {
        assert!(!guess.await.unwrap());
    }
    assert_eq!(app.lane.figures().hashes, hashes + 5);
}

#[tokio::test]
async fn parallel_good_calls_are_all_let_in() {
    let app = Arc::new(TestGate::open().await);
    let calls: Vec<_> = (0..12)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move { app.accepts("driver1", PASSWORD).await })
        })
        .collect();
    for call in calls {
        assert!(call.await.unwrap());
    }
}

#[tokio::test]
async fn throttled_accounts_are_open_to_keys_and_sessions() {
    // R61
    let app = TestGate::open().await;
    let caller = app.caller(Person::Driver, Door::EcgridRest, Operation::GenerateApiKey).await;
    let key = app.gate.generate_api_key(&caller, &Target::Myself).await.unwrap();
    for _ in 0..6 {
        assert!(!app.accepts("driver1", "wrong").await);
    }
    let origin = app.origin(Door::EcgridRest, Operation::ReadUser);
    let by_key = app.gate.identify(origin, Proof::ApiKey(key)).await.unwrap();
    assert!(app.gate.read_user(&by_key, &Target::Myself).await.is_ok());
    assert!(app.gate.read_user(&caller, &Target::Myself).await.is_ok());
}

fn by_token(name: &str, password: &str, nonce: Option<&[u8]>) -> Proof {
    let nonce = nonce.map(<[u8]>::to_vec);
    Proof::UsernameToken { name: name.to_owned(), password: Password::from(password), nonce }
}

#[tokio::test]
async fn a_nonce_works_once_per_user() {
    // R83
    let app = TestGate::open().await;
    let origin = || app.origin(Door::Omnitracs, Operation::SetPassword);
    let identify = |name, nonce| app.gate.identify(origin(), by_token(name, PASSWORD, nonce));
    assert!(identify("ADMIN1@NORTHCO", Some(b"once")).await.is_ok());
    assert!(matches!(identify("ADMIN1@NORTHCO", Some(b"once")).await, Err(Error::Unidentified)));
    assert!(identify("DEPUTY1@NORTHCO", Some(b"once")).await.is_ok());
    assert!(identify("ADMIN1@NORTHCO", Some(b"twice")).await.is_ok());
}

#[tokio::test]
async fn a_verified_token_is_remembered_for_a_minute_and_forgotten_by_a_set() {
    // omnitracs-soap 3 #22, R21
    let app = TestGate::open().await;
    let identify = || {
        let origin = app.origin(Door::Omnitracs, Operation::SetPassword);
        app.gate.identify(origin, by_token("DRIVER1@NORTHCO", PASSWORD, None))
    };
    identify().await.unwrap();
    let hashes = app.lane.figures().hashes;
    identify().await.unwrap();
    assert_eq!(app.lane.figures().hashes, hashes);
    app.later(SignedDuration::from_secs(60));
    identify().await.unwrap();
    assert_eq!(app.lane.figures().hashes, hashes + 1);

    let caller = app.caller(Person::Admin, Door::EcgridRest, Operation::SetPassword).await;
    let set = super::sets::to(
        super::sets::number(Person::Driver),
        super::sets::NEW,
        passgate_gate::operations::Demand::ByRule,
    );
    app.gate.set_password(&caller, set).await.unwrap();
    assert!(matches!(identify().await, Err(Error::Unidentified)));
}

#[tokio::test]
async fn an_address_that_fails_too_often_is_told_when_to_come_back() {
    // R62
    let limits = LimitSettings { source_failures: 3, ..LimitSettings::default() };
    let app = TestGate::open_with(Settings { limits, ..Settings::default() }).await;
    for name in ["a", "b", "c"] {
        assert!(!app.accepts(name, "wrong").await);
    }
    let (limited, records) = app.recorded(app.sign_in("driver1", PASSWORD)).await;
    let Err(Error::RateLimited { retry_after }) = limited else { panic!("{limited:?}") };
    assert!(records.is_empty(), "a flood does not fill the record");
    app.later(SignedDuration::try_from(retry_after).unwrap());
    assert!(app.accepts("driver1", PASSWORD).await);
}

#[tokio::test]
async fn an_address_that_fails_too_often_is_open_to_good_keys_and_sessions() {
    // R61, R62
    let limits = LimitSettings { source_failures: 3, ..LimitSettings::default() };
    let app = TestGate::open_with(Settings { limits, ..Settings::default() }).await;
    let caller = app.caller(Person::Driver, Door::EcgridRest, Operation::GenerateApiKey).await;
    let key = app.gate.generate_api_key(&caller, &Target::Myself).await.unwrap();
    let session = app.sign_in("driver1", PASSWORD).await.unwrap().token;
    let token = || Token::sent(Zeroizing::new(session.expose().to_owned()));
    for name in ["a", "b", "c"] {
        assert!(!app.accepts(name, "wrong").await);
    }
    let identify = |proof| app.gate.identify(app.origin(Door::EcgridRest, Operation::ReadUser), proof);
    assert!(identify(Proof::ApiKey(key)).await.is_ok());
    assert!(identify(Proof::Session(SessionKind::Token, token())).await.is_ok());
    let unknown = Token::sent(Zeroizing::new("none".to_owned()));
    let (limited, records) = app.recorded(identify(Proof::ApiKey(unknown))).await;
    assert!(matches!(limited, Err(Error::RateLimited { .. })));
    assert!(records.is_empty(), "a flood does not fill the record");
    let origin = app.origin(Door::EcgridRest, Operation::RefreshSession);
    assert!(app.gate.refresh(&origin, &token()).await.is_ok());
    assert!(matches!(app.gate.refresh(&origin, &token()).await, Err(Error::RateLimited { .. })));
}

#[tokio::test]
async fn refusals_without_a_credential_do_not_fill_the_record() {
    // decision 4
    let limits = LimitSettings { source_failures: 3, ..LimitSettings::default() };
    let app = TestGate::open_with(Settings { limits, ..Settings::default() }).await;
    let origin = app.origin(Door::EcgridRest, Operation::SetPassword);
    let flood = async {
        for _ in 0..20 {
            app.gate.refused(&origin, None, "no-credential").await.unwrap();
        }
    };
    let ((), records) = app.recorded(flood).await;
    assert_eq!(records.len(), 3);
}

#[tokio::test]
async fn a_caller_that_calls_too_often_is_told_when_to_come_back() {
    // R63
    let limits = LimitSettings { caller_burst: 2, caller_per_second: 1, ..LimitSettings::default() };
    let app = TestGate::open_with(Settings { limits, ..Settings::default() }).await;
    let call = || async {
        let origin = app.origin(Door::Omnitracs, Operation::SetPassword);
        app.gate.identify(origin, by_token("DRIVER1@NORTHCO", PASSWORD, None)).await
    };
    assert!(call().await.is_ok());
    assert!(call().await.is_ok());
    assert!(matches!(call().await, Err(Error::RateLimited { .. })));
    app.later(SignedDuration::from_secs(1));
    assert!(call().await.is_ok());
}
