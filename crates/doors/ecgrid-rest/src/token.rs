//! Bearer tokens: a JWT around the gate's opaque session id. Contract: ecgrid-rest 2.3; R36, R37, R40.
//!
//! The signature only keeps strangers from asking the store. Whether a session is open, and what its owner may do,
//! is the gate's answer at each request (R38); nothing but the id is believed.
//!
//! Deliberately not here: where keys are kept, and the life of a session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use passgate_gate::ids::UserId;
use passgate_gate::secret::Token;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What clocks of our nodes may differ by. R37.
const LEEWAY_SECONDS: i64 = 30;
/// Ours have about 400 bytes.
const LONGEST: usize = 2048;
const AUDIENCE: &str = "ecgrid-rest";

/// A signing key: 256 random bits under a name.
pub struct SigningKey {
    header: String,
    sign: EncodingKey,
    verify: DecodingKey,
}

impl SigningKey {
    /// A key and the `kid` by which tokens name it: 1 to 32 of A-Z a-z 0-9 - _, else `None`.
    ///
    /// The secret must come from a generator fit for keys. R36, R40.
    pub fn new(kid: &str, secret: &[u8; 32]) -> Option<Self> {
        let plain = kid.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if !plain || !(1..=32).contains(&kid.len()) {
            return None;
        }
        let header = format!(r#"{{"typ":"JWT","alg":"HS256","kid":"{kid}"}}"#);
        Some(Self {
            header: URL_SAFE_NO_PAD.encode(header),
            sign: EncodingKey::from_secret(secret),
            verify: DecodingKey::from_secret(secret),
        })
    }
}

/// The keys of this installation.
pub struct TokenKeys {
    issuer: String,
    current: SigningKey,
    previous: Vec<SigningKey>,
}

#[derive(Serialize, Deserialize)]
struct Claims<'t> {
    iss: &'t str,
    aud: &'t str,
    sub: &'t str,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    nbf: Option<i64>,
    jti: &'t str,
}

/// A token that was signed by us and is in its time. Nobody knows yet whether its session is open.
pub(crate) struct Signed {
    pub(crate) session: Token,
    pub(crate) user: UserId,
}

impl TokenKeys {
    /// Tokens are signed with `current`; those signed with `previous` ones are still taken, so that keys are
    /// changed without ending sessions (R40). `issuer` names the installation.
    pub fn new(issuer: impl Into<String>, current: SigningKey, previous: Vec<SigningKey>) -> Self {
        Self { issuer: issuer.into(), current, previous }
    }

    pub(crate) fn issue(&self, session: &Token, user: UserId, now: Timestamp, expires: Timestamp) -> Zeroizing<String> {
        let claims = Claims {
            iss: &self.issuer,
            aud: AUDIENCE,
            sub: &user.to_string(),
            iat: now.as_second(),
            exp: expires.as_second(),
            nbf: None,
            jti: session.expose(),
        };
        let claims = Zeroizing::new(serde_json::to_vec(&claims).expect("plain texts and numbers serialize"));
        let mut token = Zeroizing::new(String::with_capacity(LONGEST));
        token.push_str(&self.current.header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.as_slice(), &mut token);
        let signature = crypto::sign(token.as_bytes(), &self.current.sign, Algorithm::HS256)
            .expect("HMAC over bytes with a key for HMAC");
        token.push('.');
        token.push_str(&signature);
        token
    }

    /// What a bearer token says, if it is one of ours. Every other text is refused alike.
    ///
    /// The header must be, byte for byte, the one that we write for one of our keys. That leaves no algorithm to
    /// choose and no `crit`, `jku`, `x5u` or `jwk` to heed.
    pub(crate) fn read(&self, text: &str, now: Timestamp) -> Option<Signed> {
        if text.len() > LONGEST {
            return None;
        }
        let (message, signature) = text.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let key = std::iter::once(&self.current).chain(&self.previous).find(|key| key.header == header)?;
        if !crypto::verify(signature, message.as_bytes(), &key.verify, Algorithm::HS256).ok()? {
            return None;
        }
        let claims = Zeroizing::new(URL_SAFE_NO_PAD.decode(claims).ok()?);
        // The derived reader would pass over broken text that it does not need, and take an array of the values.
        let claims = std::str::from_utf8(&claims).ok().filter(|claims| claims.starts_with('{'))?;
        let claims: Claims<'_> = serde_json::from_str(claims).ok()?;
        let now = now.as_second();
        let in_time = now < claims.exp.saturating_add(LEEWAY_SECONDS)
            && claims.iat.max(claims.nbf.unwrap_or(i64::MIN)) <= now.saturating_add(LEEWAY_SECONDS);
        if claims.iss != self.issuer || claims.aud != AUDIENCE || !in_time {
            return None;
        }
        let user = UserId::new(claims.sub.parse().ok()?).filter(|user| user.to_string() == claims.sub)?;
        Some(Signed { session: Token::sent(Zeroizing::new(claims.jti.to_owned())), user })
    }
}

#[cfg(test)]
mod tests;
