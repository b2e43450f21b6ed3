//! What one hashing thread does: make a hash, or compare a password with one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use passgate_gate::hasher::Verification;
use passgate_gate::password::{Password, PasswordHash};
use passgate_gate::rng::Rng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::cost::Cost;
use crate::engine::{Declined, Engine, Input};
use crate::lane::Slot;
use crate::pepper::Pepper;
use crate::stored::{SALT_BYTES, Stored, TAG_BYTES};

/// What all slots have in common.
pub(crate) struct Common {
    pub(crate) cost: Cost,
    pub(crate) pepper: Pepper,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) hashes: AtomicU64,
}

pub(crate) struct HashingSlot {
    pub(crate) engine: Box<dyn Engine>,
    pub(crate) common: Arc<Common>,
}

pub(crate) enum Task {
    /// A fresh hash.
    Make(Password),
    /// Compare with this, or do the same work for nothing.
    Compare(Password, Option<Stored>),
}

pub(crate) enum Answer {
    Made(PasswordHash),
    Compared(Verification),
}

impl Slot for HashingSlot {
    type Task = Task;
    type Answer = Result<Answer, Declined>;

    fn run(&mut self, task: Task) -> Self::Answer {
        match task {
            Task::Make(password) => self.make(&password).map(|made| Answer::Made(made.to_hash())),
            Task::Compare(password, Some(stored)) => self.compare(&password, &stored).map(Answer::Compared),
            Task::Compare(password, None) => {
                self.make(&password)?;
                Ok(Answer::Compared(Verification::Mismatch))
            }
        }
    }

    /// Under load the next hash overwrites the blocks at once, so they are wiped when none follows.
    fn rest(&mut self) {
        self.engine.wipe();
    }
}

impl HashingSlot {
    fn make(&mut self, password: &Password) -> Result<Stored, Declined> {
        let mut salt = vec![0; SALT_BYTES];
        self.common.rng.fill(&mut salt);
        let mut stored = Stored {
            cost: self.common.cost,
            pepper: self.common.pepper.current_id().cloned(),
            salt,
            tag: Zeroizing::new(vec![0; TAG_BYTES]),
        };
        stored.tag = self.compute(password, &stored)?;
        Ok(stored)
    }

    fn compare(&mut self, password: &Password, stored: &Stored) -> Result<Verification, Declined> {
        let computed = self.compute(password, stored)?;
        if !bool::from(computed.ct_eq(&stored.tag)) {
            return Ok(Verification::Mismatch);
        }
        // Dearer than today's settings counts as outdated too: rows of all ages should cost what an
        // unknown account costs (R55).
        let outdated = stored.cost != self.common.cost
            || stored.pepper.as_ref() != self.common.pepper.current_id()
            || stored.salt.len() != SALT_BYTES
            || stored.tag.len() != TAG_BYTES;
        Ok(Verification::Match { outdated })
    }

    /// The tag of `password` with the cost, salt and pepper of `stored`, as long as its tag.
    fn compute(&mut self, password: &Password, stored: &Stored) -> Result<Zeroizing<Vec<u8>>, Declined> {
        let input = Input {
            password: password.expose().as_bytes(),
            salt: &stored.salt,
            secret: self.common.pepper.secret(stored.pepper.as_ref()).ok_or(Declined)?,
            associated: &[],
            cost: stored.cost,
        };
        self.common.hashes.fetch_add(1, Ordering::Relaxed);
        let mut tag = Zeroizing::new(vec![0; stored.tag.len()]);
        self.engine.compute(&input, &mut tag)?;
        Ok(tag)
    }
}
