//! Everything that can come out of an operation but its result, and the numbers under which ECGridOS tells it.
//!
//! Contract: ecgridos-soap 4.2, 4.3, 4.5.

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;
use passgate_gate::error::{Denied, Error, Field, StoreAway};
use passgate_gate::policy::Violation;
use passgate_soap::FaultCode;

/// Why a call has no result.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// To be told in an envelope, or as the text that answers a form.
    Told(Told),
    /// To be told by status alone, with the time to come again.
    Later(StatusCode, Duration),
}

/// A refusal in the words of ECGridOS.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: Code,
    pub(crate) category: &'static str,
    pub(crate) item: &'static str,
    pub(crate) message: Cow<'static, str>,
}

/// The numbers. Contract: ecgridos-soap 4.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    SessionTimeout,
    AccessDenied,
    NotFound,
    InvalidId,
    Duplicate,
    InvalidDataType,
    InvalidDataLength,
    DataError,
    SqlError,
    InternalError,
}

impl Code {
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::SessionTimeout => 1,
            Self::AccessDenied => 2,
            Self::NotFound => 3,
            Self::InvalidId => 4,
            Self::Duplicate => 5,
            Self::InvalidDataType => 7,
            Self::InvalidDataLength => 8,
            Self::DataError => 9,
            Self::SqlError => 10,
            Self::InternalError => 11,
        }
    }

    pub(crate) fn token(self) -> &'static str {
        match self {
            Self::SessionTimeout => "SessionTimeout",
            Self::AccessDenied => "AccessDenied",
            Self::NotFound => "NotFound",
            Self::InvalidId => "InvalidID",
            Self::Duplicate => "Duplicate",
            Self::InvalidDataType => "InvalidDataType",
            Self::InvalidDataLength => "InvalidDataLength",
            Self::DataError => "DataError",
            Self::SqlError => "SQLError",
            Self::InternalError => "InternalError",
        }
    }

    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::SessionTimeout => "Session timeout.",
            Self::AccessDenied => "Access denied.",
            Self::NotFound => "Not found.",
            Self::InvalidId => "Invalid ID.",
            Self::Duplicate => "Duplicate.",
            Self::InvalidDataType => "Invalid data type.",
            Self::InvalidDataLength => "Invalid data length.",
            Self::DataError => "Data error.",
            Self::SqlError => "SQL error.",
            Self::InternalError => "Internal error.",
        }
    }

    fn category(self) -> &'static str {
        match self {
            Self::SessionTimeout => "Authentication",
            Self::AccessDenied => "Authorization",
            Self::NotFound | Self::InvalidId => "ObjectNotFound",
            Self::Duplicate | Self::InvalidDataType | Self::InvalidDataLength | Self::DataError => "InvalidParameter",
            Self::SqlError | Self::InternalError => "SystemError",
        }
    }

    /// What a caller did is never told as a mistake of the server (R74).
    pub(crate) fn fault_code(self) -> FaultCode {
        match self {
            Self::SqlError | Self::InternalError => FaultCode::Server,
            Self::SessionTimeout
            | Self::AccessDenied
            | Self::NotFound
            | Self::InvalidId
            | Self::Duplicate
            | Self::InvalidDataType
            | Self::InvalidDataLength
            | Self::DataError => FaultCode::Client,
        }
    }
}

impl Told {
    pub(crate) fn new(code: Code, item: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, category: code.category(), item, message: message.into() }
    }

    /// What is told when something unforeseen happens.
    pub(crate) fn unforeseen() -> Self {
        Self::new(Code::InternalError, "", UNFORESEEN)
    }

    /// Who may not sign in is not known: the category says so. Contract: ecgridos-soap 4.2.
    fn sign_in(message: &'static str) -> Self {
        Self { category: Code::SessionTimeout.category(), ..Self::new(Code::AccessDenied, "Login", message) }
    }
}

const UNFORESEEN: &str = "An unexpected error occurred.";

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::of(error, "NewPassword")
    }
}

