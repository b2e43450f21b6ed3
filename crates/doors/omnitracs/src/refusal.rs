//! Everything that can come out of a call but its result, and how the portal says it.

use std::time::Duration;

use http::StatusCode;
use passgate_gate::error::{Denied, Error, StoreAway};
use passgate_soap::fault::Fault;

use crate::faults::{exception, failed_authentication};

pub(crate) const UNKNOWN: &str = "001 Unknown Error.";
const NOT_LICENSED: &str = "003 Company not authorized for integration.";
const NOT_AUTHORIZED: &str = "004 User not authorized.";
const INVALID_COMPANY: &str = "005 Invalid company id.";
const INVALID_USER: &str = "006 Invalid user id.";
const INVALID_PASSWORD: &str = "007 Invalid password.";

/// Why a call has no result.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// To be told in an envelope.
    Fault(Fault),
    /// To be told by status alone, with the time to come again.
    Later(StatusCode, Duration),
}

impl Refusal {
    /// A numbered exception.
    pub(crate) fn exception(message: &'static str) -> Self {
        Self::Fault(exception(message))
    }
}

/// How the portal tells what the gate decided about a user and a password.
///
/// Contract: omnitracs-soap 4.2, 4.3 (first row and the last two), authorisation 4.3.
impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Unidentified | Error::SignInFailed => Self::Fault(failed_authentication()),
            Error::Denied(denied) => Self::exception(denied_message(denied)),
            Error::Rejected(_) | Error::PasswordUnchanged => Self::exception(INVALID_PASSWORD),
            Error::RateLimited { retry_after } => Self::Later(StatusCode::TOO_MANY_REQUESTS, retry_after),
            Error::Busy { retry_after } => Self::Later(StatusCode::SERVICE_UNAVAILABLE, retry_after),
            Error::StoreAway(_) => Self::Later(StatusCode::SERVICE_UNAVAILABLE, StoreAway::RETRY_AFTER),
            // The first ones belong to operations that this door has not got.
            Error::TooManySessions
            | Error::CurrentPasswordWrong
            | Error::Taken(_)
            | Error::Invalid(_)
            | Error::Length(_)
            | Error::KeyNotFound
            | Error::SessionNotFound
            | Error::Hashing
            | Error::BreachList(_)
            | Error::Store(_) => Self::exception(UNKNOWN),
        }
    }
}

fn denied_message(denied: Denied) -> &'static str {
    match denied {
        Denied::NotLicensed => NOT_LICENSED,
        Denied::LevelTooLow
        | Denied::TargetAboveCaller
        | Denied::LevelAboveCaller
        | Denied::NotToOneself
        | Denied::PasswordChangeRequired => NOT_AUTHORIZED,
        Denied::TenantNotFound => INVALID_COMPANY,
        Denied::MailboxNotFound | Denied::UserNotFound => INVALID_USER,
    }
}
