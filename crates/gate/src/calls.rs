//! The limit on accepted calls of one caller (R63).
//!
//! The only server of a store counts by itself, in memory. Where several share a store, each takes calls from a
//! count that they share, up to [`BATCH`] at a time, so that most requests cost no access to it. Calls that were
//! taken and not used stay with their server: all servers together accept no more than the limit allows and `BATCH`
//! calls for each of them. A server that ends loses what it has taken.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::ids::UserId;
use crate::rate::Rate;
use crate::store::{CallsTaken, Store};
use crate::turns::Turns;

/// Calls taken at a time, at most.
const BATCH: u32 = 25;

/// A small burst is shared in smaller pieces: so many servers may take one at the same moment.
const PIECES: u32 = 8;

/// For which a server does not ask again after it was told that no call is left, or that nobody can tell.
const PAUSE: SignedDuration = SignedDuration::from_millis(100);
const PAUSE_AWAY: SignedDuration = SignedDuration::from_secs(1);

const MOST: usize = 100_000;

pub(crate) struct Calls {
    rate: Option<Rate>,
    batch: u32,
    own: Mutex<HashMap<UserId, Timestamp>>,
    taken: Mutex<HashMap<UserId, Taken>>,
    asking: Turns,
    away: Mutex<Option<Pause>>,
}

/// What a server has of the shared count for one caller.
enum Taken {
    Left(u32),
    None(Pause),
}

#[derive(Clone, Copy)]
struct Pause {
    since: Timestamp,
    length: SignedDuration,
}

impl Pause {
    /// What is left of it. A clock that was set back must not make it longer.
    fn left(self, now: Timestamp) -> Option<Duration> {
        let over = now.duration_since(self.since).abs();
        (over < self.length).then(|| (self.length - over).unsigned_abs())
    }
}

impl Calls {
    pub(crate) fn new(burst: u32, per_second: u32) -> Self {
        Self {
            rate: Rate::new(burst, per_second, Duration::from_secs(1)),
            batch: (burst / PIECES).clamp(1, BATCH),
            own: Mutex::default(),
            taken: Mutex::default(),
            asking: Turns::default(),
            away: Mutex::default(),
        }
    }

    /// Counts one call; else how long until one fits.
    pub(crate) async fn accept(&self, store: &dyn Store, user: UserId, now: Timestamp) -> Result<(), Duration> {
        let Some(rate) = self.rate else { return Ok(()) };
        if !store.is_shared() {
            return self.count_by_ourselves(rate, user, now);
        }
        if let Some(known) = self.of_what_was_taken(user, now) {
            return known;
        }
        // One at a time takes for a caller, or each request that waits would take a batch.
        let _turn = self.asking.wait(user).await;
        if let Some(known) = self.of_what_was_taken(user, now) {
            return known;
        }
        if lock(&self.away).is_some_and(|pause| pause.left(now).is_some()) {
            return self.count_by_ourselves(rate, user, now);
        }
        match store.take_calls(user, rate, self.batch, now).await {
            Ok(CallsTaken { granted: 0, arrival }) => {
                let wait = rate.wait(arrival, now).unwrap_or_default();
                let length = SignedDuration::try_from(wait).unwrap_or(PAUSE).max(PAUSE);
                self.note(user, Taken::None(Pause { since: now, length }), now);
                Err(length.unsigned_abs())
            }
            Ok(CallsTaken { granted, .. }) => {
                self.note(user, Taken::Left(granted - 1), now);
                Ok(())
            }
            Err(error) => {
                // A limit must not be what ends the service: whoever needs the store will see that it is away.
                tracing::warn!(error = &error as &dyn std::error::Error, "calls are counted by this server alone");
                *lock(&self.away) = Some(Pause { since: now, length: PAUSE_AWAY });
                self.count_by_ourselves(rate, user, now)
            }
        }
    }

    fn of_what_was_taken(&self, user: UserId, now: Timestamp) -> Option<Result<(), Duration>> {
        match lock(&self.taken).get_mut(&user)? {
            Taken::Left(0) => None,
            Taken::Left(left) => {
                *left -= 1;
                Some(Ok(()))
            }
            Taken::None(pause) => pause.left(now).map(Err),
        }
    }

    fn note(&self, user: UserId, what: Taken, now: Timestamp) {
        let mut taken = lock(&self.taken);
        if taken.len() >= MOST {
            taken.retain(|_, what| match what {
                Taken::Left(left) => *left > 0,
                Taken::None(pause) => pause.left(now).is_some(),
            });
        }
        if taken.len() >= MOST {
            // What goes with it is lost to its callers, as when a server ends.
            taken.clear();
        }
        taken.insert(user, what);
    }

    fn count_by_ourselves(&self, rate: Rate, user: UserId, now: Timestamp) -> Result<(), Duration> {
        let mut own = lock(&self.own);
        if own.len() >= MOST {
            own.retain(|_, arrival| *arrival > now);
        }
        if own.len() >= MOST {
            // Full of live keys: whoever fills it must not thereby escape or shut out anybody for long.
            own.clear();
        }
        let arrival = own.entry(user).or_insert(now);
        if let Some(wait) = rate.wait(*arrival, now) {
            return Err(wait);
        }
        *arrival = rate.after(*arrival, now, 1);
        Ok(())
    }
}

/// A std mutex: nothing awaits while it is held.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
