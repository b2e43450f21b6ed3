//! `PUT /v2/users`, `PUT /v2/users/{id}`. Contract: ecgrid-rest 2.4, 3 #4, 4.2; authorisation 4.5.

use passgate_gate::level::Level;
use serde_json::json;

use crate::app::TestApp;

const PATH: &str = "/v2/users";

#[tokio::test]
async fn what_is_sent_changes_and_what_is_not_stays() {
    // ecgrid-rest 2.4
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let sent = json!({ "userId": ben.id, "email": "b@new.example", "lastName": "Öst", "firstName": null }).to_string();
    let answer = admin.put(PATH, &sent).await;
    answer.is(&format!(
        r#"{{"success":true,"data":{{"userId":{},"login":"ben","email":"b@new.example","firstName":"Ann","lastName":"Öst","networkId":1,"mailboxId":1,"authLevel":"MailboxUser","status":"Active","created":"2027-01-15T08:00:00Z"}}}}"#,
        ben.id
    ));
    assert_eq!(ben.key().await.get("/v2/users/me").await.body, answer.body);
}

#[tokio::test]
async fn the_id_in_the_path_and_the_one_in_the_body_must_agree() {
    // ecgrid-rest 3 #4
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let alias = format!("/v2/users/{}", ben.id);
    for sent in [json!({ "firstName": "Bea" }), json!({ "userId": ben.id.to_string(), "firstName": "Bea" })] {
        assert!(admin.put(&alias, &sent.to_string()).await.body.contains("\"firstName\":\"Bea\""));
    }
    let other = admin.put(&alias, &json!({ "userId": ben.id + 1 }).to_string()).await;
    other.refuses(400, "InvalidParameter", "userId differs from the id in the path.");
    admin.put("/v2/users/x", "{}").await.refuses(400, "InvalidParameter", "id must be an integer.");
    admin.put(PATH, "{}").await.refuses(400, "InvalidParameter", "userId is required.");
}

#[tokio::test]
async fn a_status_is_changed_by_administrators_only() {
    // ecgrid-rest 2.4, authorisation 4.5
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    let key = ben.key().await;
    let status = |to: &str| json!({ "userId": ben.id, "status": to }).to_string();
    assert!(admin.put(PATH, &status("suspended")).await.body.contains("\"status\":\"Suspended\""));
    assert!(admin.put(PATH, &status("Active")).await.body.contains("\"status\":\"Active\""));
    assert_eq!(key.put(PATH, &status("Active")).await.status, 403);
    for unknown in ["", "Gone", "NoChange", "Terminated"] {
        admin.put(PATH, &status(unknown)).await.refuses(400, "InvalidParameter", "status is not valid.");
    }
}

#[tokio::test]
async fn fields_of_bad_form_are_named() {
    // ecgrid-rest 2.4, 4.2
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    for (field, value, message) in [
        ("email", json!("no address"), "email is not valid."),
        ("email", json!(1), "email must be a string."),
        ("firstName", json!("a\u{0}b"), "firstName is not valid."),
        ("lastName", json!("x".repeat(101)), "lastName is not valid."),
        ("lastName", json!(["x"]), "lastName must be a string."),
    ] {
        let answer = admin.put(PATH, &json!({ "userId": ben.id, field: value }).to_string()).await;
        answer.refuses(400, "InvalidParameter", message);
    }
}

#[tokio::test]
async fn anybody_edits_themselves_and_only_administrators_edit_others() {
    // ecgrid-rest 3 (who may call), authorisation 3.2
    let app = TestApp::start().await;
    let own = app.user("own", Level::General, (1, 1)).await;
    let elsewhere = app.user("elsewhere", Level::General, (1, 2)).await;
    let above = app.user("above", Level::NetworkAdmin, (1, 1)).await;
    for (level, expected) in [
        (Level::NetworkAdmin, [200, 200, 200, 200, 404]),
        (Level::MailboxAdmin, [200, 200, 404, 403, 404]),
        (Level::NetworkUser, [200, 403, 403, 403, 403]),
        (Level::MailboxUser, [200, 403, 403, 403, 403]),
        (Level::General, [200, 403, 403, 403, 403]),
    ] {
        let user = app.user(level.name(), level, (1, 1)).await;
        let key = user.key().await;
        for (id, status) in [user.id, own.id, elsewhere.id, above.id, 999_999].into_iter().zip(expected) {
            let answer = key.put(PATH, &json!({ "userId": id, "firstName": "Bea" }).to_string()).await;
            assert_eq!(answer.status, status, "{level} {id}: {}", answer.body);
        }
    }
}
