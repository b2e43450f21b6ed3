//! What an operator may decide about hashing.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use crate::cost::Cost;
use crate::engine::Implementation;
use crate::pepper::Pepper;

/// The settings of the lane; the default is right for a machine that Passgate has to itself. R1, R3, R7.
#[derive(Debug)]
pub struct Settings {
    /// How many hashes at a time, each on its own thread with its own memory.
    pub slots: NonZeroUsize,
    /// How many requests may wait for a slot; half of them at most are sign-ins.
    pub queue: usize,
    /// What a new hash costs.
    pub cost: Cost,
    /// What a stored hash may cost to verify: rows of other settings verify up to here, those beyond it
    /// are refused unrun, so that a planted row cannot take the machine's memory or time. Never below
    /// `cost`, whatever stands here.
    pub ceiling: Cost,
    /// The pepper keys.
    pub pepper: Pepper,
    /// Whose Argon2.
    pub implementation: Implementation,
}

impl Settings {
    /// As many slots as cores that this process may use, eight places in the queue per slot.
    pub fn for_this_machine() -> Self {
        Self::with_slots(available_parallelism().unwrap_or(NonZeroUsize::MIN))
    }

    /// So many slots, eight places in the queue per slot, the default cost, no pepper.
    pub fn with_slots(slots: NonZeroUsize) -> Self {
        Self {
            slots,
            queue: slots.get().saturating_mul(8),
            cost: Cost::default(),
            ceiling: Cost::HIGH,
            pepper: Pepper::none(),
            implementation: Implementation::default(),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::for_this_machine()
    }
}
