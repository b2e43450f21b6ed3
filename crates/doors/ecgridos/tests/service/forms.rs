//! The form binding. Contract: ecgridos-soap 4.4 (form rows), R78.

use axum::body::Body;
use http::Request;

use crate::house::{House, NEW, NOBODY, PASSWORD, PATH, TARGET};

#[tokio::test]
async fn a_form_sets_a_password() {
    let house = House::open().await;
    let login = house.form("Login", &format!("LoginName=admin&Password={PASSWORD}")).await;
    assert_eq!(login.content_type(), "text/xml; charset=utf-8");
    let session = login.text("string");
    let answer =
        house.form("UserPassword", &format!("sessionid={session}&USERID=1042&NewPassword=Larch%2Dtree+42")).await;
    let expected = "<?xml version=\"1.0\" encoding=\"utf-8\"?><boolean xmlns=\"https://os.ecgrid.io/\">true</boolean>";
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, expected));
    assert!(house.accepts("target", "Larch-tree 42").await);

    let six = format!(
        "SessionID={session}&UserID=1042&CurrentRecoveryAnswer=&Password={NEW}&RecoveryQuestion=&RecoveryAnswer="
    );
    assert_eq!(house.form("userpassword", &six).await.body, expected);
    assert!(house.accepts("target", NEW).await);
    let info = house.form("UserInfo", &format!("SessionID={session}&UserID={TARGET}")).await;
    assert!(
        info.body.contains("<UserIDInfo xmlns=\"https://os.ecgrid.io/\"><UserID>1042</UserID><LoginName>"),
        "{}",
        info.body
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_form_is_told_as_text() {
    let house = House::open().await;
    let session = house.session("admin").await;
    house.form("Burn", "").await.is_text("Unknown operation: Burn.");
    house.form("UserPassword", "UserID=1&NewPassword=x").await.is_text("Missing parameter: SessionID.");
    house
        .form("UserPassword", &format!("SessionID={session}&NewPassword=x"))
        .await
        .is_text("Missing parameter: UserID.");
    house
        .form("UserPassword", &format!("SessionID={session}&UserID=1042"))
        .await
        .is_text("Missing parameter: NewPassword.");
    let twice = format!("SessionID={session}&UserID=1042&NewPassword=x&newpassword=y");
    house.form("UserPassword", &twice).await.is_text("Parameter given twice: NewPassword.");
    let set = async |user: i32, password: &str| {
        house.form("UserPassword", &format!("SessionID={session}&UserID={user}&NewPassword={password}")).await
    };
    set(NOBODY, NEW).await.is_text("NotFound: User not found.");
    set(TARGET, "").await.is_text("InvalidDataLength: A new password is required.");
    house.form("WhoAmI", "SessionID=none").await.is_text("SessionTimeout: Invalid SessionID.");
    house.form("Login", "LoginName=admin&Password=wrong").await.is_text("AccessDenied: Login failed.");
    assert!(house.accepts("target", PASSWORD).await);
}

#[tokio::test]
async fn credentials_by_get_or_in_a_query_change_nothing() {
    // R78.
    let house = House::open().await;
    let session = house.session("admin").await;
    let query = format!("SessionID={session}&UserID=1042&NewPassword={NEW}");
    house.get(&format!("{PATH}/UserPassword?{query}")).await.is_text("Request format is not enabled.");
    let request = Request::post(format!("{PATH}/UserPassword?{query}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::empty())
        .unwrap();
    house.send(request).await.is_text("Missing parameter: SessionID.");
    assert!(house.accepts("target", PASSWORD).await);
}

#[tokio::test]
async fn by_get_there_are_version_and_time_and_nothing_else() {
    // ecgridos-soap 3 #22.
    let house = House::open().await;
    for operation in passgate_door_ecgridos::SERVICE.operations {
        let answer = house.get(&format!("{PATH}/{}", operation.name)).await;
        match operation.name {
            "Version" => assert!(answer.body.ends_with("<string xmlns=\"https://os.ecgrid.io/\">4.1</string>")),
            "NowUTC" => assert!(
                answer.body.ends_with("<dateTime xmlns=\"https://os.ecgrid.io/\">2026-03-01T12:00:00Z</dateTime>")
            ),
            _ => answer.is_text("Request format is not enabled."),
        }
    }
    let posted = house.form("NowUTC", "").await;
    assert_eq!(posted.status.as_u16(), 200);
    house.get("/v3.2/prod/ecgridos.asmx/Version").await.text("string");
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    let house = House::open().await;
    for path in [PATH.to_owned(), format!("{PATH}/UserPassword")] {
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
            let answer = house.send(Request::builder().method(method).uri(&path).body(Body::empty()).unwrap()).await;
            answer.is_empty(405);
            assert_eq!(answer.headers["allow"], "GET, HEAD, POST");
        }
    }
}
