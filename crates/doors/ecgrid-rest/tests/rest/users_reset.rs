//! `POST /v2/users/reset/{id}`. Contract: ecgrid-rest 2.4, 3 #24, 4.2; authorisation 3.7, 4.5.

use passgate_gate::audit::Operation;
use passgate_gate::level::Level;
use passgate_gate::operations::Target;

use crate::app::{PASSWORD, TestApp};

const DONE: &str = r#"{"success":true,"data":true}"#;

#[tokio::test]
async fn a_reset_ends_tokens_lifts_throttle_and_lock_and_keeps_keys() {
    // ecgrid-rest 3 #24
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let (token, key) = (ben.token().await, ben.key().await);
    let path = format!("/v2/users/reset/{}", ben.id);
    admin.post(&path, "").await.is(DONE);
    token.get("/v2/users/me").await.refuses(401, "InvalidSession", "The session is not valid.");
    assert_eq!(key.get("/v2/users/me").await.status, 200);

    for _ in 0..5 {
        app.login("ben", "wrong").await;
    }
    let operator = app.operator(Operation::LockUser);
    app.gate.lock_user(&operator, &Target::Number(ben.id), true).await.unwrap();
    assert!(!app.accepts("ben", PASSWORD).await);
    admin.post(&path, "{}").await.is(DONE);
    assert!(app.accepts("ben", PASSWORD).await);
}

#[tokio::test]
async fn administrators_reset_whom_they_administer_and_nobody_else_resets_anybody() {
    // authorisation 4.5, 3.2
    let app = TestApp::start().await;
    let general = |login: &'static str, place| app.user(login, Level::General, place);
    let (own, elsewhere) = (general("own", (1, 1)).await, general("elsewhere", (1, 2)).await);
    let foreign = general("foreign", (2, 1)).await;
    let above = app.user("above", Level::NetworkAdmin, (1, 1)).await;
    for (level, expected) in [
        (Level::NetOps, [200, 200, 200, 200, 404]),
        (Level::NetworkAdmin, [200, 200, 404, 200, 404]),
        (Level::NetworkUser, [403; 5]),
        (Level::MailboxAdmin, [200, 404, 404, 403, 404]),
        (Level::MailboxUser, [403; 5]),
        (Level::General, [403; 5]),
    ] {
        let key = app.user(level.name(), level, (1, 1)).await.key().await;
        for (id, status) in [own.id, elsewhere.id, foreign.id, above.id, 999_999].into_iter().zip(expected) {
            let answer = key.post(&format!("/v2/users/reset/{id}"), "").await;
            assert_eq!(answer.status, status, "{level} {id}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn an_id_that_is_no_int32_is_named() {
    // ecgrid-rest 4.2
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for id in ["x", "1.5", "2147483648", "1e3", "-", "%FF", "%20", "+1", "1%2F2"] {
        let answer = admin.post(&format!("/v2/users/reset/{id}"), "").await;
        answer.refuses(400, "InvalidParameter", "id must be an integer.");
    }
    let low = app.user("low", Level::General, (1, 1)).await.key().await;
    assert_eq!(low.post("/v2/users/reset/x", "").await.status, 403);
}

#[tokio::test]
async fn a_body_that_nobody_asked_for_must_still_be_json() {
    // R91
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let path = format!("/v2/users/reset/{}", ben.id);
    admin.post(&path, "[]").await.refuses(400, "InvalidParameter", "The request body is not a JSON object.");
    let text = [("content-type", "text/plain")];
    let answer = admin.send_with(http::Method::POST, &path, &text, b"{}".to_vec()).await;
    answer.refuses(415, "InvalidParameter", "Content-Type must be application/json.");
    admin.post(&path, r#"{"anything":1}"#).await.is(DONE);
}
