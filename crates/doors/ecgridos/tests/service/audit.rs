//! One attempt, one record. R108; ecgridos-soap 4.3.

use axum::body::Body;
use http::Request;

use crate::house::{Answer, House, NEW, NEWER, NOBODY, PASSWORD, PATH, TARGET, V41, soap};

/// The attempt left one record, which says this.
async fn leaves(
    house: &House,
    what: impl Future<Output = Answer>,
    operation: &str,
    refused: Option<&str>,
    target: Option<i32>,
) {
    let (_, records) = house.records_of(what).await;
    let [record] = &records[..] else { panic!("{operation} {refused:?} left {records:?}") };
    assert_eq!(
        (record.door.as_str(), record.operation.as_str(), record.refused.as_deref(), record.target),
        ("ecgridos", operation, refused, target)
    );
    assert_eq!(record.source.as_deref(), Some("127.0.0.1"));
}

#[tokio::test]
async fn every_attempt_leaves_exactly_one_record() {
    let house = House::open().await;
    let [admin, clerk] = [house.session("admin").await, house.session("netuser").await];
    let set = async |session: &str, user: &str, more: &[(&str, &str)]| {
        let parameters = [&[("SessionID", session), ("UserID", user)], more].concat();
        house.call(V41, "UserPassword", &parameters).await
    };
    let good = [("NewPassword", NEW)];
    let set_as = "set-password";
    leaves(&house, set(&admin, "1042", &good), set_as, None, Some(TARGET)).await;
    leaves(&house, set("none", "1042", &good), set_as, Some("unidentified"), None).await;
    leaves(&house, set("", "1042", &good), set_as, Some("no-credential"), None).await;
    leaves(&house, set(&clerk, "1042", &good), set_as, Some("level-too-low"), None).await;
    leaves(&house, set(&admin, "0", &good), set_as, Some("user-id-missing"), None).await;
    leaves(&house, set(&admin, "x", &good), set_as, Some("user-id-no-integer"), None).await;
    leaves(&house, set(&admin, &NOBODY.to_string(), &good), set_as, Some("user-not-found"), Some(NOBODY)).await;
    leaves(&house, set(&admin, "30", &good), set_as, Some("target-above-caller"), Some(30)).await;
    leaves(&house, set(&admin, "1042", &[]), set_as, Some("password-empty"), Some(TARGET)).await;
    leaves(
        &house,
        set(&admin, "1042", &[("Password", "x"), ("NewPassword", "y")]),
        set_as,
        Some("two-passwords"),
        None,
    )
    .await;
    let long = "x".repeat(51);
    leaves(
        &house,
        set(&admin, "1042", &[("Password", NEW), ("RecoveryAnswer", &long)]),
        set_as,
        Some("recovery-too-long"),
        None,
    )
    .await;

    leaves(&house, house.login("target", PASSWORD), "sign-in", Some("sign-in-failed"), Some(TARGET)).await;
    leaves(&house, house.login("target", NEW), "sign-in", None, Some(TARGET)).await;
    leaves(&house, house.call(NEWER, "Logout", &[("SessionID", &clerk)]), "sign-out", None, Some(23)).await;
    leaves(&house, house.call(NEWER, "Logout", &[("SessionID", &clerk)]), "sign-out", Some("unidentified"), Some(23))
        .await;
}

#[tokio::test]
async fn what_never_became_a_call_is_recorded_and_pages_are_not() {
    let house = House::open().await;
    leaves(&house, house.send(soap("no")), "unknown", Some("envelope-refused"), None).await;
    leaves(&house, house.form("UserPassword", ""), "unknown", Some("envelope-refused"), None).await;
    leaves(&house, house.form("Burn", ""), "unknown", Some("envelope-refused"), None).await;
    let large =
        Request::post(PATH).header("content-type", "text/xml").body(Body::from(vec![b' '; 256 * 1024 + 1])).unwrap();
    leaves(&house, house.send(large), "unknown", Some("body-too-large"), None).await;
    leaves(&house, house.get(&format!("{PATH}/Login?LoginName=admin")), "unknown", Some("envelope-refused"), None)
        .await;
    let (_, records) = house
        .records_of(async {
            house.get("/v4.1/prod/other.asmx").await;
            house.get(&format!("{PATH}?WSDL")).await;
            house.get(PATH).await;
            house.call(V41, "Version", &[]).await
        })
        .await;
    assert_eq!(records, []);
}
