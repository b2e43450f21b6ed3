//! `POST /v2/users/generate-password`. Contract: ecgrid-rest 2.4, 3 #18, 4.2; R17.

use passgate_door_ecgrid_rest::UnknownProperties;
use passgate_gate::Settings;
use passgate_gate::level::Level;
use serde_json::json;

use crate::app::TestApp;

const PATH: &str = "/v2/users/generate-password";

fn length(answer: &crate::app::Answer) -> usize {
    answer.json()["data"].as_str().unwrap_or_else(|| panic!("{answer:?}")).chars().count()
}

#[tokio::test]
async fn anybody_gets_a_password_of_12_or_of_the_length_asked_for() {
    // ecgrid-rest 3 #18
    let app = TestApp::start().await;
    let key = app.user("ben", Level::General, (1, 1)).await.key().await;
    for (body, expected) in [
        ("", 12),
        ("{}", 12),
        (r#"{"length":null}"#, 12),
        (r#"{"length":8}"#, 8),
        (r#"{"Length":"24"}"#, 24),
        (r#"{"length":128}"#, 128),
    ] {
        assert_eq!(length(&key.post(PATH, body).await), expected, "{body}");
    }
}

#[tokio::test]
async fn a_length_out_of_range_is_told_the_range() {
    // ecgrid-rest 4.2
    let app = TestApp::start().await;
    let key = app.user("ben", Level::General, (1, 1)).await.key().await;
    for asked in [7, 0, -1, 129, i32::MAX, i32::MIN] {
        let answer = key.post(PATH, &json!({ "length": asked }).to_string()).await;
        answer.refuses(400, "InvalidParameter", "length must be between 8 and 128.");
    }
    for body in [r#"{"length":1.5}"#, r#"{"length":"x"}"#, r#"{"length":true}"#] {
        key.post(PATH, body).await.refuses(400, "InvalidParameter", "length must be an integer.");
    }
}

#[tokio::test]
async fn the_range_follows_the_least_length_that_is_configured_but_not_below_4() {
    // ecgrid-rest 3 #18
    for (min_length, least, default) in [(1, 4, 12), (20, 20, 20)] {
        let mut settings = Settings::default();
        settings.policy.min_length = min_length;
        let app = TestApp::start_with(settings, UnknownProperties::Ignored).await;
        let key = app.gate_user().await;
        assert_eq!(length(&key.post(PATH, "").await), default);
        assert_eq!(length(&key.post(PATH, &json!({ "length": least }).to_string()).await), least);
        let answer = key.post(PATH, &json!({ "length": least - 1 }).to_string()).await;
        answer.refuses(400, "InvalidParameter", &format!("length must be between {least} and 128."));
    }
}

#[tokio::test]
async fn a_generated_password_can_be_set() {
    // ecgrid-rest 2.4
    let app = TestApp::start().await;
    let (admin, ben) = (app.admin().await, app.user("ben", Level::General, (1, 1)).await);
    let made = admin.post(PATH, "").await.json()["data"].as_str().unwrap().to_owned();
    let set = json!({ "userId": ben.id, "newPassword": made }).to_string();
    assert_eq!(admin.post("/v2/users/password", &set).await.status, 200);
    assert!(app.accepts("ben", &made).await);
}
