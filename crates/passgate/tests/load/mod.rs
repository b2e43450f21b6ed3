//! Load that knows what must be there afterwards: sets through all three doors, by writers that remember what was
//! acknowledged and what was under way. Each test program that breaks something uses it.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]
#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses its own part of this")]

pub(crate) mod house;
pub(crate) mod sets;
pub(crate) mod writers;

use std::hash::{BuildHasher as _, Hasher as _};
use std::time::{Duration, Instant};

/// Far beyond what anything here takes.
const FOREVER: Duration = Duration::from_mins(2);

/// A moment of no meaning.
pub(crate) fn random_moment() -> Duration {
    Duration::from_millis(std::collections::hash_map::RandomState::new().build_hasher().finish() % 900)
}

#[track_caller]
pub(crate) fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < FOREVER, "{what}: not in {FOREVER:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
