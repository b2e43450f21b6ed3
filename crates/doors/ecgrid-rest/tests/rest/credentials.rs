//! Which credentials count, before anything else. Contract: ecgrid-rest 4.1 (first rows), 3 #15 and #17.

use http::Method;
use jiff::SignedDuration;
use passgate_gate::audit::Operation;
use passgate_gate::level::Level;
use passgate_gate::operations::Target;

use crate::app::{Answer, TestApp};

const ME: &str = "/v2/users/me";

#[track_caller]
fn is_unauthorized(answer: &Answer, code: &str, message: &str) {
    answer.refuses(401, code, message);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
}

#[tokio::test]
async fn two_credentials_are_refused_unjudged() {
    // ecgrid-rest 4.1, R41
    let app = TestApp::start().await;
    let ann = app.user("ann", Level::NetworkAdmin, (1, 0)).await;
    let (key, token) = (ann.key().await, ann.token().await);
    let (key, bearer) = (key.secret(), format!("Bearer {}", token.secret()));
    for headers in [
        [("x-api-key", key), ("authorization", bearer.as_str())],
        [("x-api-key", key), ("authorization", "Bearer x")],
        [("x-api-key", key), ("authorization", "Basic eDp5")],
        [("x-api-key", "x"), ("authorization", &bearer)],
        [("x-api-key", "x"), ("authorization", "")],
        [("x-api-key", key), ("x-api-key", key)],
        [("authorization", &bearer), ("authorization", &bearer)],
    ] {
        app.with(&headers).get(ME).await.refuses(400, "InvalidParameter", "Send one credential only.");
    }
}

#[tokio::test]
async fn no_credential_asks_for_a_key() {
    // ecgrid-rest 4.1, 3 #17
    let app = TestApp::start().await;
    is_unauthorized(&app.anybody().get(ME).await, "InvalidAPIKey", "An API key is required.");
}

#[tokio::test]
async fn a_key_that_is_no_key_is_refused() {
    // ecgrid-rest 4.1, 3 #15
    let app = TestApp::start().await;
    let ann = app.user("ann", Level::NetworkAdmin, (1, 0)).await;
    let (old, new) = (ann.key().await, ann.key().await);
    let joined = format!("{}, {}", new.secret(), new.secret());
    for key in ["", "x", "3f0c6a52-8d0e-4b53-9a55-0d7f6c1f2a11", old.secret(), &joined] {
        let answer = app.with(&[("x-api-key", key)]).get(ME).await;
        is_unauthorized(&answer, "InvalidAPIKey", "The API key is not valid.");
    }
    assert_eq!(new.get(ME).await.status, 200);
    assert_eq!(app.with(&[("x-api-key", &new.secret().to_uppercase())]).get(ME).await.status, 200);
}

#[tokio::test]
async fn a_key_ends_after_its_time() {
    // ecgrid-rest 4.1, R44
    let app = TestApp::start().await;
    let key = app.admin().await;
    app.wait(SignedDuration::from_hours(365 * 24) - SignedDuration::from_secs(1));
    assert_eq!(key.get(ME).await.status, 200);
    app.wait(SignedDuration::from_secs(1));
    is_unauthorized(&key.get(ME).await, "InvalidAPIKey", "The API key is not valid.");
}

#[tokio::test]
async fn a_suspended_users_key_and_token_are_refused() {
    // ecgrid-rest 4.1
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let (key, token) = (ben.key().await, ben.token().await);
    let body = format!("{{\"userId\":{},\"status\":\"Suspended\"}}", ben.id);
    assert_eq!(admin.put("/v2/users", &body).await.status, 200);
    is_unauthorized(&key.get(ME).await, "InvalidAPIKey", "The API key is not valid.");
    is_unauthorized(&token.get(ME).await, "InvalidSession", "The session is not valid.");
}

#[tokio::test]
async fn a_locked_users_token_is_refused_and_its_key_works() {
    // ecgrid-rest 4.1, authorisation 3.6
    let app = TestApp::start().await;
    let ben = app.user("ben", Level::MailboxUser, (1, 1)).await;
    let (key, token) = (ben.key().await, ben.token().await);
    let operator = app.operator(Operation::LockUser);
    app.gate.lock_user(&operator, &Target::Number(ben.id), true).await.unwrap();
    assert_eq!(key.get(ME).await.status, 200);
    is_unauthorized(&token.get(ME).await, "InvalidSession", "The session is not valid.");
}

