//! The two parsers of this door without HTTP around them, for the fuzzer. Only with the feature `fuzzing`.

use jiff::Timestamp;
use passgate_gate::ids::UserId;
use passgate_gate::secret::Token;
use zeroize::Zeroizing;

use crate::UnknownProperties;
use crate::json::Fields;
use crate::token::TokenKeys;

/// A text that the door refuses.
#[derive(Debug)]
pub struct Refused;

/// A request body that was taken.
pub struct Body<'b>(Fields<'b>);

impl<'b> Body<'b> {
    /// As an endpoint with fields of these names reads it.
    pub fn read(body: &'b [u8], names: &'static [&'static str], unknown: UnknownProperties) -> Result<Self, Refused> {
        Fields::read(body, names, unknown).map(Self).map_err(|_| Refused)
    }

    /// A field as an int32.
    pub fn integer(&self, name: &'static str) -> Result<Option<i32>, Refused> {
        self.0.integer(name).map_err(|_| Refused)
    }

    /// A field as a text.
    pub fn secret(&self, name: &'static str) -> Result<Option<Zeroizing<String>>, Refused> {
        self.0.secret(name).map_err(|_| Refused)
    }
}

/// A token as the door issues it at `now`.
pub fn issue(keys: &TokenKeys, session: &str, user: UserId, now: Timestamp, expires: Timestamp) -> Zeroizing<String> {
    keys.issue(&Token::sent(Zeroizing::new(session.to_owned())), user, now, expires)
}

/// The session and the user of a token, if the door takes it at `now`.
pub fn read(keys: &TokenKeys, text: &str, now: Timestamp) -> Option<(Token, UserId)> {
    keys.read(text, now).map(|signed| (signed.session, signed.user))
}
