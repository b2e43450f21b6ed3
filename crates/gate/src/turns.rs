//! Locks by which those who want the same queue up within this process.

use std::hash::{BuildHasher, Hash, RandomState};

use tokio::sync::{Mutex, MutexGuard};

/// Keys may share one.
const LOCKS: usize = 1024;

pub(crate) struct Turns {
    hasher: RandomState,
    locks: Vec<Mutex<()>>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { hasher: RandomState::new(), locks: (0..LOCKS).map(|_| Mutex::new(())).collect() }
    }
}

impl Turns {
    /// Waits until nobody else has this key.
    pub(crate) async fn wait(&self, key: impl Hash) -> MutexGuard<'_, ()> {
        let at = usize::try_from(self.hasher.hash_one(key) % LOCKS as u64).unwrap_or_default();
        self.locks[at].lock().await
    }
}
