//! WS-Security for a service that knows its callers by user name and password: the `Security` header block is read
//! into one [`UsernameToken`], or refused with the fault that the OASIS profile names.
//!
//! Everything a reader can decide by itself is decided here: form, kind of token, times. Whether the password is right
//! and whether a nonce was used before is for the caller to find out, *after* this module has accepted the token, so a
//! late or broken token is never a wrong guess. Signatures, encryption, SAML and binary tokens are refused, not
//! skipped: what cannot be verified must not be trusted.
//!
//! Sources: OASIS Web Services Security SOAP Message Security 1.1.1 (WSS) and UsernameToken Profile 1.1.1 (UTP).

mod block;
mod date;
mod token;

use jiff::{SignedDuration, Timestamp};
use roxmltree::Node;
use std::fmt;
use zeroize::Zeroizing;

/// Namespace of `Security`, `UsernameToken` and the fault codes.
pub const WSSE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// Namespace of `Timestamp`, `Created` and `Expires`.
pub const WSU: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
/// The one password type that is read: the password itself.
pub const PASSWORD_TEXT: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText";
/// The one encoding of a nonce.
pub const BASE64_BINARY: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";

/// What a token has to satisfy besides its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How old a `Created` may be. R82.
    pub freshness: SignedDuration,
    /// How far ahead of our clock a `Created` may be, and how long past its `Expires` a message still passes. R82.
    pub ahead: SignedDuration,
    /// Whether a token must carry `Nonce` and `Created`. A strict service sets this. R84.
    pub require_nonce: bool,
}

impl Default for Rules {
    /// 300 seconds old, 60 seconds ahead, nonce optional.
    fn default() -> Self {
        Self { freshness: SignedDuration::from_secs(300), ahead: SignedDuration::from_secs(60), require_nonce: false }
    }
}

/// What a caller claims. Nothing of it is proved yet.
#[derive(Clone)]
pub struct UsernameToken {
    /// The whole text of `Username`, unchanged.
    pub username: String,
    /// The whole text of `Password`, unchanged: not trimmed, never cut at a comment. May be empty.
    pub password: Zeroizing<String>,
    /// The decoded nonce; never empty. Where it is present, `created` is too.
    pub nonce: Option<Vec<u8>>,
    /// When the sender made the token; inside the limits of [`Rules`].
    pub created: Option<Timestamp>,
}

impl fmt::Debug for UsernameToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UsernameToken")
            .field("username", &self.username)
            .field("password", &"(hidden)")
            .field("nonce", &self.nonce.is_some())
            .field("created", &self.created)
            .finish()
    }
}

/// The fault codes of WSS §12, all in the namespace [`WSSE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultCode {
    /// A proof failed: wrong password, unknown name, used nonce.
    FailedAuthentication,
    /// The header as a whole is at fault.
    InvalidSecurity,
    /// The token in the header is at fault.
    InvalidSecurityToken,
    /// A kind of token that this service does not read.
    UnsupportedSecurityToken,
    /// Too old.
    MessageExpired,
}

impl FaultCode {
    /// The local part of the `QName` to answer.
    pub const fn local_name(self) -> &'static str {
        match self {
            Self::FailedAuthentication => "FailedAuthentication",
            Self::InvalidSecurity => "InvalidSecurity",
            Self::InvalidSecurityToken => "InvalidSecurityToken",
            Self::UnsupportedSecurityToken => "UnsupportedSecurityToken",
            Self::MessageExpired => "MessageExpired",
        }
    }
}

/// Why a header gives no token. `Display` is the fault string to answer; it never repeats what was sent.
///
/// Contract: omnitracs-soap 4.3. R75, R85.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecurityError {
    /// No `Security` header for us, or none with a `UsernameToken`.
    #[error("A UsernameToken is required.")]
    TokenRequired,
    /// Something twice, or a date that is none, out of order or too far ahead.
    #[error("The security header is not valid.")]
    HeaderInvalid,
    /// A part of the token is missing, there twice, or not of its form.
    #[error("The UsernameToken is not valid.")]
    TokenInvalid,
    /// A password that is not `PasswordText`.
    #[error("The password type is not supported.")]
    PasswordTypeUnsupported,
    /// A signature, encrypted data, a SAML assertion or a binary token.
    #[error("The security token is not supported.")]
    TokenUnsupported,
    /// `Created` or `Timestamp` too old, or `Expires` past.
    #[error("The message has expired.")]
    Expired,
}

impl SecurityError {
    /// The code to answer this error with.
    pub const fn code(self) -> FaultCode {
        match self {
            Self::TokenRequired | Self::HeaderInvalid => FaultCode::InvalidSecurity,
            Self::TokenInvalid => FaultCode::InvalidSecurityToken,
            Self::PasswordTypeUnsupported | Self::TokenUnsupported => FaultCode::UnsupportedSecurityToken,
            Self::Expired => FaultCode::MessageExpired,
        }
    }
}

/// Reads the one `UsernameToken` that is meant for us.
///
/// `headers` are the element children of the envelope's `Header` (other nodes among them are passed over) and
/// `envelope` is the envelope's namespace, whose `actor` or `role` attribute says whom a block is for.
/// Blocks are found by namespace, whatever their prefix. A `Security` block for another actor is no credential.
/// Form is judged before kind and kind before time, so that one broken message always gets the same answer.
///
/// Contract: omnitracs-soap 3 #4, 4.3. R79-R85.
pub fn read(
    headers: &[Node<'_, '_>],
    envelope: &str,
    now: Timestamp,
    rules: &Rules,
) -> Result<UsernameToken, SecurityError> {
    let block = block::find(headers, envelope)?;
    let timestamp = block.timestamp.map(date::Validity::of_timestamp).transpose()?;
    let token = token::read(block.token, rules)?;
    if let Some(timestamp) = timestamp {
        timestamp.check(now, rules)?;
    }
    date::Validity::of_token(token.created).check(now, rules)?;
    Ok(token)
}

/// The header blocks that a service with WS-Security understands, as [`Dialect::understood`] lists them: `Security`,
/// and every block of WS-Addressing, which is understood and ignored.
///
/// Contract: omnitracs-soap 4.3, row `MustUnderstand`.
///
/// [`Dialect::understood`]: crate::dialect::Dialect::understood
pub const UNDERSTOOD: &[(&str, Option<&str>)] = &[
    (WSSE, Some("Security")),
    ("http://www.w3.org/2005/08/addressing", None),
    ("http://schemas.xmlsoap.org/ws/2004/08/addressing", None),
    ("http://schemas.xmlsoap.org/ws/2004/03/addressing", None),
    ("http://schemas.xmlsoap.org/ws/2003/03/addressing", None),
];

/// Whether a block of this name is one of [`UNDERSTOOD`].
pub fn understands(namespace: Option<&str>, local_name: &str) -> bool {
    UNDERSTOOD
        .iter()
        .any(|(understood, name)| namespace == Some(understood) && name.is_none_or(|name| name == local_name))
}
