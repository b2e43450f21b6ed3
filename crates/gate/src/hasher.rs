//! What the gate asks of whoever hashes passwords. The lane that does it lives in `passgate-hashing`.

use std::time::Duration;

use async_trait::async_trait;

use crate::password::{NewPassword, Password, PasswordHash};

/// Whose work a hash is, so that a flood of sign-ins cannot starve administrators (R130).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// The caller has shown a key or a session.
    Keyed,
    /// Somebody who has only a name and a password so far.
    SignIn,
}

/// What came of comparing a password with a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// It is the one.
    Match {
        /// The stored hash was made with other settings or another pepper than today's (R2). Dearer ones count
        /// too: rows of unequal cost would tell which accounts exist (R55).
        outdated: bool,
    },
    /// It is not, or there was nothing to compare with.
    Mismatch,
}

/// Why nothing was hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// The queue is full; nothing was done (R131).
    #[error("the hashing queue is full")]
    Busy {
        /// When to try again, in whole seconds, at least one.
        retry_after: Duration,
    },
    /// The lane is broken or shutting down.
    #[error("hashing failed")]
    Failed,
}

/// Hashes and compares passwords within a fixed budget of memory and time.
#[async_trait]
pub trait Hasher: Send + Sync {
    /// A fresh hash with today's settings and a new salt.
    async fn hash(&self, share: Share, password: &NewPassword) -> Result<PasswordHash, HashingError>;

    /// Compares. With nothing to compare with it does the same work and answers
    /// [`Verification::Mismatch`], so that unknown accounts cost what known ones do (R55). A stored value
    /// that is corrupt or beyond the limits is a mismatch at the same cost (R6).
    async fn verify(
        &self,
        share: Share,
        password: &Password,
        stored: Option<&PasswordHash>,
    ) -> Result<Verification, HashingError>;

    /// A fresh hash of a password that was just proved right, to replace an outdated one (R2).
    async fn rehash(&self, share: Share, proved: &Password) -> Result<PasswordHash, HashingError>;
}
