//! Who is told of every hash, for counting and measuring.

use std::time::Duration;

use passgate_gate::hasher::Share;

/// Is told of every computation when it is done, a dummy one like any other. Called on the hashing threads: it must not block.
pub trait Observer: Send + Sync {
    /// Somebody waited so long for a slot, and the slot worked so long.
    fn hashed(&self, share: Share, waited: Duration, took: Duration);
}

/// Nobody is told.
pub(crate) struct Unobserved;

impl Observer for Unobserved {
    fn hashed(&self, _share: Share, _waited: Duration, _took: Duration) {}
}
