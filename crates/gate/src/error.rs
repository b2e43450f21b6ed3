//! Everything that can come out of the gate but success. Each door maps it once, exhaustively.

use std::time::Duration;

use crate::hasher::HashingError;
use crate::policy::{BreachListError, LengthOutOfRange, Violations};
use crate::store::StoreError;

/// Why something was not done. Knows no HTTP and no SOAP.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The credential shown is not valid, for whatever reason. Contract: authorisation 3.2 step 1.
    #[error("the credential is not valid")]
    Unidentified,
    /// The sign-in failed, for whatever reason (R54).
    #[error("the sign-in failed")]
    SignInFailed,
    /// The user holds as many sessions of this kind as it may. Contract: ecgridos-soap 3 #10.
    #[error("too many open sessions")]
    TooManySessions,
    /// The current password was wrong, or could not be tried just now. Contract: ecgrid-rest 4.2.
    #[error("the current password does not match")]
    CurrentPasswordWrong,
    /// The caller may not do this, or not to this target.
    #[error("denied: {0}")]
    Denied(#[from] Denied),
    /// The new password breaks the policy.
    #[error(transparent)]
    Rejected(#[from] Violations),
    /// A change that had to bring a new password brought the old one. Contract: authorisation 3.5.
    #[error("the new password is the old one")]
    PasswordUnchanged,
    /// Something that must be unique is taken.
    #[error("{0:?} is taken")]
    Taken(Field),
    /// A field has not the form it must have.
    #[error("{0:?} is not valid")]
    Invalid(Field),
    /// A password of that length is not generated. Contract: ecgrid-rest 3 #18.
    #[error(transparent)]
    Length(#[from] LengthOutOfRange),
    /// There is no such API key.
    #[error("no such key")]
    KeyNotFound,
    /// The user has no such open session.
    #[error("no such session")]
    SessionNotFound,
    /// Too many requests. R62, R63.
    #[error("too many requests")]
    RateLimited {
        /// When to try again.
        retry_after: Duration,
    },
    /// The hashing lane is full, or what was judged kept changing. Nothing was done; try again.
    #[error("overloaded")]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// Our fault, while hashing.
    #[error("hashing failed")]
    Hashing,
    /// Our fault, while looking whether a new password is listed. Nothing was done.
    #[error(transparent)]
    BreachList(#[from] BreachListError),
    /// The store cannot be reached, or was lost while it committed. It comes back by itself.
    #[error(transparent)]
    StoreAway(StoreAway),
    /// Our fault, or the disk's.
    #[error(transparent)]
    Store(StoreError),
}

/// A store that is away.
#[derive(Debug, thiserror::Error)]
pub enum StoreAway {
    /// It cannot be reached. Nothing was done.
    #[error("the store is away")]
    Unavailable(#[source] StoreError),
    /// It was lost while it committed: nobody knows whether what was asked for was done.
    #[error("the store went away while it committed")]
    Unconfirmed(#[source] StoreError),
}

impl StoreAway {
    /// When to try again: soon after most failovers and restarts, and rarely enough for those that take longer.
    pub const RETRY_AFTER: Duration = Duration::from_secs(5);
}

/// What the caller may not do, in the order in which it is judged. Contract: authorisation 3.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Denied {
    /// The caller has to choose a new password first. Contract: authorisation 3.5.
    #[error("a password change is required")]
    PasswordChangeRequired,
    /// The caller's tenant lacks the licence for the portal service.
    #[error("the company is not licensed")]
    NotLicensed,
    /// The caller's level does not administer anybody through this door.
    #[error("the level is too low")]
    LevelTooLow,
    /// There is no such tenant that the caller may see.
    #[error("no such tenant")]
    TenantNotFound,
    /// There is no such mailbox that the caller may see.
    #[error("no such mailbox")]
    MailboxNotFound,
    /// There is no such user that the caller may see.
    #[error("no such user")]
    UserNotFound,
    /// The target stands above the caller.
    #[error("the target is above the caller")]
    TargetAboveCaller,
    /// The level to be granted is above the caller's own.
    #[error("the level granted is above the caller's")]
    LevelAboveCaller,
    /// Nobody may do this to themselves.
    #[error("not to oneself")]
    NotToOneself,
}

/// A field that a caller filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The login name.
    Login,
    /// The portal service's user id.
    PortalId,
    /// A fixed user id.
    UserId,
    /// The e-mail address.
    Email,
    /// The first name.
    FirstName,
    /// The last name.
    LastName,
    /// The status.
    Status,
    /// The recovery question. Contract: ecgridos-soap 3 #5.
    RecoveryQuestion,
    /// The name or company id of a tenant, or the number of a mailbox.
    Tenant,
}

impl From<HashingError> for Error {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy { retry_after } => Self::Busy { retry_after },
            HashingError::Failed => Self::Hashing,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::StoreAway(StoreAway::Unavailable(error)),
            StoreError::Unconfirmed(_) => Self::StoreAway(StoreAway::Unconfirmed(error)),
            StoreError::Faulty(_) | StoreError::Corrupt { .. } | StoreError::Failed(_) => Self::Store(error),
        }
    }
}

impl Error {
    /// What was judged changed each time before it could be written, `JUDGEMENTS` times. Nothing
    /// was done; a second later the others are through.
    pub(crate) fn kept_changing() -> Self {
        Self::Busy { retry_after: Duration::from_secs(1) }
    }

    /// The stable word that the audit event of the refusal holds.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unidentified => "unidentified",
            Self::SignInFailed => "sign-in-failed",
            Self::TooManySessions => "too-many-sessions",
            Self::CurrentPasswordWrong => "current-password-wrong",
            Self::Denied(denied) => denied.word(),
            Self::Rejected(violations) => match violations.first() {
                crate::policy::Violation::Empty => "password-empty",
                crate::policy::Violation::TooLong { .. } => "password-too-long",
                crate::policy::Violation::TooShort { .. } => "password-too-short",
                crate::policy::Violation::TooManyCharacters { .. } => "password-too-many-characters",
                crate::policy::Violation::RefusedCharacter => "password-refused-character",
                crate::policy::Violation::WhiteSpace => "password-white-space",
                crate::policy::Violation::Composition => "password-composition",
                crate::policy::Violation::Common => "password-common",
                crate::policy::Violation::Name => "password-name",
            },
            Self::PasswordUnchanged => "password-unchanged",
            Self::Taken(_) => "taken",
            Self::Invalid(_) => "invalid",
            Self::Length(_) => "length-out-of-range",
            Self::KeyNotFound => "key-not-found",
            Self::SessionNotFound => "session-not-found",
            Self::RateLimited { .. } => "rate-limited",
            Self::Busy { .. } => "busy",
            Self::Hashing => "hashing-failed",
            Self::BreachList(_) => "breach-list-failed",
            Self::StoreAway(StoreAway::Unavailable(_)) => "store-unavailable",
            Self::StoreAway(StoreAway::Unconfirmed(_)) => "store-unconfirmed",
            Self::Store(_) => "store-failed",
        }
    }
}

impl Denied {
    /// The stable word that the audit event of the refusal holds.
    pub fn word(self) -> &'static str {
        match self {
            Self::PasswordChangeRequired => "password-change-required",
            Self::NotLicensed => "not-licensed",
            Self::LevelTooLow => "level-too-low",
            Self::TenantNotFound => "tenant-not-found",
            Self::MailboxNotFound => "mailbox-not-found",
            Self::UserNotFound => "user-not-found",
            Self::TargetAboveCaller => "target-above-caller",
            Self::LevelAboveCaller => "level-above-caller",
            Self::NotToOneself => "not-to-oneself",
        }
    }
}
