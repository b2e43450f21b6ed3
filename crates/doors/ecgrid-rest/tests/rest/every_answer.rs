//! What every answer wears, and what no log shows. R93 to R95, R112.

use std::io::Write;
use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use http::Method;
use passgate_gate::level::Level;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::app::{Answer, NEW, PASSWORD, TestApp};

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
    let members = |answer: &Answer| answer.json().as_object().unwrap().len();
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

#[tokio::test]
async fn a_foreign_user_answers_as_an_unknown_one_to_the_byte() {
    // R48
    let app = TestApp::start().await;
    let (admin, foreign) = (app.admin().await, app.user("fay", Level::NetworkAdmin, (2, 1)).await);
    let low = app.user("low", Level::MailboxUser, (1, 1)).await.key().await;
    for caller in [&admin, &low] {
        for (method, path, body) in [
            (Method::POST, "/v2/users/password", r#"{"userId":ID,"newPassword":"Cedar-wood-77"}"#),
            (Method::POST, "/v2/users/reset/ID", ""),
            (Method::PUT, "/v2/users", r#"{"userId":ID,"status":"Suspended"}"#),
            (Method::PUT, "/v2/users/ID", "{}"),
            (Method::GET, "/v2/users/ID", ""),
            (Method::POST, "/v2/users/key-generate/ID", ""),
            (Method::POST, "/v2/users/ID/generate-api-key", ""),
        ] {
            let ask = |id: i32| {
                let (path, body) = (path.replace("ID", &id.to_string()), body.replace("ID", &id.to_string()));
                let (caller, method) = (caller.clone(), method.clone());
                async move {
                    let mut answer = caller.send(method, &path, &body).await;
                    answer.headers.remove("passgate-request-id");
                    (answer.status, answer.headers, answer.body)
                }
            };
            assert_eq!(ask(foreign.id).await, ask(999_999).await, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_flood_of_sign_ins_is_told_when_to_come_back_and_an_administrator_passes() {
    // ecgrid-rest 4.1 (last row), R7, R130
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let names: Vec<String> = (0..40).map(|n| format!("nobody-{n}")).collect();
    let set = json!({ "userId": ben.id, "newPassword": NEW }).to_string();
    let flood = join_all(names.iter().map(|name| app.login(name, PASSWORD)));
    let (flood, set) = tokio::join!(flood, admin.post("/v2/users/password", &set));
    assert_eq!(set.status, 200, "{}", set.body);
    let busy: Vec<&Answer> = flood.iter().filter(|answer| answer.status != 401).collect();
    assert!(!busy.is_empty());
    for answer in busy {
        answer.refuses(503, "InternalError", "The service is temporarily unavailable.");
        assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1);
    }
}

#[tokio::test]
async fn a_panic_is_answered_in_the_envelope_and_without_detail() {
    // R94, R113
    let app = TestApp::start().await;
    let admin = app.admin().await;
    app.break_clock();
    admin.get("/v2/users/me").await.refuses(500, "InternalError", "An unexpected error occurred.");
}

/// Everything that is logged while the tests run, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_log_at_any_level_shows_what_was_sent() {
    // R95, R112
    let log = Log::default();
    let trace = tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::TRACE);
    trace.with_ansi(false).with_writer(log.clone()).init();
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let token = ben.token().await;
    for answer in [
        admin.post("/v2/users/password?q=marker-query", r#"{"userId":1,"newPassword":"marker-unfit"}"#).await,
        admin.post("/v2/users/password", r#"{"userId":"marker-id","newPassword":"x"}"#).await,
        admin.post("/v2/users/password", "{\"marker-body").await,
        admin.post("/v2/users/password", r#"{"marker-name":1,"marker-NAME":1}"#).await,
        admin.get("/v2/users/marker-path").await,
        admin.get("/v2/marker-route").await,
        app.with(&[("x-api-key", "marker-key")]).get("/v2/users/me").await,
        app.with(&[("authorization", "Bearer marker.tok.en")]).get("/v2/users/me").await,
        app.with(&[("authorization", "Basic marker-basic")]).get("/v2/users/me").await,
        app.login("marker-login", "marker-password").await,
        token.put("/v2/auth/password", r#"{"currentPassword":"marker-now","newPassword":"Marker-next-1"}"#).await,
        admin.send_with(Method::POST, "/v2/users/password", &[("content-type", "marker/type")], b"x".to_vec()).await,
    ] {
        assert!(answer.status >= 400, "{answer:?}");
    }
    app.store.close();
    admin.get("/v2/users/me").await;
    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).to_lowercase();
    assert!(log.contains("answered"), "something is logged at all");
    assert!(!log.contains("marker"), "{log}");
    assert!(!log.contains(admin.secret()) && !log.contains(&token.secret().to_lowercase()));
}
