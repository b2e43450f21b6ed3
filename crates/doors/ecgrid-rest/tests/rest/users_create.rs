//! `POST /v2/users`. Contract: ecgrid-rest 2.4, 3 #2, #5, #6, 4.2, 4.3; authorisation 3.2 (granting).

use passgate_gate::level::Level;
use serde_json::{Value, json};

use crate::app::{Answer, NEW, TestApp};

const PATH: &str = "/v2/users";

fn wanted(more: &Value) -> String {
    let mut body = json!({ "login": "new", "password": NEW, "email": "new@mail.example" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body.to_string()
}

#[track_caller]
fn is_made(answer: &Answer, network: i32, mailbox: i32, level: &str) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let data = &answer.json()["data"];
    let place = (data["networkId"].as_i64(), data["mailboxId"].as_i64(), data["authLevel"].as_str());
    assert_eq!(place, (Some(network.into()), Some(mailbox.into()), Some(level)));
}

#[tokio::test]
async fn a_created_user_is_shown_and_signs_in() {
    // ecgrid-rest 2.4, 4.3
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let answer = admin.post(PATH, &wanted(&json!({ "firstName": "Nea", "mailboxId": 2 }))).await;
    let id = answer.json()["data"]["userId"].as_i64().unwrap();
    answer.is(&format!(
        r#"{{"success":true,"data":{{"userId":{id},"login":"new","email":"new@mail.example","firstName":"Nea","lastName":"","networkId":1,"mailboxId":2,"authLevel":"MailboxUser","status":"Active","created":"2027-01-15T08:00:00Z"}}}}"#
    ));
    assert!(app.accepts("new", NEW).await);
}

#[tokio::test]
async fn login_falls_back_to_login_name_and_never_to_the_address() {
    // ecgrid-rest 3 #2
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let answer = admin.post(PATH, &wanted(&json!({ "login": null, "loginName": "other" }))).await;
    assert_eq!(answer.member("login"), "other");
    let answer = admin.post(PATH, &wanted(&json!({ "login": "" }))).await;
    answer.refuses(400, "InvalidParameter", "login is required.");
}

#[tokio::test]
async fn network_and_mailbox_default_to_the_callers() {
    // ecgrid-rest 3 #5
    let app = TestApp::start().await;
    let (boss, staff) = (
        app.user("boss", Level::NetworkAdmin, (1, 2)).await.key().await,
        app.user("staff", Level::NetOps, (1, 0)).await.key().await,
    );
    let mut number = 0;
    let mut login = || {
        number += 1;
        format!("new{number}")
    };
    is_made(&boss.post(PATH, &wanted(&json!({ "login": login() }))).await, 1, 2, "MailboxUser");
    is_made(&boss.post(PATH, &wanted(&json!({ "login": login(), "networkId": 0 }))).await, 1, 2, "MailboxUser");
    is_made(&boss.post(PATH, &wanted(&json!({ "login": login(), "mailboxId": 0 }))).await, 1, 0, "MailboxUser");
    is_made(&boss.post(PATH, &wanted(&json!({ "login": login(), "mailboxId": "1" }))).await, 1, 1, "MailboxUser");
    let foreign = json!({ "login": login(), "networkId": 2, "mailboxId": 1 });
    is_made(&staff.post(PATH, &wanted(&foreign)).await, 2, 1, "MailboxUser");
}

#[tokio::test]
async fn a_network_or_mailbox_that_is_unknown_or_out_of_sight_is_not_found() {
    // ecgrid-rest 4.2
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for network in [2, 3, -1] {
        let answer = admin.post(PATH, &wanted(&json!({ "networkId": network }))).await;
        answer.refuses(404, "ObjectNotFound", "Network not found.");
    }
    for mailbox in [3, -1] {
        let answer = admin.post(PATH, &wanted(&json!({ "mailboxId": mailbox }))).await;
        answer.refuses(404, "ObjectNotFound", "Mailbox not found.");
    }
    let box_admin = app.user("box-admin", Level::MailboxAdmin, (1, 1)).await.key().await;
    for mailbox in [0, 2] {
        let answer = box_admin.post(PATH, &wanted(&json!({ "mailboxId": mailbox }))).await;
        answer.refuses(404, "ObjectNotFound", "Mailbox not found.");
    }
    is_made(&box_admin.post(PATH, &wanted(&json!({}))).await, 1, 1, "MailboxUser");
}

#[tokio::test]
async fn nobody_grants_a_level_above_their_own() {
    // ecgrid-rest 4.2, authorisation 3.2
    let app = TestApp::start().await;
    let box_admin = app.user("box-admin", Level::MailboxAdmin, (1, 1)).await.key().await;
    let admin = app.admin().await;
    for (caller, level) in
        [(&box_admin, "NetworkUser"), (&box_admin, "NetworkAdmin"), (&admin, "NetOps"), (&admin, "root")]
    {
        let answer = caller.post(PATH, &wanted(&json!({ "authLevel": level }))).await;
        answer.refuses(403, "AccessDenied", "authLevel exceeds the caller's level.");
    }
    is_made(&box_admin.post(PATH, &wanted(&json!({ "authLevel": "mailboxadmin" }))).await, 1, 1, "MailboxAdmin");
    is_made(&admin.post(PATH, &wanted(&json!({ "login": "b", "authLevel": "NoChange" }))).await, 1, 0, "MailboxUser");
}

#[tokio::test]
async fn who_administers_nobody_makes_nobody() {
    // ecgrid-rest 3 (who may call)
    let app = TestApp::start().await;
    for level in [Level::NetworkUser, Level::MailboxUser, Level::TPUser, Level::General] {
        let key = app.user(level.name(), level, (1, 1)).await.key().await;
        for sent in [wanted(&json!({})), "x".into()] {
            assert_eq!(key.post(PATH, &sent).await.status, 403, "{level}");
        }
    }
}

#[tokio::test]
async fn a_login_that_is_in_use_in_the_network_is_a_duplicate() {
    // ecgrid-rest 4.2
    let app = TestApp::start().await;
    let admin = app.admin().await;
    app.user("taken", Level::General, (1, 2)).await;
    app.user("elsewhere", Level::General, (2, 1)).await;
    for login in ["taken", "TAKEN", " Taken "] {
        let answer = admin.post(PATH, &wanted(&json!({ "login": login }))).await;
        answer.refuses(400, "DuplicateObject", "login is already in use.");
    }
    assert_eq!(admin.post(PATH, &wanted(&json!({ "login": "elsewhere" }))).await.status, 200);
}

#[tokio::test]
async fn missing_and_unfit_fields_are_named_and_nobody_is_made() {
    // ecgrid-rest 4.2
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (more, message) in [
        (json!({ "login": null }), "login is required."),
        (json!({ "login": 7 }), "login must be a string."),
        (json!({ "login": "a\u{0}b" }), "login is not valid."),
        (json!({ "password": null }), "password is required."),
        (json!({ "password": "short" }), "password must have at least 8 characters."),
        (json!({ "password": "P@ssw0rd" }), "password is too easy to guess."),
        (
            json!({ "password": "lowercase-only" }),
            "password must contain a lowercase letter, an uppercase letter, a digit and a special character.",
        ),
        (json!({ "login": "Cedar-wood-77" }), "password is too easy to guess."),
        (json!({ "email": null }), "email is required."),
        (json!({ "email": "nowhere" }), "email is not valid."),
        (json!({ "authLevel": "King" }), "authLevel is not valid."),
        (json!({ "authLevel": 3 }), "authLevel must be a string."),
        (json!({ "networkId": "x" }), "networkId must be an integer."),
        (json!({ "mailboxId": 1.5 }), "mailboxId must be an integer."),
    ] {
        admin.post(PATH, &wanted(&more)).await.refuses(400, "InvalidParameter", message);
    }
    assert!(!app.accepts("new", NEW).await);
}
