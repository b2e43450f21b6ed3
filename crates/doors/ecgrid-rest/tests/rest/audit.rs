//! One record of each attempt. Contract: ecgrid-rest 4; R109.

use http::Method;
use passgate_gate::level::Level;
use serde_json::json;

use crate::app::{NEW, PASSWORD, TestApp};

#[tokio::test]
async fn each_attempt_leaves_exactly_one_record_that_says_why_not() {
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let low = ben.key().await;
    let (password, change) = ("/v2/users/password", "/v2/auth/password");
    let set = |id: i32, to: &str| json!({ "userId": id, "newPassword": to }).to_string();
    let wrong = json!({ "currentPassword": "wrong", "newPassword": NEW }).to_string();
    let bad_login = json!({ "login": "ben", "password": "wrong" }).to_string();
    let good_login = json!({ "login": "ben", "password": PASSWORD }).to_string();
    let twice = app.with(&[("x-api-key", "a"), ("authorization", "b")]);
    let unknown_key = app.with(&[("x-api-key", "unknown")]);
    let no_token = app.with(&[("authorization", "Bearer x")]);
    let (post, put, get) = (Method::POST, Method::PUT, Method::GET);
    for (actor, method, path, body, operation, refused) in [
        (&twice, &post, password, "", "set-password", Some("two-credentials")),
        (&app.anybody(), &post, password, "", "set-password", Some("no-credential")),
        (&unknown_key, &post, password, "", "set-password", Some("unidentified")),
        (&no_token, &post, password, "", "set-password", Some("unidentified")),
        (&admin, &get, "/v2/nowhere", "", "unknown", Some("unknown-endpoint")),
        (&admin, &get, password, "", "unknown", Some("wrong-method")),
        (&low, &post, password, "", "set-password", Some("level-too-low")),
        (&admin, &post, password, "", "set-password", Some("body-unreadable")),
        (&admin, &post, password, "{}", "set-password", Some("invalid-parameter")),
        (&admin, &post, password, &set(999_999, NEW), "set-password", Some("user-not-found")),
        (&admin, &post, password, &set(ben.id, "short"), "set-password", Some("password-too-short")),
        (&admin, &put, change, &wrong, "change-password", Some("current-password-wrong")),
        (&app.anybody(), &post, "/v2/auth/login", &bad_login, "sign-in", Some("sign-in-failed")),
        (&app.anybody(), &post, "/v2/auth/login", "{}", "sign-in", Some("invalid-parameter")),
        (&app.anybody(), &post, "/v2/auth/login", &good_login, "sign-in", None),
        (&admin, &post, password, &set(ben.id, NEW), "set-password", None),
        (&admin, &post, "/v2/auth/logout", "", "sign-out", None),
    ] {
        let before = app.records().await.len();
        app.wait(jiff::SignedDuration::from_secs(1));
        let answer = actor.send(method.clone(), path, body).await;
        let records = app.records().await;
        assert_eq!(records.len(), before + 1, "{method} {path} {body}");
        let last = records.last().unwrap();
        assert_eq!((last.operation.as_str(), last.refused.as_deref()), (operation, refused), "{method} {path} {body}");
        assert_eq!(last.source.as_deref(), Some("192.0.2.7"));
        assert_eq!(answer.header("passgate-request-id"), Some(last.request.as_str()));
    }
}
