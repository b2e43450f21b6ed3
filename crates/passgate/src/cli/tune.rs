//! `passgate tune`: measures this machine and proposes the strongest Argon2 parameters for a time.
//!
//! Memory first, since that is what an attacker's hardware lacks, then passes; never below the floor (R1).

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::Duration;

use clap::Args;
use passgate_gate::hasher::{Hasher as _, Share};
use passgate_gate::password::Password;
use passgate_gate::rng::OsRng;
use passgate_hashing::{Cost, HashingLane, Implementation, Observer, Settings, StartError};
use serde_json::json;

use super::{Failure, exit};

/// Memory sizes that are tried, in MiB; the first is the floor.
const SIZES: [u32; 12] = [19, 32, 46, 64, 96, 128, 192, 256, 384, 512, 768, 1024];

/// More passes than this over the same memory buy little.
const MOST_PASSES: u32 = 16;

/// Hashes per slot in one measurement.
const ROUNDS: usize = 3;

/// Measure this machine and propose the strongest hashing parameters for a time.
#[derive(Debug, Args)]
pub(super) struct Tune {
    /// Milliseconds that one hash may take while all slots are at work.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=60_000))]
    target_ms: u64,
    /// Hashes at a time; as many as cores by default.
    #[arg(long, value_name = "N")]
    slots: Option<NonZeroUsize>,
    /// MiB that all slots together may hold; half of the memory by default.
    #[arg(long, value_name = "MIB")]
    memory_mib: Option<u64>,
    /// Answer in JSON.
    #[arg(long)]
    pub(super) json: bool,
}

struct Proposal {
    cost: Cost,
    took: Duration,
}

impl Tune {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let target = Duration::from_millis(self.target_ms);
        let slots = self.slots.unwrap_or_else(|| available_parallelism().unwrap_or(NonZeroUsize::MIN));
        let budget = self.memory_mib.or_else(|| memory_mib().map(|there| there / 2)).unwrap_or(1024);
        let proposal =
            strongest(target, slots, budget).await.map_err(|error| Failure::new(exit::FAILED, error.to_string()))?;
        let Proposal { cost, took } = proposal;
        let within = took <= target;
        if self.json {
            let shown = json!({
                "memory_kib": cost.memory_kib(), "passes": cost.passes(), "slots": slots,
                "milliseconds": took.as_millis(), "within_target": within,
            });
            println!("{shown}");
            return Ok(());
        }
        println!("# One hash took {} ms with {slots} at a time on this machine.", took.as_millis());
        if !within {
            println!("# That is more than {} ms, and it is the floor: nothing weaker is allowed.", self.target_ms);
        }
        println!("[hashing]\nmemory_kib = {}\npasses = {}\nslots = {slots}", cost.memory_kib(), cost.passes());
        Ok(())
    }
}

/// The most memory that fits time and budget, then the most passes.
async fn strongest(target: Duration, slots: NonZeroUsize, budget_mib: u64) -> Result<Proposal, StartError> {
    let mut best = measured(Cost::FLOOR, slots).await?;
    if best.took > target {
        return Ok(best);
    }
    for size in SIZES.into_iter().skip(1) {
        if u64::from(size) * slots.get() as u64 > budget_mib {
            break;
        }
        let Ok(cost) = Cost::new(size * 1024, Cost::FLOOR.passes(), 1) else { break };
        let next = measured(cost, slots).await?;
        if next.took > target {
            break;
        }
        best = next;
    }
    for passes in best.cost.passes() + 1..=MOST_PASSES {
        let Ok(cost) = Cost::new(best.cost.memory_kib(), passes, 1) else { break };
        let next = measured(cost, slots).await?;
        if next.took > target {
            break;
        }
        best = next;
    }
    Ok(best)
}

async fn measured(cost: Cost, slots: NonZeroUsize) -> Result<Proposal, StartError> {
    Ok(Proposal { cost, took: hash_time(cost, Implementation::default(), slots).await? })
}

#[derive(Default)]
struct Times(Mutex<Vec<Duration>>);

impl Observer for Times {
    fn hashed(&self, _share: Share, _waited: Duration, took: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(took);
    }
}

/// The median time of one hash while all slots are at work. Checks the known answers first.
pub(super) async fn hash_time(
    cost: Cost,
    implementation: Implementation,
    slots: NonZeroUsize,
) -> Result<Duration, StartError> {
    let times = Arc::new(Times::default());
    let tasks = slots.get() * ROUNDS;
    let settings = Settings { cost, implementation, queue: 2 * tasks, ..Settings::with_slots(slots) };
    let lane = Arc::new(HashingLane::start_observed(settings, Arc::new(OsRng), times.clone())?);
    let running: Vec<_> = (0..tasks)
        .map(|_| {
            let lane = Arc::clone(&lane);
            tokio::spawn(async move { lane.rehash(Share::Keyed, &Password::from("measured")).await.map(drop) })
        })
        .collect();
    for task in running {
        // A refusal only makes the sample smaller.
        let _ = task.await;
    }
    let mut times = std::mem::take(&mut *times.0.lock().unwrap_or_else(PoisonError::into_inner));
    times.sort_unstable();
    Ok(times.get(times.len() / 2).copied().unwrap_or(Duration::MAX))
}

/// The memory that this process may use, in MiB: of the machine, or of its control group.
pub(super) fn memory_mib() -> Option<u64> {
    let machine = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = machine.lines().find(|line| line.starts_with("MemTotal:"))?;
    let machine = line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024;
    let group = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let group = group.and_then(|text| Some(text.trim().parse::<u64>().ok()? / (1024 * 1024)));
    Some(group.map_or(machine, |group| group.min(machine)))
}
