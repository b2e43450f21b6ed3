//! `POST /v2/users/password`, `POST /v2/auth/login`. Contract: ecgrid-rest 4.1, 4.2.

use serde_json::{Value, json};

use crate::doors::{Credential, Target};
use crate::house::House;

pub(crate) fn set(house: &House, header: &str, shown: &Credential, target: &Target, password: &str) -> String {
    let body = json!({ "userId": target.number(), "newPassword": password }).to_string();
    let secret = &shown.secret;
    let head = format!("POST /v2/users/password HTTP/1.1\r\n{header}{secret}\r\nContent-Type: application/json\r\n");
    let (status, body) = house.send(&head, &body);
    let body: Value = serde_json::from_str(&body).expect("every answer is JSON");
    match body["errorCode"].as_str() {
        Some(code) => format!("{status} {code}"),
        None => format!("{status} {body}"),
    }
}

pub(crate) fn answer_to(decision: &str, bad_credential: &str) -> String {
    match decision {
        "ok" => r#"200 {"data":true,"success":true}"#.to_owned(),
        "unidentified" => format!("401 {bad_credential}"),
        "level-too-low" | "target-above-caller" | "password-change-required" => "403 AccessDenied".to_owned(),
        "user-not-found" => "404 ObjectNotFound".to_owned(),
        // A new password that is empty is missing, which this door sees by itself.
        "invalid-parameter" => "400 InvalidParameter".to_owned(),
        refused if refused.starts_with("password-") => "400 InvalidParameter".to_owned(),
        other => panic!("this door does not decide {other}"),
    }
}

/// A token for a name and a password, if they are good.
pub(crate) fn sign_in(house: &House, login: &str, password: &str) -> Option<String> {
    let body = json!({ "login": login, "password": password }).to_string();
    let (status, body) = house.send("POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n", &body);
    match status {
        200 => {
            let body: Value = serde_json::from_str(&body).expect("every answer is JSON");
            Some(body["data"]["token"].as_str().expect("a token").to_owned())
        }
        401 => None,
        other => panic!("{other}: {body}"),
    }
}

/// Whether a token is still good.
pub(crate) fn holds(house: &House, token: &str) -> bool {
    let (status, _) = house.send(&format!("POST /v2/auth/session HTTP/1.1\r\nAuthorization: Bearer {token}\r\n"), "");
    assert!(matches!(status, 200 | 401), "{status}");
    status == 200
}
