//! Tokens, keys and session ids of every broken kind. Contract: ecgrid-rest 4.1 (third and fourth row), ecgridos-soap
//! 4.3 (first rows); R36, R37, R43, R45.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::house::{House, Silent};
use crate::requests::{ECGRIDOS, JSON, Request, SET, XML, ecgridos_set, json_set};

/// A forger who has the server's own signing key, and a good token to start from.
struct Forger {
    key: Vec<u8>,
    token: String,
    header: Value,
    claims: Value,
}

impl Forger {
    fn of(house: &House) -> Self {
        let key = std::fs::read_to_string(house.folder.path().join("data/keys/tokens-1.key")).unwrap();
        let key = key
            .trim()
            .as_bytes()
            .chunks(2)
            .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap());
        let login = json!({ "login": house.member("admin_login"), "password": house.member("admin_password") });
        let answer = house.server.post("/v2/auth/login", &login.to_string());
        let token = answer.split("\"token\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let part = |at: usize| -> Value {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap()
        };
        Self { key: key.collect(), header: part(0), claims: part(1), token }
    }

    fn sign_bytes(header: &str, claims: &str, key: &[u8]) -> String {
        let message = format!("{header}.{claims}");
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    /// The good header, letter by letter, over other claims.
    fn claiming(&self, claims: &Value) -> String {
        let header = self.token.split('.').next().unwrap();
        Self::sign_bytes(header, &URL_SAFE_NO_PAD.encode(claims.to_string()), &self.key)
    }

    fn with_claim(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        claims[name] = value;
        self.claiming(&claims)
    }

    fn without_claim(&self, name: &str) -> String {
        let mut claims = self.claims.clone();
        claims.as_object_mut().unwrap().remove(name);
        self.claiming(&claims)
    }

    /// The good claims under another header, signed with our key all the same.
    fn under(&self, changes: &Value) -> String {
        let mut header = self.header.clone();
        for (name, value) in changes.as_object().unwrap() {
            header[name] = value.clone();
        }
        Self::sign_bytes(&URL_SAFE_NO_PAD.encode(header.to_string()), self.token.split('.').nth(1).unwrap(), &self.key)
    }

    fn now(&self) -> i64 {
        self.claims["iat"].as_i64().unwrap()
    }
}

fn bearer(token: &str) -> Request {
    Request::new(SET, format!("Authorization: Bearer {token}\r\n{JSON}"), json_set())
}

#[test]
fn forged_tokens_are_refused_even_when_signed_with_our_key() {
    // R36, R37.
    let mut house = House::open();
    let (forger, listener) = (Forger::of(&house), Silent::listen());
    let (token, url) = (forger.token.clone(), listener.url());
    let parts: Vec<&str> = token.split('.').collect();
    house.takes("the token that every row spoils", &bearer(&token));
    house.takes("signed again by the forger", &bearer(&forger.claiming(&forger.claims)));
    let exp = forger.claims["exp"].as_i64().unwrap();
    for (what, forged) in [
        ("no algorithm", forger.under(&json!({ "alg": "none" }))),
        ("no algorithm in mixed letters", forger.under(&json!({ "alg": "NoNe" }))),
        ("no algorithm and no signature", format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), parts[1])),
        ("another hash", forger.under(&json!({ "alg": "HS512" }))),
        ("a public key's algorithm", forger.under(&json!({ "alg": "RS256" }))),
        ("an unknown key", forger.under(&json!({ "kid": "99" }))),
        ("a path as a key", forger.under(&json!({ "kid": "../../../../dev/null" }))),
        ("SQL as a key", forger.under(&json!({ "kid": "1' OR '1'='1" }))),
        ("a list of keys elsewhere", forger.under(&json!({ "jku": url }))),
        ("a certificate elsewhere", forger.under(&json!({ "x5u": url }))),
        ("a key of its own", forger.under(&json!({ "jwk": { "kty": "oct", "k": "AA" } }))),
        ("something critical", forger.under(&json!({ "crit": ["exp"] }))),
        ("another type", forger.under(&json!({ "typ": "at+jwt" }))),
        ("an empty key", Forger::sign_bytes(parts[0], parts[1], b"")),
        ("a guessed key", Forger::sign_bytes(parts[0], parts[1], b"secret")),
        ("half our key", Forger::sign_bytes(parts[0], parts[1], &forger.key[..16])),
        (
            "the digits of our key",
            Forger::sign_bytes(parts[0], parts[1], b"0000000000000000000000000000000000000000000000000000000000000000"),
        ),
        ("another audience", forger.with_claim("aud", json!("portal"))),
        ("two audiences", forger.with_claim("aud", json!(["ecgrid-rest", "portal"]))),
        ("another issuer", forger.with_claim("iss", json!("else"))),
        ("another user", forger.with_claim("sub", json!("1042"))),
        ("a user that is a number", forger.with_claim("sub", json!(106))),
        ("another session", forger.with_claim("jti", json!("00000000-0000-0000-0000-000000000000"))),
        ("no session", forger.without_claim("jti")),
        ("an end as a text", forger.with_claim("exp", json!(exp.to_string()))),
        ("an end with a fraction", forger.with_claim("exp", json!(1.5 + 4_000_000_000.0))),
        ("no end", forger.without_claim("exp")),
        ("an end that is null", forger.with_claim("exp", json!(null))),
        ("an end an hour ago", forger.with_claim("exp", json!(forger.now() - 3600))),
        ("a beginning in an hour", forger.with_claim("nbf", json!(forger.now() + 3600))),
        ("a beginning as a text", forger.with_claim("nbf", json!("0"))),
        ("issued in an hour", forger.with_claim("iat", json!(forger.now() + 3600))),
        ("no issue", forger.without_claim("iat")),
        ("claims in an array", forger.claiming(&json!([]))),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("no signature and no dot", format!("{}.{}", parts[0], parts[1])),
        ("a padded signature", format!("{token}=")),
        ("a longer signature", format!("{token}A")),
        ("a shorter signature", token[..token.len() - 1].to_owned()),
        ("a fourth part", format!("{token}.{}", parts[2])),
        ("5,000 characters", "x.".repeat(2_500)),
        ("an API key", house.member("api_key")),
        ("a session id", forger.claims["jti"].as_str().unwrap().to_owned()),
    ] {
        house.refuses(what, &bearer(&forged), 401, "InvalidSession");
    }
    for (what, authorization) in [
        ("another scheme", format!("Token {token}")),
        ("Basic", format!("Basic {token}")),
        ("no scheme", token.clone()),
        ("a scheme alone", "Bearer".to_owned()),
        ("two tokens", format!("Bearer {token} {token}")),
        ("a comma", format!("Bearer {token},")),
        ("a quoted token", format!("Bearer \"{token}\"")),
        ("nothing", String::new()),
    ] {
        let request = Request::new(SET, format!("Authorization: {authorization}\r\n{JSON}"), json_set());
        house.refuses(what, &request, 401, "InvalidSession");
    }
    listener.was_never_called();
    house.closes_after(50);
}

