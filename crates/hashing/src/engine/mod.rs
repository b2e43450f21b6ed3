//! The Argon2 implementations behind one trait. Which one and why: docs/decisions/0003.

mod mature;

#[cfg(test)]
mod comparison;
#[cfg(any(test, feature = "fast-argon2"))]
mod fast;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::cost::Cost;

/// Whose Argon2 computes the hashes; both give the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Implementation {
    /// The `argon2` crate of the Rust Crypto project: old in years, widely used, always compiled in.
    #[default]
    Mature,
    /// The `argon2-rust` crate: two to three times as fast, first published in 2026, by one author,
    /// unaudited, much of it unsafe SIMD. Needs the cargo feature `fast-argon2`.
    Fast,
}

impl fmt::Display for Implementation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mature => "mature",
            Self::Fast => "fast",
        })
    }
}

/// What goes into one computation.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    pub(crate) password: &'a [u8],
    pub(crate) salt: &'a [u8],
    /// The pepper; empty for none.
    pub(crate) secret: &'a [u8],
    /// Associated data: nothing outside the known answers of RFC 9106.
    pub(crate) associated: &'a [u8],
    pub(crate) cost: Cost,
}

/// The implementation would not compute it, by its own rules. Carries nothing of the input.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the Argon2 implementation refused its input")]
pub(crate) struct Declined;

/// One thread's Argon2id of version 0x13, with its memory.
pub(crate) trait Engine: Send {
    /// Fills `tag`. Memory for the settings' cost is reused; a dearer input gets its own for once.
    fn compute(&mut self, input: &Input<'_>, tag: &mut [u8]) -> Result<(), Declined>;

    /// Leaves nothing of earlier inputs in memory.
    fn wipe(&mut self);
}

impl Implementation {
    /// An engine with memory for `cost`, or nothing when it is not compiled in.
    pub(crate) fn engine(self, cost: Cost, memory: &Arc<Memory>) -> Option<Box<dyn Engine>> {
        match self {
            Self::Mature => Some(Box::new(mature::Mature::new(cost, Arc::clone(memory)))),
            #[cfg(any(test, feature = "fast-argon2"))]
            Self::Fast => fast::Fast::new(cost, Arc::clone(memory)).map(|engine| Box::new(engine) as _),
            #[cfg(not(any(test, feature = "fast-argon2")))]
            Self::Fast => None,
        }
    }
}

/// Keeps count of the Argon2 memory of all slots.
#[derive(Default)]
pub(crate) struct Memory {
    held_kib: AtomicU64,
    allocations: AtomicU64,
}

/// So much Argon2 memory is held until this is dropped.
pub(crate) struct Held {
    memory: Arc<Memory>,
    kib: u64,
}

impl Memory {
    pub(crate) fn hold(self: &Arc<Self>, kib: u64) -> Held {
        self.held_kib.fetch_add(kib, Ordering::Relaxed);
        self.allocations.fetch_add(1, Ordering::Relaxed);
        Held { memory: Arc::clone(self), kib }
    }

    pub(crate) fn held_kib(&self) -> u64 {
        self.held_kib.load(Ordering::Relaxed)
    }

    pub(crate) fn allocations(&self) -> u64 {
        self.allocations.load(Ordering::Relaxed)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.memory.held_kib.fetch_sub(self.kib, Ordering::Relaxed);
    }
}
