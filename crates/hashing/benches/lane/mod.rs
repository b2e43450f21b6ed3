//! What the lane itself costs: hashes through it against bare loops, on all cores, same parameters.

use std::sync::Arc;
use std::thread::available_parallelism;

use futures_util::future::join_all;
use passgate_gate::hasher::{Hasher, Share};
use passgate_gate::password::Password;
use passgate_gate::rng::OsRng;
use passgate_hashing::{HashingLane, Settings};

use crate::measure::{self, Case, Worker, candidates, processor_millis, processor_seconds};

const CASE: Case = Case { memory_kib: 19_456, passes: 2, lanes: 1 };
const HASHES_PER_THREAD: u32 = 16;

/// Prints one table, interleaved like those of [`measure`].
pub(crate) fn run() {
    let cores = available_parallelism().map_or(1, usize::from);
    let lane = HashingLane::start(Settings::default(), Arc::new(OsRng)).expect("the lane starts");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let rounds = measure::rounds();
    let mut against_allocating = Vec::new();
    let mut against_reused = Vec::new();
    for _ in 0..rounds {
        let allocating = bare(candidates::argon2_allocating, cores);
        let through = runtime.block_on(through_the_lane(&lane, cores));
        let reused = bare(candidates::argon2_reused, cores);
        against_allocating.push(allocating / through);
        against_reused.push(reused / through);
    }
    println!(
        "\nthe lane on {cores} threads, {rounds} rounds\n| bare loop | lane against it | lowest to highest |\n|---|---|---|"
    );
    for (name, ratios) in [("memory per hash", &mut against_allocating), ("memory reused", &mut against_reused)] {
        let ratio = measure::median(ratios);
        println!("| {name} | {ratio:.3} | {:.3} to {:.3} |", ratios[0], ratios[ratios.len() - 1]);
    }
}

fn bare(worker: fn(Case) -> Option<Worker>, threads: usize) -> f64 {
    let candidate = measure::Candidate { name: "bare", worker };
    processor_millis(&candidate, CASE, threads, HASHES_PER_THREAD).expect("it can do the case")
}

/// So many callers that no slot ever waits, each asking for one hash after the other.
async fn through_the_lane(lane: &HashingLane, threads: usize) -> f64 {
    let password = Password::from("Larch-tree-42");
    let before = processor_seconds();
    join_all((0..threads * 4).map(|_| async {
        for _ in 0..HASHES_PER_THREAD / 4 {
            lane.rehash(Share::Keyed, &password).await.expect("there is room");
        }
    }))
    .await;
    #[expect(clippy::cast_precision_loss, reason = "a few threads")]
    let hashes = f64::from(HASHES_PER_THREAD) * threads as f64;
    (processor_seconds() - before) * 1_000.0 / hashes
}
