//! How often something may happen: calls of one caller, failed proofs of one source (R62, R63).
//!
//! The generic cell rate algorithm: under each key stands one instant, the arrival that the next one would have if
//! all came evenly. Counting moves it on; time catches up with it. Where the instants are kept is not said here.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// So many at once, and one more each interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    interval: SignedDuration,
    tolerance: SignedDuration,
}

impl Rate {
    /// `burst` at once, and `per_window` more spread over each `window`; `None` without a limit.
    pub fn new(burst: u32, per_window: u32, window: Duration) -> Option<Self> {
        if burst == 0 || per_window == 0 {
            return None;
        }
        let window = SignedDuration::try_from(window).ok()?;
        let interval = window / i32::try_from(per_window).unwrap_or(i32::MAX);
        let tolerance = interval * i32::try_from(burst - 1).unwrap_or(i32::MAX);
        Some(Self { interval, tolerance })
    }

    /// How long until one more fits; `None`: it fits now.
    pub fn wait(&self, arrival: Timestamp, now: Timestamp) -> Option<Duration> {
        let early = self.at_most_full(arrival, now).duration_since(now) - self.tolerance;
        early.is_positive().then(|| early.unsigned_abs())
    }

    /// How many of those that are wanted fit now.
    pub fn room(&self, arrival: Timestamp, now: Timestamp, want: u32) -> u32 {
        let left = (now + self.tolerance + self.interval).duration_since(self.at_most_full(arrival, now).max(now));
        let fit = left.as_nanos() / self.interval.as_nanos().max(1);
        u32::try_from(fit).unwrap_or(u32::MAX).min(want)
    }

    /// The arrival once that many more were counted.
    pub fn after(&self, arrival: Timestamp, now: Timestamp, count: u32) -> Timestamp {
        self.at_most_full(arrival, now).max(now) + self.interval * i32::try_from(count).unwrap_or(i32::MAX)
    }

    /// A clock that was set back, or a limit that was changed, must not shut anybody out for longer than a full
    /// count does.
    fn at_most_full(&self, arrival: Timestamp, now: Timestamp) -> Timestamp {
        arrival.min(now + self.tolerance + self.interval)
    }
}

/// What failures from an address are counted under: an IPv6 host has a whole /64 to choose from (R62).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source(IpAddr);

impl Source {
    /// Where this address belongs.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::from([a, b, c, d, 0, 0, 0, 0])
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn a_burst_passes_at_once_and_then_one_each_interval() {
        // R62, R63
        let rate = Rate::new(3, 1, Duration::from_secs(1)).unwrap();
        let mut arrival = START;
        for left in [3, 2, 1] {
            assert_eq!((rate.wait(arrival, START), rate.room(arrival, START, 9)), (None, left));
            arrival = rate.after(arrival, START, 1);
        }
        assert_eq!((rate.wait(arrival, START), rate.room(arrival, START, 9)), (Some(Duration::from_secs(1)), 0));
        let later = START + SignedDuration::from_secs(1);
        assert_eq!((rate.wait(arrival, later), rate.room(arrival, later, 9)), (None, 1));
    }

    #[test]
    fn many_taken_at_once_are_as_many_taken_one_by_one() {
        // R63
        let rate = Rate::new(200, 50, Duration::from_secs(1)).unwrap();
        let one_by_one = (0..25).fold(START, |arrival, _| rate.after(arrival, START, 1));
        assert_eq!(rate.after(START, START, 25), one_by_one);
        assert_eq!(rate.room(one_by_one, START, 1_000), 175);
    }

    #[test]
    fn a_clock_that_was_set_back_shuts_nobody_out_for_long() {
        // R62, R63
        let rate = Rate::new(3, 1, Duration::from_secs(1)).unwrap();
        let far = START + SignedDuration::from_hours(1);
        assert_eq!((rate.wait(far, START), rate.room(far, START, 9)), (Some(Duration::from_secs(1)), 0));
        assert_eq!(rate.wait(rate.after(far, START, 1), START), Some(Duration::from_secs(1)));
    }

    #[test]
    fn an_ipv6_source_is_its_network_and_a_mapped_one_is_its_ipv4_address() {
        // R62
        let key = |text: &str| Source::of(text.parse().unwrap()).to_string();
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(key("::ffff:127.0.0.1"), "127.0.0.1");
    }
}
