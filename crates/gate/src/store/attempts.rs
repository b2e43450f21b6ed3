//! What is asked of a store, and what it tells, about attempts, failures and calls.

use jiff::Timestamp;

use crate::audit::AuditEvent;
use crate::rate::{Rate, Source};
use crate::throttle::{Failures, Throttle, ThrottleKey};

/// An attempt at a password, before it is judged.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What its failure is counted under.
    pub key: ThrottleKey,
    /// How failures slow down.
    pub throttle: Throttle,
    /// Where it comes from, and how many failures may come from there, if that is limited (R62).
    pub source: Option<(Source, Rate)>,
    /// Now.
    pub now: Timestamp,
}

/// Whether a sign-in may go on to the hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It was counted as a failure already, durably; a success takes the count back (R60).
    Admitted {
        /// What was counted before it, for [`super::Store::forget_attempt`].
        before: Failures,
    },
    /// It comes too soon after too many failures; nothing was counted.
    Throttled,
    /// Too many failures came from its source; nothing was counted.
    SourceLimited {
        /// Where the source's count stands.
        arrival: Timestamp,
    },
}

/// A proof that failed, or a request without any.
#[derive(Debug)]
pub struct FailedProof {
    /// The record. Its source is what the failure is counted under.
    pub event: AuditEvent,
    /// How many failures may come from one source; `None`: any number, and none is counted (R62).
    pub limit: Option<Rate>,
    /// Neither recorded nor counted if the source has failed too often already. Decision 4.
    pub unless_limited: bool,
}

/// What became of a failed proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureCounted {
    /// It was recorded, and counted if its source is known and limited.
    Recorded {
        /// Where the source's count stands.
        arrival: Option<Timestamp>,
    },
    /// Its source has failed too often; nothing was changed.
    Limited {
        /// Where the source's count stands.
        arrival: Timestamp,
    },
}

/// Calls taken out of a caller's count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallsTaken {
    /// How many.
    pub granted: u32,
    /// Where the count stands.
    pub arrival: Timestamp,
}
