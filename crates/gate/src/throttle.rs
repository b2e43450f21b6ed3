//! How wrong passwords slow an account down. Contract: authorisation 3.6, R57.

use jiff::{SignedDuration, Timestamp};

use crate::digest::Digest;
use crate::ids::UserId;

/// A delay from this long on is shown as a lock-out.
const SHOWN_FROM: SignedDuration = SignedDuration::from_secs(60);

/// How failures in a row slow an account down. There is no way to say "not at all", nor "for ever" (R57).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// From so many failures on there is a delay.
    pub from: u32,
    /// The first delay; each further failure doubles it.
    pub first: SignedDuration,
    /// Where doubling ends.
    pub longest: SignedDuration,
    /// From so many failures on the delay is the last one.
    pub many: u32,
    /// The last delay.
    pub last: SignedDuration,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            from: 5,
            first: SignedDuration::from_secs(1),
            longest: SignedDuration::from_mins(15),
            many: 100,
            last: SignedDuration::from_hours(24),
        }
    }
}

impl Throttle {
    /// How long attempts are refused after that many failures in a row.
    pub fn delay(&self, failures: u32) -> SignedDuration {
        if failures >= self.many {
            self.last
        } else if failures < self.from {
            SignedDuration::ZERO
        } else {
            // Beyond 20 doublings the shortest first delay is longer than any longest one.
            self.first.saturating_mul(1 << (failures - self.from).min(20)).min(self.longest)
        }
    }
}

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
    pub fn throttled(&self, throttle: &Throttle, now: Timestamp) -> bool {
        // A clock that was set back must not shut anybody out for longer than the delay itself.
        self.last.is_some_and(|last| now.duration_since(last).abs() < throttle.delay(self.count))
    }

    /// Whether the APIs show the account as locked out for this. Contract: authorisation 3.6.
    pub fn shown_as_locked_out(&self, throttle: &Throttle, now: Timestamp) -> bool {
        self.throttled(throttle, now) && throttle.delay(self.count) >= SHOWN_FROM
    }

    /// With one more failure counted.
    #[must_use]
    pub fn and_one(&self, now: Timestamp) -> Self {
        Self { count: self.count.saturating_add(1), last: Some(now) }
    }
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
        assert_eq!(
            Throttle::default().delay(failures),
            SignedDuration::from_secs(seconds),
            "after {failures} failures"
        );
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
        let throttle = Throttle::default();
        assert!(failures.throttled(&throttle, start + SignedDuration::from_millis(999)));
        assert!(!failures.throttled(&throttle, start + SignedDuration::from_secs(1)));
    }

    #[test]
    fn delays_are_what_the_operator_decided() {
        // authorisation 3.6
        let throttle = Throttle {
            from: 3,
            first: SignedDuration::from_secs(10),
            longest: SignedDuration::from_secs(60),
            many: 8,
            last: SignedDuration::from_hours(1),
        };
        let delays = (1..10).map(|failures| throttle.delay(failures).as_secs()).collect::<Vec<_>>();
        assert_eq!(delays, [0, 0, 10, 20, 40, 60, 60, 3600, 3600]);
        let slow = Throttle {
            from: 1,
            first: SignedDuration::from_hours(1),
            longest: SignedDuration::from_hours(24),
            ..throttle
        };
        assert_eq!(Throttle { many: u32::MAX, ..slow }.delay(u32::MAX - 1), SignedDuration::from_hours(24));
    }
}
