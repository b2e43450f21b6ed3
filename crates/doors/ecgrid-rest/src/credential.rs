//! Which credential a request shows. Contract: ecgrid-rest 3 #15 and #17, 4.1 (first rows); R41, R45.
//!
//! Only these two headers count: no query, no cookie, no body.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::Timestamp;
use passgate_door_http::single;
use passgate_gate::secret::Token;
use zeroize::Zeroizing;

use crate::problem::Problem;
use crate::token::{Signed, TokenKeys};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// What a request shows, for the gate to prove.
pub(crate) enum Credential {
    /// Any text in `X-API-Key`.
    Key(Token),
    /// A bearer token that we signed.
    Bearer(Signed),
    /// A text in `Authorization` that is none.
    NoToken,
}

impl Credential {
    /// Finds the one credential of a request, and judges no more than its signature.
    pub(crate) fn of(headers: &HeaderMap, keys: &TokenKeys, now: Timestamp) -> Result<Self, Problem> {
        let key = single(headers, &API_KEY).map_err(|_| Problem::two_credentials())?;
        let authorization = single(headers, &header::AUTHORIZATION).map_err(|_| Problem::two_credentials())?;
        match (key, authorization) {
            (Some(_), Some(_)) => Err(Problem::two_credentials()),
            (None, None) => Err(Problem::no_credential()),
            (Some(key), None) => Ok(Self::Key(token_of(key))),
            (None, Some(authorization)) => {
                Ok(bearer(authorization).and_then(|text| keys.read(text, now)).map_or(Self::NoToken, Self::Bearer))
            }
        }
    }
}

/// A key of other bytes than text is an unknown key.
fn token_of(value: &HeaderValue) -> Token {
    Token::sent(Zeroizing::new(value.to_str().unwrap_or_default().to_owned()))
}

/// The token after `Bearer`, whose letter case does not count. RFC 9110 11.4.
pub(crate) fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim_matches(' ')).filter(|token| !token.is_empty())
}
