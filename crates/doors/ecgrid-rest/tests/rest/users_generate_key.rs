//! `POST /v2/users/key-generate/{id}` and its alias. Contract: ecgrid-rest 2.4, 3 #4, #7, #8; authorisation 4.5.

use passgate_gate::level::Level;
use serde_json::json;

use crate::app::{Answer, TestApp};

fn key_in(answer: &Answer) -> String {
    let key = answer.json()["data"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned();
    answer.is(&format!(r#"{{"success":true,"data":"{key}"}}"#));
    key
}

#[tokio::test]
async fn a_new_key_is_a_lower_case_guid_and_the_one_before_dies_at_once() {
    // ecgrid-rest 2.4, 3 #7
    let app = TestApp::start().await;
    let ben = app.user("ben", Level::MailboxUser, (1, 1)).await;
    let old = ben.key().await;
    let key = key_in(&old.post(&format!("/v2/users/key-generate/{}", ben.id), "").await);
    let shape: Vec<usize> = key.split('-').map(str::len).collect();
    assert_eq!(shape, [8, 4, 4, 4, 12]);
    assert!(key.bytes().all(|b| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
    old.get("/v2/users/me").await.refuses(401, "InvalidAPIKey", "The API key is not valid.");
    let new = app.with(&[("x-api-key", &key)]);
    assert_eq!(new.get("/v2/users/me").await.status, 200);
    let again = key_in(&new.post(&format!("/v2/users/{}/generate-api-key", ben.id), "{}").await);
    assert_eq!(app.with(&[("x-api-key", &again)]).get("/v2/users/me").await.status, 200);
}

#[tokio::test]
async fn the_id_in_the_path_and_the_one_in_the_body_must_agree() {
    // ecgrid-rest 3 #4, 4.2
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::MailboxUser, (1, 1)).await);
    for path in [format!("/v2/users/{}/generate-api-key", ben.id), format!("/v2/users/key-generate/{}", ben.id)] {
        let answer = admin.post(&path, &json!({ "userId": ben.id + 1 }).to_string()).await;
        answer.refuses(400, "InvalidParameter", "userId differs from the id in the path.");
        key_in(&admin.post(&path, &json!({ "userId": ben.id }).to_string()).await);
    }
    for path in ["/v2/users/x/generate-api-key", "/v2/users/key-generate/x"] {
        admin.post(path, "").await.refuses(400, "InvalidParameter", "id must be an integer.");
    }
}

#[tokio::test]
async fn anybody_makes_a_key_for_themselves_and_only_administrators_for_others() {
    // ecgrid-rest 3 (who may call), authorisation 4.5
    let app = TestApp::start().await;
    let own = app.user("own", Level::General, (1, 1)).await;
    let foreign = app.user("foreign", Level::General, (2, 1)).await;
    let above = app.user("above", Level::NetworkAdmin, (1, 1)).await;
    for (level, expected) in [
        (Level::NetworkAdmin, [200, 404, 200, 200]),
        (Level::MailboxAdmin, [200, 404, 403, 200]),
        (Level::NetworkUser, [403, 403, 403, 200]),
        (Level::General, [403, 403, 403, 200]),
    ] {
        let user = app.user(level.name(), level, (1, 1)).await;
        let token = user.token().await;
        for (id, status) in [own.id, foreign.id, above.id, user.id].into_iter().zip(expected) {
            let answer = token.post(&format!("/v2/users/key-generate/{id}"), "").await;
            assert_eq!(answer.status, status, "{level} {id}: {}", answer.body);
        }
    }
}
