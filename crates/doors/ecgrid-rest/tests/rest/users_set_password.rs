//! `POST /v2/users/password`. Contract: ecgrid-rest 1, 4.1.

use http::Method;
use passgate_door_ecgrid_rest::UnknownProperties;
use passgate_gate::Settings;
use passgate_gate::level::Level;
use passgate_gate::settings::LimitSettings;
use passgate_store::SqliteOptions;
use serde_json::json;

use crate::app::{NEW, PASSWORD, TestApp};

const PATH: &str = "/v2/users/password";
const DONE: &str = r#"{"success":true,"data":true}"#;

fn body(id: i32, password: &str) -> String {
    json!({ "userId": id, "newPassword": password }).to_string()
}

#[tokio::test]
async fn a_set_password_signs_in_and_the_old_one_does_not() {
    // ecgrid-rest 1
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let answer = admin.post(PATH, &body(ben.id, NEW)).await;
    answer.is(DONE);
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    assert!(app.accepts("ben", NEW).await);
    assert!(!app.accepts("ben", PASSWORD).await);
}

#[tokio::test]
async fn a_set_tells_its_audit_record_and_the_credential_version_in_headers() {
    // ecgrid-rest 3 #25
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    for version in ["2", "3"] {
        let answer = admin.post(PATH, &body(ben.id, NEW)).await;
        assert_eq!(answer.header("passgate-credential-version"), Some(version));
        let records = app.records().await;
        let last = records.iter().rfind(|event| event.operation == "set-password").unwrap();
        assert_eq!(answer.header("passgate-audit-id"), Some(last.id.to_string().as_str()));
        assert_eq!(answer.header("passgate-request-id"), Some(last.request.as_str()));
    }
}

#[tokio::test]
async fn a_set_ends_every_token_of_the_target_and_no_key() {
    // ecgrid-rest 3 #16
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let (token, key) = (ben.token().await, ben.key().await);
    admin.post(PATH, &body(ben.id, NEW)).await.is(DONE);
    token.get("/v2/users/me").await.refuses(401, "InvalidSession", "The session is not valid.");
    assert_eq!(key.get("/v2/users/me").await.status, 200);
}

#[tokio::test]
async fn the_calling_session_stays_when_the_target_is_the_caller_and_the_others_end() {
    // ecgrid-rest 3 #16
    let app = TestApp::start().await;
    let ann = app.user("ann", Level::NetworkAdmin, (1, 0)).await;
    let (calling, other) = (ann.token().await, ann.token().await);
    calling.post(PATH, &body(ann.id, NEW)).await.is(DONE);
    assert_eq!(calling.get("/v2/users/me").await.status, 200);
    other.get("/v2/users/me").await.refuses(401, "InvalidSession", "The session is not valid.");
}

/// Everything that a refusal must leave as it was.
struct Unchanged {
    version: i64,
    hashes: u64,
}

impl Unchanged {
    async fn note(app: &TestApp, id: i32) -> Self {
        let id = passgate_gate::ids::UserId::new(id).unwrap();
        let account = passgate_gate::store::Store::account(app.store.as_ref(), id).await.unwrap().unwrap();
        Self { version: account.user.credential_version, hashes: app.lane.figures().hashes }
    }

    async fn check(&self, app: &TestApp, id: i32) {
        let now = Self::note(app, id).await;
        assert_eq!((now.version, now.hashes), (self.version, self.hashes), "a refusal changed or hashed something");
    }
}

#[tokio::test]
async fn a_body_that_breaks_a_rule_is_refused_with_the_documented_text_and_changes_nothing() {
    // ecgrid-rest 4.1, R29
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let before = Unchanged::note(&app, ben.id).await;
    let with_id = |rest: &str| format!("{{\"userId\":{}{rest}}}", ben.id);
    let no_object = "The request body is not a JSON object.";
    for (body, message) in [
        (String::new(), no_object),
        ("x".into(), no_object),
        ("[]".into(), no_object),
        ("null".into(), no_object),
        (with_id(",\"newPassword\":\"Cedar-wood-77\",/* x */"), no_object),
        (with_id(",\"newPassword\":\"Cedar-wood-77\","), no_object),
        (with_id(&format!(",\"x\":{}{}", "[".repeat(32), "]".repeat(32))), no_object),
        (with_id(",\"USERID\":1"), "The request body names a property twice."),
        (with_id(",\"x\":1,\"X\":1"), "The request body names a property twice."),
        ("{\"newPassword\":\"Cedar-wood-77\"}".into(), "userId is required."),
        ("{\"userId\":null}".into(), "userId is required."),
        ("{\"userId\":1.5}".into(), "userId must be an integer."),
        ("{\"userId\":1e2}".into(), "userId must be an integer."),
        ("{\"userId\":true}".into(), "userId must be an integer."),
        ("{\"userId\":\"ben\"}".into(), "userId must be an integer."),
        ("{\"userId\":2147483648}".into(), "userId must be an integer."),
        (with_id(""), "newPassword is required."),
        (with_id(",\"newPassword\":null"), "newPassword is required."),
        (with_id(",\"newPassword\":\"\""), "newPassword is required."),
        (with_id(",\"newPassword\":1"), "newPassword must be a string."),
    ] {
        let json = [("content-type", "application/json")];
        let answer = admin.send_with(Method::POST, PATH, &json, body.clone().into_bytes()).await;
        assert!(answer.body.contains(message), "{body}: {}", answer.body);
        answer.refuses(400, "InvalidParameter", message);
    }
    before.check(&app, ben.id).await;
}

