//! What is read at the moment when somebody looks: queues, connections, memory.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use passgate_gate::hasher::Share;
use passgate_hashing::HashingLane;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use crate::serve::{Tls, Traffic};

use super::health::Lifetime;
use super::metrics::name_of;

/// The parts that keep their own count.
pub struct Gauges {
    /// The hashing lane.
    pub lane: Arc<HashingLane>,
    /// The connections of the doors.
    pub traffic: Arc<Traffic>,
    /// Whether the server is about to end.
    pub lifetime: Arc<Lifetime>,
    /// Whose certificate clients are shown.
    pub tls: Option<Arc<Tls>>,
    /// How many chains of the audit trail were found broken.
    pub broken: Arc<AtomicUsize>,
}

impl fmt::Debug for Gauges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gauges").finish_non_exhaustive()
    }
}

impl Collector for Gauges {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut out = Writer(&mut encoder);
        out.info()?;
        let lane = self.lane.figures();
        out.gauges(
            "hashing_waiting",
            "Requests that wait for a hashing slot",
            &shares(whole(lane.waiting_keyed), whole(lane.waiting_sign_in)),
        )?;
        out.counters(
            "hashing_refused",
            "Requests turned away since the hashing queue was full",
            &shares(lane.refused_keyed, lane.refused_sign_in),
        )?;
        out.gauge("hashing_running", "Hashing slots at work", whole(lane.running))?;
        out.gauge("hashing_slots", "Hashing slots", whole(lane.slots))?;
        let memory = i64::try_from(lane.memory_kib.saturating_mul(1024)).unwrap_or(i64::MAX);
        out.gauge("hashing_memory_bytes", "Argon2 memory that is held", memory)?;
        out.counter("hashing_hashes", "Argon2 computations begun", lane.hashes)?;
        out.counter("hashing_abandoned", "Callers that went away before their turn", lane.abandoned)?;
        out.counter("hashing_panics", "Computations that panicked: anything but 0 is a bug", lane.panics)?;

        out.gauge("connections_open", "Open connections", whole(self.traffic.open()))?;
        out.counter("connections_accepted", "Connections that were accepted", self.traffic.accepted())?;
        out.counter("connections_refused", "Connections turned away since all were taken", self.traffic.refused())?;
        out.counter("requests_malformed", "Requests refused before any door", self.traffic.malformed())?;

        if let Some(end) = self.tls.as_ref().and_then(|tls| tls.ends()) {
            let help = "When the certificate in force ends, in seconds since 1970";
            out.gauge("tls_certificate_not_after_seconds", help, end.as_second())?;
        }
        let help =
            "Chains of the audit trail that are signed no more since they were changed: anything but 0 is an alarm";
        out.gauge("audit_chains_broken", help, whole(self.broken.load(Ordering::Relaxed)))?;
        out.gauge("draining", "1 once a stop was asked for", i64::from(self.lifetime.is_draining()))?;
        out.gauge("start_time_seconds", "When the process began, in seconds since 1970", self.lifetime.began())?;
        let (resident, descriptors) = process();
        out.gauge("process_resident_memory_bytes", "Resident memory", resident)?;
        out.gauge("process_open_fds", "Open file descriptors", descriptors)
    }
}

struct Writer<'a, 'e>(&'a mut DescriptorEncoder<'e>);

impl Writer<'_, '_> {
    fn info(&mut self) -> fmt::Result {
        let info = prometheus_client::metrics::info::Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        let encoder = self.0.encode_descriptor("build", "Which program this is", None, kind(&info))?;
        info.encode(encoder)
    }

    fn gauge(&mut self, name: &str, help: &str, value: i64) -> fmt::Result {
        let gauge = ConstGauge::new(value);
        gauge.encode(self.0.encode_descriptor(name, help, None, kind(&gauge))?)
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        let counter = ConstCounter::new(value);
        counter.encode(self.0.encode_descriptor(name, help, None, kind(&counter))?)
    }

    fn gauges(&mut self, name: &str, help: &str, values: &[(&'static str, i64)]) -> fmt::Result {
        let mut encoder = self.0.encode_descriptor(name, help, None, kind(&ConstGauge::new(0_i64)))?;
        values
            .iter()
            .try_for_each(|(share, value)| ConstGauge::new(*value).encode(encoder.encode_family(&[("share", *share)])?))
    }

    fn counters(&mut self, name: &str, help: &str, values: &[(&'static str, u64)]) -> fmt::Result {
        let mut encoder = self.0.encode_descriptor(name, help, None, kind(&ConstCounter::new(0_u64)))?;
        values.iter().try_for_each(|(share, value)| {
            ConstCounter::new(*value).encode(encoder.encode_family(&[("share", *share)])?)
        })
    }
}

fn kind(metric: &impl EncodeMetric) -> prometheus_client::metrics::MetricType {
    metric.metric_type()
}

fn shares<T>(keyed: T, sign_in: T) -> [(&'static str, T); 2] {
    [(name_of(Share::Keyed), keyed), (name_of(Share::SignIn), sign_in)]
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Resident bytes and open files of this process, as Linux tells them; 0 elsewhere.
fn process() -> (i64, i64) {
    let pages = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split_whitespace().nth(1)?.parse::<i64>().ok())
        .unwrap_or(0);
    let size = i64::try_from(rustix::param::page_size()).unwrap_or(4096);
    let files = std::fs::read_dir("/proc/self/fd").map_or(0, |entries| whole(entries.count()));
    (pages.saturating_mul(size), files)
}
