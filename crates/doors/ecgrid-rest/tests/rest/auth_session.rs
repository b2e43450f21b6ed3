//! `POST /v2/auth/session`, `POST /v2/auth/logout`, `GET /v2/auth/version`. Contract: ecgrid-rest 2.3, 4.2.

use passgate_gate::level::Level;

use crate::app::TestApp;

#[tokio::test]
async fn a_session_shows_its_user_and_its_end() {
    // ecgrid-rest 2.3
    let app = TestApp::start().await;
    let ben = app.user("ben", Level::MailboxUser, (1, 2)).await;
    let shown = |end: &str| {
        format!(
            r#"{{"success":true,"data":{{"userId":{},"login":"ben","networkId":1,"mailboxId":2,"authLevel":"MailboxUser","expiresAt":{end}}},"errorCode":"","message":""}}"#,
            ben.id
        )
    };
    ben.token().await.post("/v2/auth/session", "").await.is(&shown("\"2027-01-15T09:00:00Z\""));
    // ecgrid-rest 4.2: by API key
    ben.key().await.post("/v2/auth/session", "{}").await.is(&shown("null"));
}

#[tokio::test]
async fn a_logout_ends_the_token_and_no_other() {
    // ecgrid-rest 2.3
    let app = TestApp::start().await;
    let ben = app.user("ben", Level::MailboxUser, (1, 2)).await;
    let (token, other) = (ben.token().await, ben.token().await);
    let done = r#"{"success":true,"data":null,"errorCode":"","message":"Logged out."}"#;
    token.post("/v2/auth/logout", "").await.is(done);
    for path in ["/v2/auth/logout", "/v2/auth/session", "/v2/auth/refresh"] {
        token.post(path, "").await.refuses(401, "InvalidSession", "The session is not valid.");
    }
    assert_eq!(other.get("/v2/users/me").await.status, 200);
}

#[tokio::test]
async fn a_logout_by_key_ends_nothing() {
    // ecgrid-rest 4.2
    let app = TestApp::start().await;
    let ben = app.user("ben", Level::MailboxUser, (1, 2)).await;
    let (key, token) = (ben.key().await, ben.token().await);
    key.post("/v2/auth/logout", "").await.is(r#"{"success":true,"data":null,"errorCode":"","message":"Logged out."}"#);
    assert_eq!(key.get("/v2/users/me").await.status, 200);
    assert_eq!(token.get("/v2/users/me").await.status, 200);
}

#[tokio::test]
async fn anybody_may_ask_for_the_version() {
    // ecgrid-rest 2.3
    let app = TestApp::start().await;
    let body = r#"{"success":true,"data":{"version":"2.6"},"errorCode":"","message":""}"#;
    app.anybody().get("/v2/auth/version").await.is(body);
    app.with(&[("x-api-key", "x"), ("authorization", "x")]).get("/v2/auth/version").await.is(body);
}