#[tokio::test]
async fn a_password_that_breaks_the_policy_is_refused_with_the_first_rule_it_breaks() {
    // ecgrid-rest 4.1 (`newPassword` rows), 3 #10, #11, #23
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("Benjamin-77", Level::MailboxUser, (1, 1)).await);
    let before = Unchanged::note(&app, ben.id).await;
    let long = format!("Aa1-{}", "x".repeat(1021));
    let composition =
        "newPassword must contain a lowercase letter, an uppercase letter, a digit and a special character.";
    let character = "newPassword contains a character that is not allowed.";
    for (password, message) in [
        (long.as_str(), "newPassword must not be longer than 1024 bytes."),
        ("Aa1-567", "newPassword must have at least 8 characters."),
        ("Aa1-5\n", "newPassword must have at least 8 characters."),
        ("Cedar-wood-77\n", character),
        ("Cedar-\twood", character),
        ("Cedar-\u{2028}wood-7", character),
        ("Cedar-\u{202e}wood-7", character),
        ("cedar-wood-77", composition),
        ("CEDAR-WOOD-77", composition),
        ("Cedar-wood-xx", composition),
        ("Cedarwood77", composition),
        ("Cedar-wood-\u{661}", composition),
        ("P@ssw0rd", "newPassword is too easy to guess."),
        ("Benjamin-77", "newPassword is too easy to guess."),
    ] {
        admin.post(PATH, &body(ben.id, password)).await.refuses(400, "InvalidParameter", message);
    }
    before.check(&app, ben.id).await;
}

#[tokio::test]
async fn passwords_at_the_edges_of_the_policy_are_taken_whole() {
    // ecgrid-rest 3 #10, #11, #23
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let longest = format!("Aa1-{}", "x".repeat(1020));
    for password in ["Aa1-5678", "Cedar wood 77", "Cedarwöod77", "NewPassw0rd!", "Aa1😀😀😀😀😀", &longest] {
        admin.post(PATH, &body(ben.id, password)).await.is(DONE);
        assert!(app.accepts("ben", password).await, "{password}");
    }
    assert!(!app.accepts("ben", &longest[..1023]).await);
}

#[tokio::test]
async fn the_strict_profile_refuses_the_sample_of_the_vendors_page_and_unknown_properties() {
    // ecgrid-rest 3 #12, #23
    let mut settings = Settings::default();
    settings.policy.strict = true;
    let app = TestApp::start_with(settings, UnknownProperties::Refused).await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let sample = admin.post(PATH, &body(ben.id, "NewPassw0rd!")).await;
    sample.refuses(400, "InvalidParameter", "newPassword is too easy to guess.");
    let extra = json!({ "userId": ben.id, "newPassword": NEW, "note": 1 }).to_string();
    let extra = admin.post(PATH, &extra).await;
    extra.refuses(400, "InvalidParameter", "The request body has an unknown property.");
}

#[tokio::test]
async fn with_min_length_1_the_documented_pattern_alone_decides() {
    // ecgrid-rest 3 #10
    let mut settings = Settings::default();
    settings.policy.min_length = 1;
    let app = TestApp::start_with(settings, UnknownProperties::Ignored).await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    admin.post(PATH, &body(ben.id, "aA1-")).await.is(DONE);
    let short = admin.post(PATH, &body(ben.id, "aA-")).await;
    assert!(short.body.contains("must contain a lowercase letter"), "{}", short.body);
}

#[tokio::test]
async fn names_are_read_without_case_integers_as_strings_and_unknown_ones_are_bound_to_nothing() {
    // ecgrid-rest 3 #12, R92
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let sent = json!({ "USERID": ben.id.to_string(), "NewPassword": NEW, "authLevel": "Root" }).to_string();
    admin.post(PATH, &sent).await.is(DONE);
    assert!(ben.key().await.get("/v2/users/me").await.body.contains("\"authLevel\":\"MailboxUser\""));
}

#[tokio::test]
async fn no_such_user_is_one_answer_for_zero_negative_unknown_and_foreign_ids() {
    // ecgrid-rest 4.1, 3 #13, R48
    let app = TestApp::start().await;
    let (admin, foreign) = (app.admin().await, app.user("fay", Level::MailboxUser, (2, 1)).await);
    for id in [0, -1, i32::MIN, i32::MAX, 999_999, foreign.id] {
        admin.post(PATH, &body(id, NEW)).await.refuses(404, "ObjectNotFound", "User not found.");
    }
}

