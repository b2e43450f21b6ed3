//! Rate limits of one node: calls per caller and failed proofs per source (R62, R63).
//!
//! The generic cell rate algorithm: per key one instant, the theoretical arrival time of the next call
//! that fits. Memory is bounded; keys whose time has passed are forgotten.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

const MOST_KEYS: usize = 100_000;

/// A limit of so many calls at once and one more each `interval`.
pub(crate) struct Limit<K> {
    interval: SignedDuration,
    tolerance: SignedDuration,
    arrivals: Mutex<HashMap<K, Timestamp>>,
}

impl<K: Hash + Eq> Limit<K> {
    /// `burst` calls at once, `burst` more spread over each `window`; `None` without a limit.
    pub(crate) fn new(burst: u32, per_window: u32, window: Duration) -> Option<Self> {
        if burst == 0 || per_window == 0 {
            return None;
        }
        let window = SignedDuration::try_from(window).ok()?;
        let interval = window / i32::try_from(per_window).unwrap_or(i32::MAX);
        let tolerance = interval * i32::try_from(burst - 1).unwrap_or(i32::MAX);
        Some(Self { interval, tolerance, arrivals: Mutex::default() })
    }

    /// Whether one more call would fit now: else how long until it does.
    pub(crate) fn check(&self, key: &K, now: Timestamp) -> Result<(), Duration> {
        let arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        match arrivals.get(key) {
            Some(arrival) => self.fits(*arrival, now),
            None => Ok(()),
        }
    }

    /// Counts one call.
    pub(crate) fn count(&self, key: K, now: Timestamp) {
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        if arrivals.len() >= MOST_KEYS {
            arrivals.retain(|_, arrival| *arrival > now);
        }
        if arrivals.len() >= MOST_KEYS {
            // Full of live keys: whoever fills it must not thereby escape or shut out anybody for long.
            arrivals.clear();
        }
        let arrival = arrivals.entry(key).or_insert(now);
        *arrival = (*arrival).max(now) + self.interval;
    }

    fn fits(&self, arrival: Timestamp, now: Timestamp) -> Result<(), Duration> {
        let early = arrival.duration_since(now) - self.tolerance;
        if early.is_positive() { Err(early.unsigned_abs()) } else { Ok(()) }
    }
}

/// The address that failures are counted under: an IPv6 host has a whole /64 to choose from (R62).
pub(crate) fn source_key(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_at_once_and_then_one_call_each_interval() {
        let limit = Limit::new(3, 1, Duration::from_secs(1)).unwrap();
        let start = Timestamp::UNIX_EPOCH;
        for _ in 0..3 {
            assert_eq!(limit.check(&"ann", start), Ok(()));
            limit.count("ann", start);
        }
        assert_eq!(limit.check(&"ann", start), Err(Duration::from_secs(1)));
        assert_eq!(limit.check(&"bob", start), Ok(()));
        assert_eq!(limit.check(&"ann", start + SignedDuration::from_secs(1)), Ok(()));
    }

    #[test]
    fn an_ipv6_source_is_its_network_and_a_mapped_one_is_its_ipv4_address() {
        let key = |text: &str| source_key(text.parse().unwrap()).to_string();
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(key("::ffff:127.0.0.1"), "127.0.0.1");
    }
}
