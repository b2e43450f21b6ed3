//! What an operator may decide about the gate. The defaults are those of the contracts.

use std::time::Duration;

use jiff::SignedDuration;

use crate::policy::PolicySettings;
use crate::throttle::Throttle;
use crate::user::MustChange;

/// Everything the gate can be told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// What a password must be.
    pub policy: PolicySettings,
    /// How long sessions last and how many there may be.
    pub sessions: SessionSettings,
    /// What a set does to the target's sessions. Contract: README deviation 1.
    pub sessions_after_set: SessionsAfterSet,
    /// Who asks the user for a new password after a set by somebody else. Contract: README deviation 6.
    pub after_admin_set: AfterAdminSet,
    /// The lives of passwords and of proofs of them.
    pub passwords: PasswordSettings,
    /// API keys.
    pub keys: KeySettings,
    /// How wrong passwords slow an account down.
    pub throttle: Throttle,
    /// Rate limits.
    pub limits: LimitSettings,
}

/// How long sessions last and how many there may be. Contract: ecgridos-soap 3 #10, ecgrid-rest 3 #21, R32, R42.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSettings {
    /// How long a SOAP session lives unused.
    pub soap_idle: SignedDuration,
    /// How long it lives in all.
    pub soap_life: SignedDuration,
    /// How many a user may hold; one more is refused.
    pub soap_open: u32,
    /// How long a REST token lives.
    pub token_life: SignedDuration,
    /// How long after the login it may be refreshed.
    pub token_chain: SignedDuration,
    /// How many a user may hold; one more ends the oldest.
    pub token_open: u32,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            soap_idle: SignedDuration::from_hours(1),
            soap_life: SignedDuration::from_hours(12),
            soap_open: 5,
            token_life: SignedDuration::from_hours(1),
            token_chain: SignedDuration::from_hours(12),
            token_open: 100,
        }
    }
}

/// `sessions_after_set`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SessionsAfterSet {
    /// They end, in the same transaction.
    #[default]
    End,
    /// They stay, as on the vendors' platforms.
    Keep,
}

/// `after_admin_set`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AfterAdminSet {
    /// The sign-in page asks, the APIs do not.
    #[default]
    Portal,
    /// Nobody asks.
    Never,
    /// Every door asks.
    Always,
}

impl AfterAdminSet {
    /// The state of a user whose password somebody else has set.
    pub fn must_change(self) -> MustChange {
        match self {
            Self::Portal => MustChange::Portal,
            Self::Never => MustChange::No,
            Self::Always => MustChange::Required,
        }
    }
}

/// The lives of passwords and of proofs of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordSettings {
    /// How long a password under must-change works unused; zero: for ever. R26.
    pub temporary_life: SignedDuration,
    /// How old a password may grow before it has to be changed; zero: any age. R15.
    pub max_age: SignedDuration,
    /// How long a verified WS-Security password is remembered; zero: not. Contract: omnitracs-soap 3 #22.
    pub remember_verified: SignedDuration,
}

impl Default for PasswordSettings {
    fn default() -> Self {
        Self {
            temporary_life: SignedDuration::from_hours(14 * 24),
            max_age: SignedDuration::ZERO,
            remember_verified: SignedDuration::from_secs(60),
        }
    }
}

/// API keys. R43 to R45.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySettings {
    /// How long a new key lives; zero: for ever.
    pub max_age: SignedDuration,
    /// Whether a key may stand where a SOAP session id is asked. Contract: ecgridos-soap 3 #20.
    pub as_session_id: bool,
}

impl Default for KeySettings {
    fn default() -> Self {
        Self { max_age: SignedDuration::from_hours(365 * 24), as_session_id: true }
    }
}

/// Rate limits; zero turns one off. R62, R63.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitSettings {
    /// Accepted calls of one caller a second, over time.
    pub caller_per_second: u32,
    /// Accepted calls of one caller at once.
    pub caller_burst: u32,
    /// Failed proofs from one source address within the window.
    pub source_failures: u32,
    /// The window.
    pub source_window: Duration,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self { caller_per_second: 50, caller_burst: 200, source_failures: 200, source_window: Duration::from_mins(5) }
    }
}

impl LimitSettings {
    /// No limits: for a server that only its owner reaches.
    pub fn off() -> Self {
        Self { caller_per_second: 0, caller_burst: 0, source_failures: 0, source_window: Duration::from_mins(5) }
    }
}
