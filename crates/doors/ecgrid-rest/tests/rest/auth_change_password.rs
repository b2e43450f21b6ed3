//! `PUT /v2/auth/password`. Contract: ecgrid-rest 2.3, 3 #16, 4.2; authorisation 3.5, 3.7.

use passgate_door_ecgrid_rest::UnknownProperties;
use passgate_gate::Settings;
use passgate_gate::audit::Operation;
use passgate_gate::level::Level;
use passgate_gate::operations::{Demand, SetPassword, Target};
use passgate_gate::password::Password;
use passgate_gate::policy::Profile;
use passgate_gate::settings::LimitSettings;
use passgate_store::SqliteOptions;
use serde_json::json;

use crate::app::{Actor, NEW, PASSWORD, TestApp};

const PATH: &str = "/v2/auth/password";
const DONE: &str = r#"{"success":true,"data":null,"errorCode":"","message":"Password changed."}"#;

fn body(current: &str, new: &str) -> String {
    json!({ "currentPassword": current, "newPassword": new }).to_string()
}

#[tokio::test]
async fn anybody_changes_their_own_password_with_the_current_one() {
    // ecgrid-rest 2.3, 3 #25
    let app = TestApp::start().await;
    for level in [Level::General, Level::MailboxUser, Level::NetworkUser, Level::Root] {
        let user = app.user(level.name(), level, (1, 1)).await;
        let answer = user.token().await.put(PATH, &body(PASSWORD, NEW)).await;
        answer.is(DONE);
        assert_eq!(answer.header("passgate-credential-version"), Some("2"));
        assert!(answer.header("passgate-audit-id").is_some());
        assert!(app.accepts(&user.login, NEW).await && !app.accepts(&user.login, PASSWORD).await);
        user.key().await.put(PATH, &body(NEW, PASSWORD)).await.is(DONE);
    }
}

#[tokio::test]
async fn the_calling_session_stays_and_the_others_end() {
    // ecgrid-rest 3 #16, authorisation 3.7
    let app = TestApp::start().await;
    let ben = app.user("ben", Level::MailboxUser, (1, 1)).await;
    let (calling, other, key) = (ben.token().await, ben.token().await, ben.key().await);
    calling.put(PATH, &body(PASSWORD, NEW)).await.is(DONE);
    assert_eq!(calling.get("/v2/users/me").await.status, 200);
    other.get("/v2/users/me").await.refuses(401, "InvalidSession", "The session is not valid.");
    assert_eq!(key.get("/v2/users/me").await.status, 200);
}

#[tokio::test]
async fn a_wrong_current_password_counts_as_a_failed_sign_in() {
    // ecgrid-rest 4.2, authorisation 3.6
    let app = TestApp::start().await;
    let ben = app.user("ben", Level::MailboxUser, (1, 1)).await;
    let token = ben.token().await;
    for _ in 0..5 {
        let answer = token.put(PATH, &body("wrong", NEW)).await;
        answer.refuses(400, "InvalidParameter", "currentPassword does not match.");
    }
    // Throttled now: the right one answers alike, and a login fails.
    token.put(PATH, &body(PASSWORD, NEW)).await.refuses(400, "InvalidParameter", "currentPassword does not match.");
    assert!(!app.accepts("ben", PASSWORD).await);
}

#[tokio::test]
async fn a_wrong_current_password_that_cannot_be_counted_is_not_told_as_wrong() {
    // decision 8, R108: the disk is full
    let options = SqliteOptions { max_pages: Some(90), ..SqliteOptions::default() };
    let unlimited = Settings { limits: LimitSettings::off(), ..Settings::default() };
    let app = TestApp::start_over(&options, unlimited, UnknownProperties::Ignored).await;
    let token = app.user("ben", Level::MailboxUser, (1, 1)).await.token().await;
    for _ in 0..5_000 {
        let answer = token.put(PATH, &body("wrong", NEW)).await;
        if answer.status != 400 {
            return answer.refuses(500, "InternalError", "An unexpected error occurred.");
        }
    }
    panic!("the disk is never full");
}

#[tokio::test]
async fn missing_and_unfit_passwords_are_named() {
    // ecgrid-rest 4.2
    let app = TestApp::start().await;
    let token = app.user("ben", Level::MailboxUser, (1, 1)).await.token().await;
    for (sent, message) in [
        ("{}".to_owned(), "currentPassword is required."),
        (body("", NEW), "currentPassword is required."),
        (r#"{"currentPassword":1}"#.to_owned(), "currentPassword must be a string."),
        (body(PASSWORD, ""), "newPassword is required."),
        (body(PASSWORD, "short"), "newPassword must have at least 8 characters."),
        (body(PASSWORD, "P@ssw0rd"), "newPassword is too easy to guess."),
        (String::new(), "The request body is not a JSON object."),
    ] {
        token.put(PATH, &sent).await.refuses(400, "InvalidParameter", message);
    }
    assert!(app.accepts("ben", PASSWORD).await);
}

/// A session whose user was told to choose a new password.
async fn pending<'a>(app: &'a TestApp, login: &str) -> Actor<'a> {
    let user = app.user(login, Level::NetworkAdmin, (1, 0)).await;
    let set = SetPassword {
        target: Target::Number(user.id),
        password: Password::from(PASSWORD),
        profile: Profile::Pattern,
        demand: Demand::Change,
        recovery_question: None,
    };
    app.gate.set_password(&app.operator(Operation::SetPassword), set).await.unwrap();
    user.token().await
}

#[tokio::test]
async fn under_must_change_a_session_may_only_change_the_password_look_and_leave() {
    // ecgrid-rest 4.1, authorisation 3.5
    let app = TestApp::start().await;
    let token = pending(&app, "ann").await;
    for answer in [
        token.post("/v2/users/password", "").await,
        token.post("/v2/users/generate-password", "").await,
        token.get("/v2/users/me").await,
        token.put("/v2/users", "{}").await,
        token.post("/v2/users", "{}").await,
        token.post("/v2/users/reset/1", "").await,
        token.post("/v2/users/key-generate/1", "").await,
    ] {
        answer.refuses(403, "AccessDenied", "Password change required.");
    }
    assert_eq!(token.post("/v2/auth/session", "").await.status, 200);
    let same = token.put(PATH, &body(PASSWORD, PASSWORD)).await;
    same.refuses(400, "InvalidParameter", "newPassword must differ from the current password.");
    token.put(PATH, &body(PASSWORD, NEW)).await.is(DONE);
    assert_eq!(token.get("/v2/users/me").await.status, 200);
    let leaving = pending(&app, "bea").await;
    assert_eq!(leaving.post("/v2/auth/logout", "").await.status, 200);
}

#[tokio::test]
async fn an_api_key_works_under_must_change() {
    // authorisation 3.5 (last row)
    let app = TestApp::start().await;
    pending(&app, "ann").await;
    let operator = app.operator(Operation::ReadUser);
    let users = app.gate.list_users(&operator, passgate_gate::ids::TenantId::new(1).unwrap(), None, 10).await.unwrap();
    let id = Target::Number(users[0].user.id.get());
    let key = app.gate.generate_api_key(&app.operator(Operation::GenerateApiKey), &id).await.unwrap();
    assert_eq!(app.with(&[("x-api-key", key.expose())]).get("/v2/users/me").await.status, 200);
}
