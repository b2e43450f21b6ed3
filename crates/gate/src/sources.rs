//! Sources that have failed too often (R62). The store counts them, for all servers and beyond a restart; here
//! stands only what the last look showed, so that a flood from a limited source costs the store nothing.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::rate::{Rate, Source};

const MOST: usize = 100_000;

pub(crate) struct Sources {
    pub(crate) rate: Option<Rate>,
    /// Arrivals only ever grow, so an old one errs on the side of letting the store decide.
    limited: Mutex<HashMap<Source, Timestamp>>,
}

impl Sources {
    pub(crate) fn new(rate: Option<Rate>) -> Self {
        Self { rate, limited: Mutex::default() }
    }

    /// How long this source has to wait, as far as this server knows.
    pub(crate) fn wait(&self, address: Option<IpAddr>, now: Timestamp) -> Option<Duration> {
        let (rate, source) = (self.rate?, Source::of(address?));
        let limited = self.limited.lock().unwrap_or_else(PoisonError::into_inner);
        rate.wait(*limited.get(&source)?, now)
    }

    /// Takes in what the store has counted; how long the source has to wait.
    pub(crate) fn note(&self, address: Option<IpAddr>, arrival: Timestamp, now: Timestamp) -> Option<Duration> {
        let (rate, source) = (self.rate?, Source::of(address?));
        let wait = rate.wait(arrival, now)?;
        let mut limited = self.limited.lock().unwrap_or_else(PoisonError::into_inner);
        if limited.len() >= MOST {
            limited.retain(|_, arrival| rate.wait(*arrival, now).is_some());
        }
        if limited.len() < MOST {
            limited.insert(source, arrival);
        }
        Some(wait)
    }
}