#[tokio::test]
async fn the_target_is_judged_before_the_password() {
    // ecgrid-rest 3 (order of checks)
    let app = TestApp::start().await;
    let (admin, root) = (app.admin().await, app.user("root", Level::NetOps, (1, 0)).await);
    admin.post(PATH, &body(999_999, "x")).await.refuses(404, "ObjectNotFound", "User not found.");
    let above = admin.post(PATH, &body(root.id, "x")).await;
    above.refuses(403, "AccessDenied", "The target user cannot be administered by this caller.");
}

#[tokio::test]
async fn a_caller_below_network_admin_is_refused_whatever_the_body_or_target() {
    // ecgrid-rest 4.1, 3 #14; authorisation 3.4 #5; R51
    let app = TestApp::start().await;
    let below = [Level::NetworkUser, Level::MailboxAdmin, Level::MailboxUser, Level::TPUser, Level::General];
    for level in below {
        let user = app.user(level.name(), level, (1, 1)).await;
        let key = user.key().await;
        for sent in [body(user.id, NEW), body(999_999, NEW), body(user.id, ""), "x".into(), String::new()] {
            let answer = key.post(PATH, &sent).await;
            answer.refuses(403, "AccessDenied", "This operation requires NetworkAdmin or higher.");
        }
    }
}

#[tokio::test]
async fn a_body_must_say_that_it_is_json_in_utf_8() {
    // ecgrid-rest 4.1, R91
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let sent = body(ben.id, NEW);
    for kinds in [
        &[][..],
        &["text/plain"],
        &["application/x-www-form-urlencoded"],
        &["multipart/form-data; boundary=x"],
        &["text/xml; charset=utf-8"],
        &["application/json; charset=utf-16"],
        &["application/json-patch+json"],
        &["application/json", "application/json"],
        &["application/json, text/plain"],
        &["nonsense"],
    ] {
        let headers: Vec<_> = kinds.iter().map(|kind| ("content-type", *kind)).collect();
        let answer = admin.send_with(Method::POST, PATH, &headers, sent.clone().into_bytes()).await;
        answer.refuses(415, "InvalidParameter", "Content-Type must be application/json.");
    }
    for kind in ["application/json; charset=utf-8", "Application/JSON;Charset=\"UTF-8\"", "application/json; x=y"] {
        let headers = [("content-type", kind)];
        admin.send_with(Method::POST, PATH, &headers, sent.clone().into_bytes()).await.is(DONE);
    }
}

#[tokio::test]
async fn packed_and_oversized_bodies_are_refused() {
    // ecgrid-rest 4.1, R89, R91
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let packed = [("content-type", "application/json"), ("content-encoding", "gzip")];
    let answer = admin.send_with(Method::POST, PATH, &packed, body(ben.id, NEW).into_bytes()).await;
    answer.refuses(415, "InvalidParameter", "Content-Encoding is not supported.");
    let padded = |size: usize| {
        let sent = body(ben.id, NEW);
        format!("{sent}{}", " ".repeat(size - sent.len()))
    };
    admin.post(PATH, &padded(64 * 1024)).await.is(DONE);
    let answer = admin.post(PATH, &padded(64 * 1024 + 1)).await;
    answer.refuses(413, "InvalidParameter", "The request body is too large.");
    let lying = [("content-type", "application/json"), ("content-length", "1048576")];
    let answer = admin.send_with(Method::POST, PATH, &lying, b"{}".to_vec()).await;
    answer.refuses(413, "InvalidParameter", "The request body is too large.");
}

#[tokio::test]
async fn a_failing_hash_is_an_unexpected_error_and_changes_nothing() {
    // ecgrid-rest 4.1, R113
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let before = Unchanged::note(&app, ben.id).await;
    app.lane.close();
    let answer = admin.post(PATH, &body(ben.id, NEW)).await;
    answer.refuses(500, "InternalError", "An unexpected error occurred.");
    before.check(&app, ben.id).await;
}

#[tokio::test]
async fn a_store_that_is_away_is_told_to_come_again() {
    // ecgrid-rest 4.1 ("starting, draining or overloaded"), decision 7, R113
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    app.store.close();
    let answer = admin.post(PATH, &body(ben.id, NEW)).await;
    answer.refuses(503, "InternalError", "The service is temporarily unavailable.");
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert!(answer.header("passgate-request-id").is_some());
}

#[tokio::test]
async fn a_store_that_cannot_write_is_an_unexpected_error_without_detail() {
    // ecgrid-rest 4.1 ("anything unforeseen"), decision 7, R113, R118: a full disk
    let options = SqliteOptions { max_pages: Some(90), ..SqliteOptions::default() };
    let unlimited = Settings { limits: LimitSettings::off(), ..Settings::default() };
    let app = TestApp::start_over(&options, unlimited, UnknownProperties::Ignored).await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let refused = loop {
        let answer = admin.post(PATH, &body(ben.id, NEW)).await;
        if answer.status != 200 {
            break answer;
        }
    };
    refused.refuses(500, "InternalError", "An unexpected error occurred.");
    assert!(refused.header("retry-after").is_none());
    assert!(refused.header("passgate-request-id").is_some());
}
