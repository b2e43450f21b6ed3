//! Whether this machine computes Argon2 rightly, and how long it takes.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

use super::Finding;
use crate::cli::hash_time;
use crate::config::Config;
use crate::wiring::{hash_cost, hash_implementation};

/// Beyond this, people notice and queues grow.
const SLOW: Duration = Duration::from_secs(1);

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let cost = match hash_cost(&config.hashing) {
        Ok(cost) => cost,
        Err(error) => return vec![Finding::fail("hashing", error.to_string(), "see [hashing] in the configuration")],
    };
    let took = match hash_time(cost, hash_implementation(&config.hashing), NonZeroUsize::MIN).await {
        Ok(took) => took,
        Err(error) => {
            let todo = "do not serve with this program on this machine; try hashing.implementation = \"mature\"";
            return vec![Finding::fail("hashing", error.to_string(), todo)];
        }
    };
    let known = Finding::ok("hashing", "the known answers of Argon2id come out right");
    let text = format!(
        "one hash takes {} ms with {} MiB and {} passes; {} at a time",
        took.as_millis(),
        cost.memory_kib() / 1024,
        cost.passes(),
        slots(config)
    );
    let speed = if took > SLOW {
        Finding::warn("hash-time", text, "`passgate tune --target-ms 250` proposes what this machine can bear")
    } else {
        Finding::ok("hash-time", text)
    };
    vec![known, speed]
}

/// How many hashes are computed at a time.
pub(super) fn slots(config: &Config) -> usize {
    match config.hashing.slots {
        0 => available_parallelism().map_or(1, NonZeroUsize::get),
        slots => slots,
    }
}