#[test]
fn broken_keys_are_refused() {
    // R43, R44; ecgrid-rest 4.1 (third row).
    let mut house = House::open();
    let (forger, key) = (Forger::of(&house), house.member("api_key"));
    house.takes("the key that every row spoils", &Request::new(SET, format!("X-API-Key: {key}\r\n{JSON}"), json_set()));
    for (what, broken) in [
        ("nothing", String::new()),
        ("a key cut short", key[..key.len() - 1].to_owned()),
        ("a longer key", format!("{key}0")),
        ("the shown part of a key", format!("{}...", &key[..12])),
        ("two keys", format!("{key}, {key}")),
        ("a key in braces", format!("{{{key}}}")),
        ("a key without hyphens", key.replace('-', "")),
        ("no bits", "00000000-0000-0000-0000-000000000000".to_owned()),
        ("SQL", "' OR 1=1 --".to_owned()),
        ("a token", forger.token.clone()),
        ("a long one", "x".repeat(8_000)),
        ("beyond ASCII", "ключ".to_owned()),
    ] {
        let request = Request::new(SET, format!("X-API-Key: {broken}\r\n{JSON}"), json_set());
        house.refuses(what, &request, 401, "The API key is not valid.");
    }
    house.closes_after(12);
}

#[test]
fn broken_session_ids_are_refused() {
    // ecgridos-soap 4.3 (first row), 3 #20; R45.
    let mut house = House::open();
    let (forger, key, good) = (Forger::of(&house), house.member("api_key"), ecgridos_set(&house));
    house.takes("the call that every row spoils", &Request::new(ECGRIDOS, XML, &*good));
    let call = |session: &str| Request::new(ECGRIDOS, XML, good.replace(&key, session));
    for (what, session) in [
        ("nothing", String::new()),
        ("a key cut short", key[..key.len() - 1].to_owned()),
        ("a key with a comment for a letter", format!("{}<!---->", &key[..key.len() - 1])),
        ("no bits", "00000000-0000-0000-0000-000000000000".to_owned()),
        ("a REST token", forger.token.clone()),
        ("the session of a REST token", forger.claims["jti"].as_str().unwrap().to_owned()),
        ("SQL", "' OR 1=1 --".to_owned()),
        ("60 KiB", "x".repeat(60 * 1024)),
    ] {
        house.refuses(what, &call(&session), 500, "Invalid SessionID.");
    }
    let bare = good.replace(&format!("<SessionID>{key}</SessionID>"), "");
    house.refuses("no element", &Request::new(ECGRIDOS, XML, &*bare), 500, "Invalid SessionID.");
    for (what, line, headers) in [
        ("in the query", format!("{ECGRIDOS}?SessionID={key}"), XML.to_owned()),
        ("in a header", ECGRIDOS.to_owned(), format!("{XML}SessionID: {key}\r\nX-API-Key: {key}\r\n")),
        ("in a cookie", ECGRIDOS.to_owned(), format!("{XML}Cookie: SessionID={key}\r\n")),
        ("as a bearer", ECGRIDOS.to_owned(), format!("{XML}Authorization: Bearer {}\r\n", forger.token)),
    ] {
        house.refuses(what, &Request::new(&line, headers, &*bare), 500, "Invalid SessionID.");
    }
    house.closes_after(13);
}
