//! Bearer tokens: nothing passes but what we signed, and of that only what an independent reading takes too. R36, R37.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use passgate_door_ecgrid_rest::fuzzing::{issue, read};
use passgate_door_ecgrid_rest::{SigningKey, TokenKeys};
use passgate_gate::ids::UserId;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::Sha256;

use crate::choices::{choose, text};

const SECRET: [u8; 32] = [7; 32];
const SESSION: &str = "3f0c6a52-8d0e-4b53-9a55-0d7f6c1f2a11";
const ISSUER: &str = "https://gate.example";
const HEADER: &str = r#"{"typ":"JWT","alg":"HS256","kid":"k2"}"#;
const NOW: i64 = 1_800_000_000;

static KEYS: LazyLock<TokenKeys> =
    LazyLock::new(|| TokenKeys::new(ISSUER, SigningKey::new("k2", &SECRET).expect("a plain name"), Vec::new()));

/// The one token that is in the world.
static ISSUED: LazyLock<String> = LazyLock::new(|| {
    let user = UserId::new(7301).expect("a user's number");
    issue(&KEYS, SESSION, user, now(), now() + SignedDuration::from_hours(1)).to_string()
});

/// A text that is not the issued token is refused; so is a change to it; so is a signed one with another header, or
/// with claims that an independent reading refuses.
pub fn holds(data: &[u8]) {
    match choose(data, 4) {
        Some((0, rest)) => a_stranger(&text(rest)),
        Some((1, rest)) => a_change(rest),
        Some((2, header)) => a_header_of_its_own(header),
        Some((_, claims)) => claims_of_its_own(claims),
        None => {}
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).expect("a time")
}

fn taken(token: &str) -> Option<(String, i32)> {
    read(&KEYS, token, now()).map(|(session, user)| (session.expose().to_owned(), user.get()))
}

fn a_stranger(token: &str) {
    let expected = (*token == *ISSUED).then(|| (SESSION.to_owned(), 7301));
    assert_eq!(taken(token), expected, "a token that we did not issue");
}

/// Some bytes at some place are replaced by others.
fn a_change(rest: &[u8]) {
    let [at, length, put @ ..] = rest else { return };
    let mut token = ISSUED.clone().into_bytes();
    let at = usize::from(*at) * token.len() / 256;
    let end = (at + usize::from(*length)).min(token.len());
    token.splice(at..end, put.iter().copied());
    if let Ok(token) = String::from_utf8(token) {
        a_stranger(&token);
    }
}

fn a_header_of_its_own(header: &[u8]) {
    let claims = format!(
        r#"{{"iss":"{ISSUER}","aud":"ecgrid-rest","sub":"7301","iat":{NOW},"exp":{},"jti":"{SESSION}"}}"#,
        NOW + 60
    );
    let token = sign(header, claims.as_bytes());
    assert_eq!(taken(&token).is_some(), header == HEADER.as_bytes(), "a header that is not ours");
}

fn claims_of_its_own(claims: &[u8]) {
    let token = sign(HEADER.as_bytes(), claims);
    let Some(read) = taken(&token) else { return };
    let claims = std::str::from_utf8(claims).expect("claims that are no text");
    // Each claim as it is written: those that nobody asks for may be numbers beyond every type.
    let claims: BTreeMap<String, &RawValue> = serde_json::from_str(claims).expect("claims that are no object");
    let claim = |name: &str| claims.get(name).map(|raw| serde_json::from_str::<Value>(raw.get()).expect("a value"));
    let text = |name: &str| claim(name).and_then(|value| value.as_str().map(str::to_owned)).expect("a text");
    let number = |name: &str| claim(name).and_then(|value| value.as_i64()).expect("a whole number");
    assert_eq!((text("iss").as_str(), text("aud").as_str()), (ISSUER, "ecgrid-rest"));
    assert_eq!(read, (text("jti"), text("sub").parse().expect("a user's number")));
    assert_eq!(read.1.to_string(), text("sub"), "two spellings of one user");
    assert!(read.1 > 0, "a user's number is positive");
    assert!(number("exp") > NOW - 30, "ended");
    assert!(number("iat") <= NOW + 30, "issued in the future");
    if claim("nbf").is_some_and(|nbf| !nbf.is_null()) {
        assert!(number("nbf") <= NOW + 30, "not yet to be used");
    }
}

/// Signs as somebody who had our key would, by other means than the door's.
fn sign(header: &[u8], claims: &[u8]) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(&SECRET).expect("HMAC takes keys of every length");
    mac.update(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}
