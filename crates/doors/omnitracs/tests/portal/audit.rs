//! One record per attempt, allowed or refused (R108).

use ::http::Request;
use axum::body::Body;
use passgate_door_omnitracs as portal;
use passgate_gate::store::TenantChange;

use crate::house::{House, PASSWORD, envelope, get, post, set_user_password, token, token_with};

fn a_set(user: &str, password: &str) -> String {
    set_user_password("NORTHCO", user, password, "1")
}

#[tokio::test]
async fn a_set_is_recorded_once_with_who_whom_and_what() {
    // R19, R108.
    let house = House::open().await;
    let caller = house.account("INTEG1", "NORTHCO").await.user;
    let target = house.account("DRV0042", "NORTHCO").await.user;
    let (answer, records) = house.records_of(house.set("INTEG1@NORTHCO", &a_set("DRV0042", "meadow19lark"))).await;
    answer.is_done();
    let [record] = &records[..] else { panic!("{records:?}") };
    assert_eq!((record.door.as_str(), record.operation.as_str()), ("omnitracs", "set-password"));
    assert_eq!((record.actor, record.credential.as_str()), (Some(caller.id.get()), "password"));
    assert_eq!((record.target, record.refused.as_deref()), (Some(target.id.get()), None));
    assert_eq!(record.credential_version, Some(target.credential_version + 1));
    assert_eq!(record.source.as_deref(), Some("127.0.0.1"));
    assert_eq!(record.request, answer.headers["passgate-request-id"].to_str().unwrap());
    assert!(record.note.contains("must-change=required"));
}

#[tokio::test]
async fn each_refusal_is_recorded_once_with_its_reason() {
    // R108: whoever refuses, engine, gate or HTTP, leaves one record that says why, and nothing that was sent.
    #[track_caller]
    fn check(records: &[passgate_gate::audit::StoredEvent], word: &str, what: &str) {
        let [record] = records else { panic!("{what}: {records:?}") };
        assert_eq!((record.door.as_str(), record.refused.as_deref()), ("omnitracs", Some(word)), "{what}");
        assert!(!format!("{record:?}").contains("m4rkerM4RKER"), "{what}");
    }
    let house = House::open().await;
    let good = token("INTEG1@NORTHCO", PASSWORD);
    let with = |header: &str, body: &str| envelope(header, body);
    let set = a_set("DRV0042", "m4rkerM4RKERm4rkerM4RKERm4rkerM4RKER");
    let calls = [
        (with(&good, &set), "password-too-many-characters"),
        (with(&good, &a_set("m4rkerM4RKER", "x")), "user-not-found"),
        (with(&good, &a_set("STAFF1", "x")), "target-above-caller"),
        (with(&good, &set_user_password("SOUTHCO", "DRV0099", "x", "0")), "tenant-not-found"),
        (with(&good, &set_user_password("", "DRV0042", "x", "m4rkerM4RKER")), "force-reset-no-boolean"),
        (with(&token("CLERK1@NORTHCO", PASSWORD), &set), "level-too-low"),
        (with(&token("m4rkerM4RKER", "m4rkerM4RKER"), &set), "unidentified"),
        (with(&token("INTEG1@NORTHCO", "m4rkerM4RKER"), &set), "unidentified"),
        (with("", &set), "no-credential"),
        (with(&format!("{good}{good}"), &set), "security-header-invalid"),
        (with(&token_with("a", "b", "<wsse:Nonce/>"), &set), "token-invalid"),
        (
            with(&good.replace("<wsse:Password>", "<wsse:Password Type=\"m4rkerM4RKER\">"), &set),
            "password-type-unsupported",
        ),
        (
            with(&good.replace("<wsse:UsernameToken>", "<wsse:BinarySecurityToken/><wsse:UsernameToken>"), &set),
            "token-unsupported",
        ),
        (with(&token_with("a", "b", "<wsu:Created>2020-01-01T00:00:00Z</wsu:Created>"), &set), "token-expired"),
        (with(&good, "<m4rkerM4RKER/>"), "envelope-refused"),
        ("m4rkerM4RKER".to_owned(), "envelope-refused"),
    ];
    for (call, word) in calls {
        let (answer, records) = house.records_of(house.call(&call)).await;
        assert_eq!(answer.status, 500, "{call}");
        check(&records, word, &call);
        let operation = if word == "envelope-refused" { "unknown" } else { "set-password" };
        assert_eq!(records[0].operation, operation, "{call}");
    }
    let (_, records) = house.records_of(house.send_from("192.0.2.7:1", false, post(&with(&good, &set)))).await;
    check(&records, "tls-required", "plain http");
    let (_, records) = house.records_of(house.call(&" ".repeat(300 * 1024))).await;
    check(&records, "body-too-large", "a large body");
    let json = Request::post(portal::PATH).header("content-type", "application/json").body(Body::from("{}")).unwrap();
    let (_, records) = house.records_of(house.send(json)).await;
    check(&records, "content-type", "JSON");
    let put = Request::put(portal::PATH).body(Body::empty()).unwrap();
    let (_, records) = house.records_of(house.send(put)).await;
    check(&records, "wrong-method", "PUT");
    house.change_tenant("NORTHCO", TenantChange { licensed: Some(false), suspended: None }).await;
    let (_, records) = house.records_of(house.call(&with(&good, &set))).await;
    check(&records, "not-licensed", "without licence");
}

#[tokio::test]
async fn reading_about_the_service_leaves_no_record() {
    // R108 is about attempts; a page is none.
    let house = House::open().await;
    for target in [portal::PATH.to_owned(), format!("{}?wsdl", portal::PATH), portal::DESCRIPTION_PATH.to_owned()] {
        let (answer, records) = house.records_of(house.send(get(&target))).await;
        assert_eq!((answer.status.as_u16(), records.len()), (200, 0));
    }
}

#[tokio::test]
async fn a_used_nonce_is_recorded_as_a_failed_proof() {
    // R83, R108.
    let house = House::open().await;
    let header = crate::authentication::fresh_token("INTEG1@NORTHCO", PASSWORD, "c29tZQ==");
    let call = envelope(&header, &a_set("DRV0042", "meadow19lark"));
    house.call(&call).await.is_done();
    let (answer, records) = house.records_of(house.call(&call)).await;
    answer.is_failed_authentication();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].refused.as_deref(), Some("unidentified"));
}
