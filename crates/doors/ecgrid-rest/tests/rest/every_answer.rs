//! What every answer wears, and what no log shows. R93 to R95, R112.

use http::Method;
use passgate_gate::level::Level;
use serde_json::json;

use crate::app::{NEW, PASSWORD, TestApp};

#[tokio::test]
async fn success_and_error_alike_are_json_that_nobody_sniffs_or_stores() {
    // R93, R94
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let accept = [("accept", "text/html"), ("content-type", "text/plain")];
    for answer in [
        admin.get("/v2/users/me").await,
        admin.get("/v2/nowhere").await,
        admin.get("/v2/users/password").await,
        app.anybody().get("/v2/users/me").await,
        app.anybody().get("/v2/auth/version").await,
        admin.send_with(Method::POST, "/v2/users/password", &accept, b"x".to_vec()).await,
    ] {
        assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("server"), None);
        assert_eq!(answer.header("www-authenticate").is_some(), answer.status == 401);
        assert!(answer.header("passgate-request-id").is_some());
    }
}

#[tokio::test]
async fn errors_have_four_members_and_the_users_group_two() {
    // ecgrid-rest 3 #1
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let generated = admin.post("/v2/users/generate-password", "").await;
    let members = |answer: &crate::app::Answer| answer.json().as_object().unwrap().len();
    assert_eq!(members(&generated), 2);
    assert_eq!(members(&admin.post("/v2/auth/session", "").await), 4);
    assert_eq!(members(&admin.get("/v2/users/x").await), 4);
}

#[tokio::test]
async fn no_record_holds_anything_that_was_sent_as_a_secret_or_a_name() {
    // R112
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    admin.post("/v2/users/password", &json!({ "userId": ben.id, "newPassword": NEW }).to_string()).await;
    app.login("typed-as-a-name", "typed-as-a-password").await;
    app.with(&[("x-api-key", "typed-as-a-key")]).get("/v2/users/me").await;
    let records = format!("{:?}", app.records().await);
    for sent in [NEW, PASSWORD, admin.secret(), "typed-as"] {
        assert!(!records.contains(sent), "{sent}");
    }
}
