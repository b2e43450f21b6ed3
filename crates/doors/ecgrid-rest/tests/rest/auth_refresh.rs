//! `POST /v2/auth/refresh`. Contract: ecgrid-rest 2.3, 3 #3, #21, 4.2; R39.

use jiff::SignedDuration;
use passgate_gate::level::Level;
use serde_json::json;

use crate::app::{Actor, Answer, TestApp};

const REFRESH: &str = "/v2/auth/refresh";
const ME: &str = "/v2/users/me";

fn bearer<'a>(app: &'a TestApp, answer: &Answer) -> Actor<'a> {
    app.with(&[("authorization", &format!("Bearer {}", answer.member("token")))])
}

#[track_caller]
fn is_ended(answer: &Answer) {
    answer.refuses(401, "InvalidSession", "The session is not valid.");
}

#[tokio::test]
async fn a_refreshed_token_works_and_the_old_one_stops_at_once() {
    // ecgrid-rest 2.3, 3 #3
    let app = TestApp::start().await;
    let ann = app.user("ann", Level::NetworkAdmin, (1, 0)).await;
    for field in ["token", "refreshToken", "RefreshToken"] {
        let old = ann.token().await;
        app.wait(SignedDuration::from_secs(60));
        let answer = old.post(REFRESH, &json!({ field: old.secret() }).to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(answer.body.ends_with(&format!("\"userId\":{}}},\"errorCode\":\"\",\"message\":\"\"}}", ann.id)));
        assert_eq!(bearer(&app, &answer).get(ME).await.status, 200);
        is_ended(&old.get(ME).await);
    }
}

#[tokio::test]
async fn the_bearer_alone_is_enough() {
    // ecgrid-rest 3 #3
    let app = TestApp::start().await;
    let ann = app.user("ann", Level::NetworkAdmin, (1, 0)).await;
    for body in ["", "{}"] {
        let answer = ann.token().await.post(REFRESH, body).await;
        assert_eq!(bearer(&app, &answer).get(ME).await.status, 200);
    }
}

#[tokio::test]
async fn a_key_may_refresh_a_token_in_the_body() {
    // ecgrid-rest 2.3
    let app = TestApp::start().await;
    let ann = app.user("ann", Level::NetworkAdmin, (1, 0)).await;
    let (key, token) = (ann.key().await, ann.token().await);
    let answer = key.post(REFRESH, &json!({ "token": token.secret() }).to_string()).await;
    assert_eq!(bearer(&app, &answer).get(ME).await.status, 200);
    for body in ["", "{}", r#"{"token":null}"#, r#"{"token":"","refreshToken":""}"#] {
        key.post(REFRESH, body).await.refuses(400, "InvalidParameter", "token is required.");
    }
    key.post(REFRESH, r#"{"token":1}"#).await.refuses(400, "InvalidParameter", "token must be a string.");
    for token in ["x", token.secret(), key.secret()] {
        is_ended(&key.post(REFRESH, &json!({ "token": token }).to_string()).await);
    }
}

#[tokio::test]
async fn an_invalid_bearer_is_refused_before_the_body_is_judged() {
    // ecgrid-rest 3 (order of checks)
    let app = TestApp::start().await;
    let token = app.user("ann", Level::NetworkAdmin, (1, 0)).await.token().await;
    assert_eq!(token.post("/v2/auth/logout", "").await.status, 200);
    is_ended(&token.post(REFRESH, "[").await);
    is_ended(&app.with(&[("authorization", "Bearer x")]).post(REFRESH, "[").await);
    app.anybody().post(REFRESH, "[").await.refuses(401, "InvalidAPIKey", "An API key is required.");
}

#[tokio::test]
async fn an_expired_token_is_not_refreshed() {
    // ecgrid-rest 4.2
    let app = TestApp::start().await;
    let token = app.user("ann", Level::NetworkAdmin, (1, 0)).await.token().await;
    app.wait(SignedDuration::from_hours(1));
    is_ended(&token.post(REFRESH, "").await);
}

#[tokio::test]
async fn using_an_exchanged_token_again_ends_the_whole_chain() {
    // R39
    let app = TestApp::start().await;
    let ann = app.user("ann", Level::NetworkAdmin, (1, 0)).await;
    for again in ["bearer", "both", "body"] {
        let (first, other, key) = (ann.token().await, ann.token().await, ann.key().await);
        let second = bearer(&app, &first.post(REFRESH, "").await);
        assert_eq!(second.get(ME).await.status, 200);
        let in_body = json!({ "token": first.secret() }).to_string();
        is_ended(&match again {
            "bearer" => first.post(REFRESH, "").await,
            "both" => first.post(REFRESH, &in_body).await,
            _ => key.post(REFRESH, &in_body).await,
        });
        is_ended(&second.get(ME).await);
        assert_eq!(other.get(ME).await.status, 200, "a login of its own is another chain");
    }
}

#[tokio::test]
async fn a_chain_of_refreshes_ends_twelve_hours_after_the_login() {
    // ecgrid-rest 3 #21, R32, R39
    let app = TestApp::start().await;
    let mut token = app.user("ann", Level::NetworkAdmin, (1, 0)).await.token().await;
    for _ in 0..23 {
        app.wait(SignedDuration::from_mins(30));
        token = bearer(&app, &token.post(REFRESH, "").await);
    }
    app.wait(SignedDuration::from_mins(15));
    let answer = token.post(REFRESH, "").await;
    assert_eq!(answer.member("expiresAt"), "2027-01-15T20:00:00Z");
    token = bearer(&app, &answer);
    app.wait(SignedDuration::from_mins(15));
    is_ended(&token.get(ME).await);
    is_ended(&token.post(REFRESH, "").await);
}
