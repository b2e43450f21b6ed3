//! Forged and untimely tokens. R36, R37, R40.

use jiff::SignedDuration;

use super::*;

const SESSION: &str = "3f0c6a52-8d0e-4b53-9a55-0d7f6c1f2a11";
const SECRET: [u8; 32] = [7; 32];

fn keys() -> TokenKeys {
    TokenKeys::new("https://gate.example", SigningKey::new("k2", &SECRET).unwrap(), vec![])
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn issue(keys: &TokenKeys) -> Zeroizing<String> {
    let session = Token::sent(Zeroizing::new(SESSION.to_owned()));
    keys.issue(&session, UserId::new(7301).unwrap(), now(), now() + SignedDuration::from_secs(3600))
}

const HEADER: &str = r#"{"typ":"JWT","alg":"HS256","kid":"k2"}"#;

fn claims(change: (&str, &str)) -> String {
    let claims = format!(
        r#"{{"iss":"https://gate.example","aud":"ecgrid-rest","sub":"7301","iat":1800000000,"exp":1800003600,"jti":"{SESSION}"}}"#
    );
    let changed = claims.replace(change.0, change.1);
    assert!(change.0.is_empty() || changed != claims, "the change must fit");
    changed
}

/// Signs anything, as somebody who had our key would.
fn sign(header: &str, claims: &str, secret: &[u8]) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = crypto::sign(message.as_bytes(), &EncodingKey::from_secret(secret), Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

fn taken(token: &str) -> bool {
    keys().read(token, now()).is_some()
}

#[test]
fn a_token_that_we_made_is_read_back() {
    let signed = keys().read(&issue(&keys()), now()).unwrap();
    assert_eq!((signed.session.expose(), signed.user.get()), (SESSION, 7301));
    assert!(taken(&sign(HEADER, &claims(("", "")), &SECRET)), "the forger of the other tests can sign");
}

#[test]
fn no_header_but_our_own_is_heeded() {
    // R36: each of these is signed with our very key.
    for header in [
        r#"{"typ":"JWT","alg":"none","kid":"k2"}"#,
        r#"{"typ":"JWT","alg":"NoNe","kid":"k2"}"#,
        r#"{"typ":"JWT","alg":"HS512","kid":"k2"}"#,
        r#"{"typ":"JWT","alg":"RS256","kid":"k2"}"#,
        r#"{"typ":"JWT","alg":"HS256"}"#,
        r#"{"typ":"JWT","alg":"HS256","kid":"k1"}"#,
        r#"{"typ":"JWT","alg":"HS256","kid":"../../dev/null"}"#,
        r#"{"typ":"JWT","alg":"HS256","kid":"k2' OR '1'='1"}"#,
        r#"{"typ":"JWT","alg":"HS256","kid":"k2","jku":"http://127.0.0.1:9/jwks"}"#,
        r#"{"typ":"JWT","alg":"HS256","kid":"k2","x5u":"http://127.0.0.1:9/x"}"#,
        r#"{"typ":"JWT","alg":"HS256","kid":"k2","jwk":{"kty":"oct","k":"AA"}}"#,
        r#"{"typ":"JWT","alg":"HS256","kid":"k2","crit":["exp"]}"#,
        r#"{"alg":"HS256","kid":"k2"}"#,
        r#"{"typ":"other","alg":"HS256","kid":"k2"}"#,
        r#"{"typ":1,"alg":"HS256","kid":"k2"}"#,
        "{}",
        "",
    ] {
        assert!(!taken(&sign(header, &claims(("", "")), &SECRET)), "{header}");
    }
}

#[test]
fn no_signature_but_our_own_is_believed() {
    // R36
    let good = issue(&keys());
    let (message, signature) = good.rsplit_once('.').unwrap();
    for secret in [&b""[..], b"secret", &[0; 32], &SECRET[..31]] {
        assert!(!taken(&sign(HEADER, &claims(("", "")), secret)));
    }
    let other = sign(HEADER, &claims(("7301", "7302")), &SECRET);
    let foreign = other.rsplit_once('.').unwrap().1;
    for forged in ["", "AA", foreign, &format!("{signature}A"), &format!("{signature}="), &format!(" {signature}")] {
        assert!(!taken(&format!("{message}.{forged}")), "{forged}");
    }
    for text in ["", ".", "..", "a.b.c", message, SESSION, &format!("{}.", good.as_str()), &"x.".repeat(5000)] {
        assert!(!taken(text));
    }
}

#[test]
fn every_claim_is_required_with_its_type() {
    // R37
    for change in [
        (r#""iss":"https://gate.example","#, ""),
        (r#""aud":"ecgrid-rest","#, ""),
        (r#""sub":"7301","#, ""),
        (r#""iat":1800000000,"#, ""),
        (r#""exp":1800003600,"#, ""),
        (r#""exp":1800003600"#, r#""exp":"1800003600""#),
        (r#""exp":1800003600"#, r#""exp":1800003600.5"#),
        (r#""exp":1800003600"#, r#""exp":null"#),
        (r#""iat":1800000000"#, r#""iat":"1800000000""#),
        (r#""jti":"#, r#""jto":"#),
        (r#""sub":"7301""#, r#""sub":7301"#),
        (r#""sub":"7301""#, r#""sub":"0""#),
        (r#""sub":"7301""#, r#""sub":"x""#),
        (r#""sub":"7301""#, r#""sub":"+7301""#),
        ("gate.example", "else.example"),
        ("ecgrid-rest", "portal"),
        (r#""aud":"ecgrid-rest""#, r#""aud":["ecgrid-rest"]"#),
        (r#""exp":1800003600"#, r#""exp":1800003600,"exp":1900000000"#),
        (r#""exp":"#, r#""nbf":"0","exp":"#),
    ] {
        assert!(!taken(&sign(HEADER, &claims(change), &SECRET)), "{change:?}");
    }
    let values = format!(r#"["https://gate.example","ecgrid-rest","7301",1800000000,1800003600,null,"{SESSION}"]"#);
    assert!(!taken(&sign(HEADER, &values, &SECRET)), "values without names");
}

#[test]
fn a_token_counts_within_its_time_and_half_a_minute() {
    // R37
    for (exp, expected) in [(1_799_999_970, false), (1_799_999_971, true), (i64::MAX, true), (i64::MIN, false)] {
        assert_eq!(taken(&sign(HEADER, &claims(("1800003600", &exp.to_string())), &SECRET)), expected, "exp {exp}");
    }
    for (nbf, expected) in [(1_800_000_030, true), (1_800_000_031, false), (i64::MAX, false)] {
        let change = (r#""exp":"#, &*format!(r#""nbf":{nbf},"exp":"#));
        assert_eq!(taken(&sign(HEADER, &claims(change), &SECRET)), expected, "nbf {nbf}");
    }
}

#[test]
fn a_change_of_keys_ends_no_session_while_the_old_key_is_kept() {
    // R40
    let old = issue(&keys());
    let new_key = || SigningKey::new("k3", &[8; 32]).unwrap();
    let overlap = TokenKeys::new("https://gate.example", new_key(), vec![SigningKey::new("k2", &SECRET).unwrap()]);
    assert!(overlap.read(&old, now()).is_some());
    assert!(overlap.read(&issue(&overlap), now()).is_some());
    let after = TokenKeys::new("https://gate.example", new_key(), vec![]);
    assert!(after.read(&old, now()).is_none());
    assert!(keys().read(&issue(&overlap), now()).is_none());
}

#[test]
fn a_key_has_a_plain_name() {
    for kid in ["", "a b", "a\"b", "../x", &"k".repeat(33)] {
        assert!(SigningKey::new(kid, &SECRET).is_none(), "{kid}");
    }
}
