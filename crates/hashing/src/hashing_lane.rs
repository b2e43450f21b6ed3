//! The lane as the gate sees it: the door of this crate.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use passgate_gate::hasher::{Hasher, HashingError, Share, Verification};
use passgate_gate::password::{NewPassword, Password, PasswordHash};
use passgate_gate::rng::Rng;

use crate::cost::Cost;
use crate::engine::{Implementation, Memory};
use crate::figures::Figures;
use crate::known_answers;
use crate::lane::Lane;
use crate::observer::{Observer, Unobserved};
use crate::settings::Settings;
use crate::slot::{Answer, Common, HashingSlot, Task};
use crate::stored::{Refused, Stored};

/// Hashes passwords with Argon2id on its own threads, within a fixed budget (R1, R7, R128, R130, R131).
///
/// The memory is that of the slots and is taken at start. A request finds a place in the queue or is
/// refused at once; one whose future is dropped before its turn is not hashed. Dropping the lane waits for
/// the hashes that are being computed.
pub struct HashingLane {
    lane: Lane<HashingSlot>,
    common: Arc<Common>,
    memory: Arc<Memory>,
    ceiling: Cost,
}

/// Why the lane did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The program was built without the cargo feature `fast-argon2`, or its memory cannot be had.
    #[error("the {0} Argon2 implementation is not available in this program")]
    NotAvailable(Implementation),
    /// This machine or this build computes Argon2 wrongly.
    #[error("the {implementation} Argon2 implementation gives a wrong answer on this machine: {answer}")]
    KnownAnswer {
        /// Whose.
        implementation: Implementation,
        /// Which of the known answers.
        answer: &'static str,
    },
    /// The operating system gave no threads.
    #[error("no threads for hashing")]
    Threads(#[from] std::io::Error),
}

impl HashingLane {
    /// Allocates the slots, computes the known answers and starts the threads.
    pub fn start(settings: Settings, rng: Arc<dyn Rng>) -> Result<Self, StartError> {
        Self::start_observed(settings, rng, Arc::new(Unobserved))
    }

    /// The same, and tells somebody of every hash.
    pub fn start_observed(
        settings: Settings,
        rng: Arc<dyn Rng>,
        observer: Arc<dyn Observer>,
    ) -> Result<Self, StartError> {
        let Settings { slots, queue, cost, ceiling, pepper, implementation } = settings;
        let memory = Arc::new(Memory::default());
        let mut engines = (0..slots.get())
            .map(|_| implementation.engine(cost, &memory).ok_or(StartError::NotAvailable(implementation)))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(answer) = engines.first_mut().and_then(|engine| known_answers::first_wrong(engine.as_mut())) {
            return Err(StartError::KnownAnswer { implementation, answer });
        }
        let common = Arc::new(Common { cost, pepper, rng, hashes: AtomicU64::new(0) });
        let slots = engines.into_iter().map(|engine| HashingSlot { engine, common: Arc::clone(&common) }).collect();
        Ok(Self { lane: Lane::start(slots, queue, observer)?, common, memory, ceiling: ceiling.covering(cost) })
    }

    /// Whether a password that finds a place in the queue is going to be hashed: not after [`Self::close`],
    /// and not once its threads are gone.
    pub fn takes_work(&self) -> bool {
        self.lane.takes_work()
    }

    /// The lane at this moment.
    pub fn figures(&self) -> Figures {
        Figures {
            hashes: self.common.hashes.load(Ordering::Relaxed),
            memory_kib: self.memory.held_kib(),
            allocations: self.memory.allocations(),
            ..self.lane.figures()
        }
    }

    /// Takes nothing more in, so that a shutdown ends; what waits is still answered.
    pub fn close(&self) {
        self.lane.close();
    }

    /// A stored value as something to compare with; a refused one as nothing, with a line in the log (R6).
    fn readable(&self, stored: &PasswordHash) -> Option<Stored> {
        let refused = match Stored::parse(stored, self.ceiling) {
            Ok(stored) if self.common.pepper.secret(stored.pepper.as_ref()).is_some() => return Some(stored),
            Ok(_) => Refused::PepperMissing,
            Err(refused) => refused,
        };
        tracing::error!(reason = %refused, "a stored password hash cannot be used; the sign-in fails");
        None
    }

    async fn make(&self, share: Share, password: Password) -> Result<PasswordHash, HashingError> {
        match self.lane.run(share, Task::Make(password)).await? {
            Ok(Answer::Made(hash)) => Ok(hash),
            Ok(Answer::Compared(_)) | Err(_) => Err(HashingError::Failed),
        }
    }
}

#[async_trait]
impl Hasher for HashingLane {
    async fn hash(&self, share: Share, password: &NewPassword) -> Result<PasswordHash, HashingError> {
        self.make(share, password.as_password().duplicate()).await
    }

    async fn verify(
        &self,
        share: Share,
        password: &Password,
        stored: Option<&PasswordHash>,
    ) -> Result<Verification, HashingError> {
        let stored = stored.and_then(|stored| self.readable(stored));
        match self.lane.run(share, Task::Compare(password.duplicate(), stored)).await? {
            Ok(Answer::Compared(verification)) => Ok(verification),
            Ok(Answer::Made(_)) | Err(_) => Err(HashingError::Failed),
        }
    }

    async fn rehash(&self, share: Share, proved: &Password) -> Result<PasswordHash, HashingError> {
        self.make(share, proved.duplicate()).await
    }
}
