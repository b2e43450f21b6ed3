//! `POST /v2/auth/login`. Contract: ecgrid-rest 2.3, 3 #2, #20, #21, 4.2; authorisation 3.1, 3.6.

use jiff::SignedDuration;
use passgate_gate::audit::Operation;
use passgate_gate::level::Level;
use passgate_gate::operations::Target;
use serde_json::json;

use crate::app::{NEW, PASSWORD, TestApp};

const LOGIN: &str = "/v2/auth/login";

#[tokio::test]
async fn a_login_gives_a_token_its_end_and_the_user() {
    // ecgrid-rest 2.3, 3 #1, #3
    let app = TestApp::start().await;
    let ann = app.user("ann", Level::NetworkAdmin, (1, 0)).await;
    let answer = app.login("ann", PASSWORD).await;
    let token = answer.member("token");
    answer.is(&format!(
        r#"{{"success":true,"data":{{"token":"{token}","expiresAt":"2027-01-15T09:00:00Z","userId":{}}},"errorCode":"","message":""}}"#,
        ann.id
    ));
    assert_eq!(app.with(&[("authorization", &format!("Bearer {token}"))]).get("/v2/users/me").await.status, 200);
}

#[tokio::test]
async fn the_name_comes_as_login_login_name_or_email() {
    // ecgrid-rest 3 #2, authorisation 3.1
    let app = TestApp::start().await;
    app.user("ann", Level::NetworkAdmin, (1, 0)).await;
    for (field, name) in [
        ("login", "ann"),
        ("LOGINNAME", " ANN "),
        ("loginName", "ann@ACME"),
        ("email", "ann@mail.example"),
        ("login", "Ann@Mail.Example"),
        ("email", "ann"),
    ] {
        let answer = app.anybody().post(LOGIN, &json!({ field: name, "password": PASSWORD }).to_string()).await;
        assert_eq!(answer.status, 200, "{field} {name}: {}", answer.body);
    }
}

#[tokio::test]
async fn every_failed_login_is_one_answer() {
    // ecgrid-rest 3 #20, 4.2; R54
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let locked = app.user("locked", Level::MailboxUser, (1, 1)).await;
    let operator = app.operator(Operation::LockUser);
    app.gate.lock_user(&operator, &Target::Number(locked.id), true).await.unwrap();
    let suspended = app.user("suspended", Level::MailboxUser, (1, 1)).await;
    admin.put("/v2/users", &json!({ "userId": suspended.id, "status": "Suspended" }).to_string()).await;
    app.user("twin", Level::MailboxUser, (1, 1)).await;
    app.user("twin", Level::MailboxUser, (2, 1)).await;
    for _ in 0..5 {
        app.login("throttled@OTHER", "wrong").await;
    }
    let throttled = app.user("throttled", Level::MailboxUser, (1, 1)).await;
    for _ in 0..5 {
        app.login("throttled", "wrong").await;
    }
    let mut headers = None;
    for (login, password) in [
        ("nobody", PASSWORD),
        ("ben", "wrong"),
        ("ben", "larch-tree-42"),
        ("ben", " Larch-tree-42"),
        ("locked", PASSWORD),
        ("suspended", PASSWORD),
        ("twin", PASSWORD),
        (&throttled.login, PASSWORD),
        ("ben@OTHER", PASSWORD),
        ("ben@NOBODY", PASSWORD),
    ] {
        let mut answer = app.login(login, password).await;
        answer.refuses(401, "InvalidSession", "Login failed.");
        answer.headers.remove("passgate-request-id");
        assert_eq!(headers.get_or_insert(answer.headers.clone()), &answer.headers, "{login}");
    }
    assert_eq!(app.login("twin@ACME", PASSWORD).await.status, 200);
    assert_eq!(ben.key().await.get("/v2/users/me").await.status, 200);
}

#[tokio::test]
async fn a_throttle_ends_by_itself_and_by_a_set() {
    // authorisation 3.6, 3.7
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let throttle = || async {
        for _ in 0..5 {
            app.login("ben", "wrong").await;
        }
    };
    throttle().await;
    assert!(!app.accepts("ben", PASSWORD).await);
    app.wait(SignedDuration::from_secs(1));
    assert!(app.accepts("ben", PASSWORD).await);
    throttle().await;
    let set = json!({ "userId": ben.id, "newPassword": NEW }).to_string();
    assert_eq!(admin.post("/v2/users/password", &set).await.status, 200);
    assert!(app.accepts("ben", NEW).await);
}

#[tokio::test]
async fn a_login_without_name_or_password_is_told_which() {
    // ecgrid-rest 4.2
    let app = TestApp::start().await;
    for (body, message) in [
        ("", "The request body is not a JSON object."),
        ("{}", "login is required."),
        (r#"{"login":null,"loginName":"","password":"x"}"#, "login is required."),
        (r#"{"login":"ann"}"#, "password is required."),
        (r#"{"email":"ann","password":""}"#, "password is required."),
        (r#"{"login":1,"password":"x"}"#, "login must be a string."),
        (r#"{"login":"ann","password":1}"#, "password must be a string."),
        (r#"{"login":"ann","Login":"ann","password":"x"}"#, "The request body names a property twice."),
    ] {
        app.anybody().post(LOGIN, body).await.refuses(400, "InvalidParameter", message);
    }
}

#[tokio::test]
async fn a_login_looks_at_no_credential() {
    // ecgrid-rest 2.1
    let app = TestApp::start().await;
    app.user("ann", Level::NetworkAdmin, (1, 0)).await;
    let body = json!({ "login": "ann", "password": PASSWORD }).to_string();
    let actor = app.with(&[("x-api-key", "x"), ("authorization", "Bearer expired")]);
    assert_eq!(actor.post(LOGIN, &body).await.status, 200);
}

#[tokio::test]
async fn the_hundred_and_first_token_ends_the_oldest() {
    // ecgrid-rest 3 #21, 4.2; R42
    let app = TestApp::start().await;
    let ann = app.user("ann", Level::NetworkAdmin, (1, 0)).await;
    let (first, second) = (ann.token().await, ann.token().await);
    for _ in 0..98 {
        app.wait(SignedDuration::from_millis(1));
        assert!(app.accepts("ann", PASSWORD).await);
    }
    assert_eq!(first.get("/v2/users/me").await.status, 200);
    assert!(app.accepts("ann", PASSWORD).await);
    let ended = [first.get("/v2/users/me").await.status, second.get("/v2/users/me").await.status];
    assert!(ended.contains(&401) && ended.contains(&200), "one of the two oldest ended: {ended:?}");
}
