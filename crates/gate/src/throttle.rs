//! How wrong passwords slow an account down. Contract: authorisation 3.6, R57.

use jiff::{SignedDuration, Timestamp};

use crate::digest::Digest;
use crate::ids::UserId;

const FREE_FAILURES: u32 = 5;
const LONG_AFTER: u32 = 100;
const LONGEST_DOUBLING: i64 = 15 * 60;
const LONG: i64 = 24 * 60 * 60;
const SHOWN_FROM: i64 = 60;

/// Failed sign-ins in a row, all doors together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// How many in a row.
    pub count: u32,
    /// When the last one was counted.
    pub last: Option<Timestamp>,
}

impl Failures {
    /// Whether attempts are refused unseen just now.
    pub fn throttled(&self, now: Timestamp) -> bool {
        // A clock that was set back must not shut anybody out for longer than the delay itself.
        self.last.is_some_and(|last| now.duration_since(last).abs() < delay(self.count))
    }

    /// Whether the APIs show the account as locked out for this. Contract: authorisation 3.6.
    pub fn shown_as_locked_out(&self, now: Timestamp) -> bool {
        self.throttled(now) && delay(self.count) >= SignedDuration::from_secs(SHOWN_FROM)
    }

    /// With one more failure counted.
    #[must_use]
    pub fn and_one(&self, now: Timestamp) -> Self {
        Self { count: self.count.saturating_add(1), last: Some(now) }
    }
}

/// How long attempts are refused after that many failures in a row: from the 5th 1 s, doubling to 15 min;
/// from 100 on 24 h.
pub fn delay(failures: u32) -> SignedDuration {
    let seconds = match failures {
        0..FREE_FAILURES => 0,
        LONG_AFTER.. => LONG,
        // Ten doublings are beyond the longest already; many more would shift into the sign.
        _ => (1_i64 << (failures - FREE_FAILURES).min(10)).min(LONGEST_DOUBLING),
    };
    SignedDuration::from_secs(seconds)
}

/// What failures are counted under: the very thing the look-up found or would have found (R59).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ThrottleKey {
    /// The name led to one account.
    User(UserId),
    /// It led to none or several; counted alike (R56). A digest, since people type passwords into name
    /// fields.
    Name(Digest),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(failures: u32, seconds: i64) {
        assert_eq!(delay(failures), SignedDuration::from_secs(seconds), "after {failures} failures");
    }

    #[test]
    fn delays_begin_at_the_fifth_failure_double_to_a_quarter_of_an_hour_and_end_at_a_day() {
        // authorisation 3.6
        for (failures, seconds) in [
            (0, 0),
            (4, 0),
            (5, 1),
            (6, 2),
            (7, 4),
            (14, 512),
            (15, 900),
            (68, 900),
            (69, 900),
            (99, 900),
            (100, 86_400),
            (u32::MAX, 86_400),
        ] {
            check(failures, seconds);
        }
    }

    #[test]
    fn a_throttle_ends_by_itself() {
        let start = Timestamp::UNIX_EPOCH;
        let failures = Failures { count: 5, last: Some(start) };
        assert!(failures.throttled(start + SignedDuration::from_millis(999)));
        assert!(!failures.throttled(start + SignedDuration::from_secs(1)));
    }
}
