//! What is counted as it happens.

use std::fmt;
use std::time::Duration;

use passgate_gate::audit::{Door, Operation};
use passgate_gate::hasher::Share;
use passgate_store::Access;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// From a tenth of a millisecond to ten seconds: a read, a commit, a hash, a queue.
const SECONDS: [f64; 13] = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 2.5, 10.0];
const ACTS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Attempt {
    door: &'static str,
    operation: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Hash {
    share: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StoreAct {
    engine: &'static str,
    act: &'static str,
    access: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Commit {
    engine: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    door: &'static str,
    class: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByDoor {
    door: &'static str,
}

/// Every counter and histogram of one process. Cheap to share behind an `Arc`.
pub struct Metrics {
    engine: &'static str,
    attempts: Family<Attempt, Counter>,
    hash_wait: Family<Hash, Histogram>,
    hash_time: Family<Hash, Histogram>,
    act_time: Family<StoreAct, Histogram>,
    act_failures: Family<StoreAct, Counter>,
    commit_acts: Family<Commit, Histogram>,
    commit_time: Family<Commit, Histogram>,
    requests: Family<Request, Counter>,
    request_time: Family<ByDoor, Histogram>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Nothing counted yet; `engine` is the word of the configuration for the store.
    pub fn new(engine: &'static str) -> Self {
        Self {
            engine,
            attempts: Family::default(),
            hash_wait: Family::new_with_constructor(seconds),
            hash_time: Family::new_with_constructor(seconds),
            act_time: Family::new_with_constructor(seconds),
            act_failures: Family::default(),
            commit_acts: Family::new_with_constructor(|| Histogram::new(ACTS)),
            commit_time: Family::new_with_constructor(seconds),
            requests: Family::default(),
            request_time: Family::new_with_constructor(seconds),
        }
    }

    /// Puts everything where it is read from. The names are promises to dashboards: docs/watching.md.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "attempts",
            "Attempts that the gate decided; outcome is done, or the word of the refusal",
            self.attempts.clone(),
        );
        let mut timed = |name: &str, help: &str, family: Family<Hash, Histogram>| {
            registry.register_with_unit(name, help, Unit::Seconds, family);
        };
        timed("hash_wait", "Waiting for a hashing slot", self.hash_wait.clone());
        timed("hash_duration", "One Argon2 computation", self.hash_time.clone());
        registry.register_with_unit(
            "store_act_duration",
            "One act of the store, until it is durable where it writes",
            Unit::Seconds,
            self.act_time.clone(),
        );
        registry.register("store_failures", "Acts of the store that failed", self.act_failures.clone());
        registry.register("store_commit_acts", "Acts that became durable together", self.commit_acts.clone());
        registry.register_with_unit(
            "store_commit_duration",
            "One transaction of the writer, to the disk",
            Unit::Seconds,
            self.commit_time.clone(),
        );
        registry.register("http_requests", "Answers by door and class of status", self.requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "From the end of the headers to the beginning of the answer",
            Unit::Seconds,
            self.request_time.clone(),
        );
    }

    /// An answer was given.
    pub(super) fn answered(&self, door: &'static str, status: u16, took: Duration) {
        let class = match status {
            100..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        };
        self.requests.get_or_create(&Request { door, class }).inc();
        self.request_time.get_or_create(&ByDoor { door }).observe(took.as_secs_f64());
    }
}

impl passgate_gate::observer::Observer for Metrics {
    fn outcome(&self, door: Door, operation: Operation, refused: Option<&'static str>) {
        let outcome = refused.unwrap_or("done");
        passgate_door_http::note_outcome(outcome);
        self.attempts.get_or_create(&Attempt { door: door.name(), operation: operation.name(), outcome }).inc();
    }
}

impl passgate_hashing::Observer for Metrics {
    fn hashed(&self, share: Share, waited: Duration, took: Duration) {
        let labels = Hash { share: name_of(share) };
        self.hash_wait.get_or_create(&labels).observe(waited.as_secs_f64());
        self.hash_time.get_or_create(&labels).observe(took.as_secs_f64());
    }
}

impl passgate_store::Observer for Metrics {
    fn acted(&self, act: &'static str, access: Access, took: Duration, succeeded: bool) {
        let access = match access {
            Access::Read => "read",
            Access::Write => "write",
        };
        let labels = StoreAct { engine: self.engine, act, access };
        self.act_time.get_or_create(&labels).observe(took.as_secs_f64());
        if !succeeded {
            self.act_failures.get_or_create(&labels).inc();
        }
    }

    fn committed(&self, acts: usize, took: Duration) {
        let labels = Commit { engine: self.engine };
        let acts = u32::try_from(acts).unwrap_or(u32::MAX);
        self.commit_acts.get_or_create(&labels).observe(acts.into());
        self.commit_time.get_or_create(&labels).observe(took.as_secs_f64());
    }
}

pub(super) fn name_of(share: Share) -> &'static str {
    match share {
        Share::Keyed => "keyed",
        Share::SignIn => "sign-in",
    }
}

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}
