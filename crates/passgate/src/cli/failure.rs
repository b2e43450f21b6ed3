//! Why a command did not do what it was asked for: one text for the reader, one word and one code for a script.

use std::fmt;

use passgate_gate::error::{Denied, Error, Field};
use passgate_gate::policy::Violation;

use super::exit;
use crate::config::ConfigError;
use crate::keys::KeyError;

/// A command that failed.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    word: &'static str,
    text: String,
}

impl Failure {
    /// With one of the codes of [`exit`] and a text that says what to do next.
    pub fn new(code: u8, text: impl Into<String>) -> Self {
        let word = match code {
            exit::USAGE => "usage",
            exit::CONFIG => "configuration",
            exit::DENIED => "denied",
            exit::NOT_FOUND => "not-found",
            exit::REFUSED => "refused",
            exit::TAMPERED => "tampered",
            exit::UNSOUND => "unsound",
            _ => "failed",
        };
        Self { code, word, text: text.into() }
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        self.code
    }

    /// As `--json` tells it. For what the gate refused, `error` is the word of the audit record.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({ "error": self.word, "message": self.text })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(exit::CONFIG, error.to_string())
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::new(exit::CONFIG, chain(&error))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(exit::FAILED, error.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (code, text) = match &error {
            Error::Unidentified => (
                exit::DENIED,
                "the API key is not valid: it may be revoked, expired, or its owner suspended".to_owned(),
            ),
            Error::SignInFailed | Error::CurrentPasswordWrong => (exit::DENIED, "the sign-in failed".to_owned()),
            Error::TooManySessions => (exit::DENIED, "too many open sessions".to_owned()),
            Error::Denied(denied) => denied_in_words(*denied),
            Error::Rejected(violations) => {
                (exit::REFUSED, format!("the password {}", violation_in_words(violations.first())))
            }
            Error::PasswordUnchanged => (exit::REFUSED, "the new password is the old one".to_owned()),
            Error::Taken(field) => (exit::REFUSED, format!("{} is in use already", field_in_words(*field))),
            Error::Invalid(field) => (exit::REFUSED, format!("{} is not valid", field_in_words(*field))),
            Error::Length(length) => (exit::REFUSED, length.to_string()),
            Error::KeyNotFound => (exit::NOT_FOUND, "there is no such API key, or it is revoked already".to_owned()),
            Error::SessionNotFound => (exit::NOT_FOUND, "there is no such open session".to_owned()),
            Error::RateLimited { .. } => (exit::FAILED, "too many requests; try again shortly".to_owned()),
            Error::Busy { .. } => (exit::FAILED, "too much is going on; try again shortly".to_owned()),
            Error::Hashing => (exit::FAILED, "hashing failed".to_owned()),
            Error::BreachList(error) => (exit::FAILED, error.to_string()),
            Error::StoreAway(cause) => (exit::FAILED, chain(cause)),
            Error::Store(cause) => (exit::FAILED, chain(cause)),
        };
        Self { code, word: error.word(), text }
    }
}

fn denied_in_words(denied: Denied) -> (u8, String) {
    let (code, text) = match denied {
        Denied::PasswordChangeRequired => (exit::DENIED, "the caller has to change its password first"),
        Denied::NotLicensed => (exit::DENIED, "the company is not licensed"),
        Denied::LevelTooLow => (exit::DENIED, "the caller's level is too low for this"),
        Denied::TargetAboveCaller => (exit::DENIED, "the user stands above the caller"),
        Denied::LevelAboveCaller => (exit::DENIED, "the level to be granted is above the caller's own"),
        Denied::NotToOneself => (exit::DENIED, "nobody may do this to themselves"),
        Denied::TenantNotFound => (exit::NOT_FOUND, "there is no such tenant that the caller may see"),
        Denied::MailboxNotFound => (exit::NOT_FOUND, "there is no such mailbox that the caller may see"),
        Denied::UserNotFound => (exit::NOT_FOUND, "there is no such user that the caller may see"),
    };
    (code, text.to_owned())
}

fn violation_in_words(violation: Violation) -> String {
    match violation {
        Violation::Empty => "is empty".to_owned(),
        Violation::TooLong { max_bytes } => format!("is longer than {max_bytes} bytes"),
        Violation::TooShort { min } => format!("needs at least {min} characters"),
        Violation::TooManyCharacters { max } => format!("must not have more than {max} characters"),
        Violation::RefusedCharacter => "contains a character that is not allowed".to_owned(),
        Violation::WhiteSpace => "contains white space".to_owned(),
        Violation::Composition => {
            "needs a lowercase letter, an uppercase letter, a digit and a special character".to_owned()
        }
        Violation::Common | Violation::Name => "is too easy to guess".to_owned(),
    }
}

fn field_in_words(field: Field) -> &'static str {
    match field {
        Field::Login => "the login",
        Field::PortalId => "the portal user id",
        Field::UserId => "the user id",
        Field::Email => "the e-mail address",
        Field::FirstName => "the first name",
        Field::LastName => "the last name",
        Field::Status => "the status",
        Field::RecoveryQuestion => "the recovery question",
        Field::Tenant => "the name, company id or number",
    }
}

/// An error with all that caused it.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
