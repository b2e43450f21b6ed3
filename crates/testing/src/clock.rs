//! A clock for tests.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use passgate_gate::clock::Clock;

/// A clock that stands until it is moved.
#[derive(Clone)]
pub struct StandingClock(Arc<Mutex<Timestamp>>);

impl StandingClock {
    /// Standing at this time.
    ///
    /// # Panics
    /// When the text is no time.
    pub fn at(text: &str) -> Self {
        Self(Arc::new(Mutex::new(text.parse().expect("a time"))))
    }

    /// Moves it.
    ///
    /// # Panics
    /// When a test that held it has panicked.
    pub fn move_on(&self, by: SignedDuration) {
        *self.0.lock().expect("no test panicked with it") += by;
    }
}

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no test panicked with it")
    }
}
