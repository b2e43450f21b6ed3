//! Who refused, the door or the gate, and how the gate's errors are worded: each once, exhaustively.
//! Contract: ecgrid-rest 4.

use passgate_gate::audit::Operation;
use passgate_gate::error::StoreAway;
use passgate_gate::policy::{Violation, Violations};
use passgate_gate::{Denied, Error, Field};

use crate::problem::Problem;

/// Why an endpoint answers no success.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The door refused by itself; it has to be recorded.
    Door(Problem),
    /// The gate refused, and recorded it.
    Gate(Error),
    /// The gate refused and recorded it; the door has worded it already.
    Told(Problem),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Door(problem)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Gate(error)
    }
}

impl Problem {
    /// What a caller is told of an error of the gate.
    pub(crate) fn of(error: &Error, operation: Operation, by_session: bool) -> Self {
        match error {
            Error::Unidentified if by_session || operation == Operation::RefreshSession => Self::bad_session(),
            Error::Unidentified => Self::bad_key(),
            Error::SignInFailed | Error::TooManySessions => Self::login_failed(),
            Error::CurrentPasswordWrong => Self::invalid("currentPassword does not match."),
            Error::Denied(denied) => of_denied(*denied, operation),
            Error::Rejected(violations) => of_violations(violations, password_field(operation)),
            Error::PasswordUnchanged => Self::invalid("newPassword must differ from the current password."),
            Error::Taken(field) => Self::duplicate(format!("{} is already in use.", name(*field))),
            Error::Invalid(field) => Self::not_valid(name(*field)),
            Error::Length(length) => {
                Self::invalid(format!("length must be between {} and {}.", length.min, length.max))
            }
            Error::KeyNotFound => Self::not_found("Key not found."),
            Error::SessionNotFound => Self::not_found("Session not found."),
            Error::RateLimited { retry_after } => Self::too_many_requests(*retry_after),
            Error::Busy { retry_after } => Self::unavailable(*retry_after),
            Error::StoreAway(_) => Self::unavailable(StoreAway::RETRY_AFTER),
            Error::Hashing | Error::BreachList(_) => {
                tracing::error!(error = error as &dyn std::error::Error, "an operation failed");
                Self::internal()
            }
            // The gate has logged it.
            Error::Store(_) => Self::internal(),
        }
    }
}

fn of_denied(denied: Denied, operation: Operation) -> Problem {
    match denied {
        Denied::PasswordChangeRequired => Problem::denied("Password change required."),
        Denied::NotLicensed => Problem::denied("The network is not licensed for this operation."),
        Denied::LevelTooLow if operation == Operation::SetPassword => {
            Problem::denied("This operation requires NetworkAdmin or higher.")
        }
        Denied::LevelTooLow => {
            Problem::denied("This operation requires MailboxAdmin in its own mailbox, or NetworkAdmin or higher.")
        }
        Denied::TenantNotFound => Problem::not_found("Network not found."),
        Denied::MailboxNotFound => Problem::not_found("Mailbox not found."),
        Denied::UserNotFound => Problem::not_found("User not found."),
        Denied::TargetAboveCaller => Problem::denied("The target user cannot be administered by this caller."),
        Denied::LevelAboveCaller => Problem::denied("authLevel exceeds the caller's level."),
        Denied::NotToOneself => Problem::denied("This cannot be done to oneself."),
    }
}

/// The first rule that is broken answers; the contract orders them. Contract: ecgrid-rest 4.1.
fn of_violations(violations: &Violations, field: &str) -> Problem {
    match violations.first() {
        Violation::Empty => Problem::required(field),
        Violation::TooLong { max_bytes } => {
            Problem::invalid(format!("{field} must not be longer than {max_bytes} bytes."))
        }
        Violation::TooShort { min } => Problem::invalid(format!("{field} must have at least {min} characters.")),
        Violation::TooManyCharacters { max } => {
            Problem::invalid(format!("{field} must not have more than {max} characters."))
        }
        Violation::RefusedCharacter | Violation::WhiteSpace => {
            Problem::invalid(format!("{field} contains a character that is not allowed."))
        }
        Violation::Composition => Problem::invalid(format!(
            "{field} must contain a lowercase letter, an uppercase letter, a digit and a special character."
        )),
        Violation::Common | Violation::Name => Problem::invalid(format!("{field} is too easy to guess.")),
    }
}

fn password_field(operation: Operation) -> &'static str {
    if operation == Operation::CreateUser { "password" } else { "newPassword" }
}

fn name(field: Field) -> &'static str {
    match field {
        Field::Login => "login",
        Field::PortalId | Field::UserId => "userId",
        Field::Email => "email",
        Field::FirstName => "firstName",
        Field::LastName => "lastName",
        Field::Status => "status",
        Field::RecoveryQuestion => "recoveryQuestion",
        Field::Tenant => "networkId",
    }
}