impl Refusal {
    /// How ECGridOS tells what the gate decided, where the new password came in the parameter `password`.
    ///
    /// Contract: ecgridos-soap 4.3, 4.5.
    pub(crate) fn of(error: Error, password: &'static str) -> Self {
        Self::Told(match error {
            Error::Unidentified => Told::new(Code::SessionTimeout, "SessionID", "Invalid SessionID."),
            Error::SignInFailed => Told::sign_in("Login failed."),
            Error::TooManySessions => Told::sign_in("Too many open sessions."),
            Error::CurrentPasswordWrong => {
                Told::new(Code::AccessDenied, "OldPassword", "The old password does not match.")
            }
            Error::Denied(denied) => self::denied(denied),
            Error::Rejected(violations) => rejected(violations.first(), password),
            Error::PasswordUnchanged => {
                Told::new(Code::DataError, password, "The new password must differ from the old one.")
            }
            Error::Taken(field) => Told::new(Code::Duplicate, parameter(field), "Already in use."),
            Error::Invalid(field) => Told::new(Code::DataError, parameter(field), "Not valid."),
            Error::Length(range) => {
                let message = format!("The length must be {} to {}.", range.min, range.max);
                Told::new(Code::InvalidDataLength, "Length", message)
            }
            Error::KeyNotFound => Told::new(Code::NotFound, "KeyID", "Key not found."),
            Error::SessionNotFound => Told::new(Code::NotFound, "SessionID", "Session not found."),
            Error::RateLimited { retry_after } => return Self::Later(StatusCode::TOO_MANY_REQUESTS, retry_after),
            Error::Busy { retry_after } => return Self::Later(StatusCode::SERVICE_UNAVAILABLE, retry_after),
            Error::Hashing | Error::BreachList(_) => Told::unforeseen(),
            Error::StoreAway(_) => return Self::Later(StatusCode::SERVICE_UNAVAILABLE, StoreAway::RETRY_AFTER),
            Error::Store(_) => Told::new(Code::SqlError, "", UNFORESEEN),
        })
    }
}

fn denied(denied: Denied) -> Told {
    match denied {
        Denied::PasswordChangeRequired => Told::new(Code::AccessDenied, "SessionID", "Password change required."),
        // The licence is the portal service's; no operation of this door asks for it.
        Denied::LevelTooLow | Denied::NotLicensed => {
            Told::new(Code::AccessDenied, "UserID", "The caller may not administer users.")
        }
        Denied::TenantNotFound => Told::new(Code::AccessDenied, "NetworkID", "The network is out of reach."),
        Denied::MailboxNotFound => Told::new(Code::AccessDenied, "MailboxID", "The mailbox is out of reach."),
        Denied::UserNotFound => Told::new(Code::NotFound, "UserID", "User not found."),
        Denied::TargetAboveCaller => {
            Told::new(Code::AccessDenied, "UserID", "The caller may not administer this user.")
        }
        Denied::LevelAboveCaller => Told::new(Code::AccessDenied, "AuthLevel", "The level is above the caller's own."),
        Denied::NotToOneself => Told::new(Code::AccessDenied, "UserID", "Nobody may do this to themselves."),
    }
}

fn rejected(violation: Violation, item: &'static str) -> Told {
    let length = |message: String| Told::new(Code::InvalidDataLength, item, message);
    let data = |message: &'static str| Told::new(Code::DataError, item, message);
    match violation {
        Violation::Empty => length("A new password is required.".to_owned()),
        Violation::TooLong { max_bytes } => length(format!("The password must not be longer than {max_bytes} bytes.")),
        Violation::TooShort { min } => length(format!("The password must have at least {min} characters.")),
        Violation::TooManyCharacters { max } => length(format!("The password must have at most {max} characters.")),
        Violation::RefusedCharacter | Violation::WhiteSpace => {
            data("The password contains a character that is not allowed.")
        }
        Violation::Composition => {
            data("The password needs a lowercase letter, an uppercase letter, a digit and a special character.")
        }
        Violation::Common | Violation::Name => data("The password is too easy to guess."),
    }
}

fn parameter(field: Field) -> &'static str {
    match field {
        Field::Login => "LoginName",
        Field::PortalId | Field::UserId => "UserID",
        Field::Email => "EMail",
        Field::FirstName => "FirstName",
        Field::LastName => "LastName",
        Field::Status => "Status",
        Field::RecoveryQuestion => "RecoveryQuestion",
        Field::Tenant => "NetworkID",
    }
}