#[tokio::test]
async fn an_authorization_header_that_is_no_token_of_ours_is_refused() {
    // ecgrid-rest 4.1, R36, R45
    let app = TestApp::start().await;
    let ann = app.user("ann", Level::NetworkAdmin, (1, 0)).await;
    let (key, token) = (ann.key().await, ann.token().await);
    let token = token.secret();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let tampered = format!("Bearer {message}.{}", signature.chars().rev().collect::<String>());
    let none = format!("Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.{}.", message.split_once('.').unwrap().1);
    let key = format!("Bearer {}", key.secret());
    for value in ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "Digest x", token, &tampered, &none, &key] {
        let answer = app.with(&[("authorization", value)]).get(ME).await;
        is_unauthorized(&answer, "InvalidSession", "The session is not valid.");
    }
    for value in [format!("Bearer {token}"), format!("bearer {token}"), format!("BEARER   {token}")] {
        assert_eq!(app.with(&[("authorization", &value)]).get(ME).await.status, 200, "{value}");
    }
}

#[tokio::test]
async fn a_token_ends_after_an_hour() {
    // ecgrid-rest 3 #21
    let app = TestApp::start().await;
    let token = app.user("ann", Level::NetworkAdmin, (1, 0)).await.token().await;
    app.wait(SignedDuration::from_secs(3599));
    assert_eq!(token.get(ME).await.status, 200);
    app.wait(SignedDuration::from_secs(1));
    is_unauthorized(&token.get(ME).await, "InvalidSession", "The session is not valid.");
}

#[tokio::test]
async fn queries_cookies_and_bodies_hold_no_credential() {
    // R41, R45, R95
    let app = TestApp::start().await;
    let ann = app.user("ann", Level::NetworkAdmin, (1, 0)).await;
    let (key, token) = (ann.key().await, ann.token().await);
    for (name, secret) in [("X-API-Key", key.secret()), ("access_token", token.secret())] {
        let in_query = app.anybody().get(&format!("{ME}?{name}={secret}")).await;
        is_unauthorized(&in_query, "InvalidAPIKey", "An API key is required.");
        let in_cookie = app.with(&[("cookie", &format!("{name}={secret}"))]).get(ME).await;
        is_unauthorized(&in_cookie, "InvalidAPIKey", "An API key is required.");
        let in_body = app.anybody().post("/v2/auth/session", &format!("{{\"{name}\":\"{secret}\"}}")).await;
        is_unauthorized(&in_body, "InvalidAPIKey", "An API key is required.");
    }
}

#[tokio::test]
async fn credentials_come_before_route_method_and_body() {
    // ecgrid-rest 3 (order of checks)
    let app = TestApp::start().await;
    for (method, path) in [
        (Method::GET, "/v2/nowhere"),
        (Method::GET, "/v2/users/password"),
        (Method::DELETE, "/v2/auth/login"),
        (Method::OPTIONS, "/v2/users/password"),
        (Method::POST, "/v2/users/password"),
        (Method::GET, "/v2/users/x"),
        (Method::POST, "/v2/auth/refresh"),
    ] {
        let answer = app.anybody().send(method.clone(), path, "").await;
        is_unauthorized(&answer, "InvalidAPIKey", "An API key is required.");
        assert_eq!(answer.header("allow"), None, "a stranger learns which paths there are");
        let answer = app.with(&[("x-api-key", "x"), ("authorization", "x")]).send(method, path, "").await;
        answer.refuses(400, "InvalidParameter", "Send one credential only.");
    }
}

#[tokio::test]
async fn too_many_failed_proofs_from_one_source_are_told_to_wait() {
    // ecgrid-rest 4.1, R62
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for _ in 0..200 {
        assert_eq!(app.with(&[("x-api-key", "x")]).get(ME).await.status, 401);
    }
    let answer = app.with(&[("x-api-key", "x")]).get(ME).await;
    answer.refuses(429, "RateLimitExceeded", "Too many requests.");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let wait: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=300).contains(&wait), "{wait}");
    app.wait(SignedDuration::from_secs(wait));
    assert_eq!(admin.get(ME).await.status, 200);
}

#[tokio::test]
async fn too_many_calls_of_one_caller_are_told_to_wait() {
    // ecgrid-rest 4.1, R63
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for _ in 0..200 {
        assert_eq!(admin.get(ME).await.status, 200);
    }
    let answer = admin.get(ME).await;
    answer.refuses(429, "RateLimitExceeded", "Too many requests.");
    assert_eq!(answer.header("retry-after"), Some("1"));
    app.wait(SignedDuration::from_secs(1));
    assert_eq!(admin.get(ME).await.status, 200);
}
