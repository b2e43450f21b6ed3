//! Measures Argon2id implementations against each other: processor time per hash, interleaved.
//!
//! Each round runs every candidate once, one after the other, and the ratio to the first candidate is
//! taken within the round, so that a machine that is busy or slows down meanwhile blurs the times but
//! hardly the ratios. Processor time of the process, not the clock on the wall, for the same reason.

pub(crate) mod candidates;

use std::sync::{Arc, Barrier};

use rustix::time::{ClockId, clock_gettime};

/// Argon2's parameters for one table of results.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    /// Memory in KiB.
    pub(crate) memory_kib: u32,
    /// Passes over it.
    pub(crate) passes: u32,
    /// Lanes, computed on one thread.
    pub(crate) lanes: u32,
}

/// One thread's work: makes one hash of this password each time it is called.
pub(crate) type Worker = Box<dyn FnMut(&[u8]) -> [u8; 32]>;

/// An implementation, used in one way.
pub(crate) struct Candidate {
    /// For the table.
    pub(crate) name: &'static str,
    /// Makes one thread's worker, on that thread; nothing if it cannot do the case.
    pub(crate) worker: fn(Case) -> Option<Worker>,
}

const CASES: [Case; 2] =
    [Case { memory_kib: 19_456, passes: 2, lanes: 1 }, Case { memory_kib: 65_536, passes: 3, lanes: 4 }];

/// The salt of all hashes here.
pub(crate) const SALT: &[u8; 16] = b"sixteen bytes of";

/// `ROUNDS` in the environment.
pub(crate) fn rounds() -> usize {
    std::env::var("ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}

/// Prints one table per case and number of threads.
pub(crate) fn run(candidates: &[Candidate]) {
    let rounds = rounds();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for case in CASES {
        check_agreement(candidates, case);
        for threads in if cores > 1 { vec![1, cores] } else { vec![1] } {
            let hashes = if case.memory_kib > 19_456 { 4 } else { 16 };
            println!(
                "\nm={} KiB, t={}, p={}, {threads} thread(s), {rounds} rounds of {hashes} hashes per thread",
                case.memory_kib, case.passes, case.lanes
            );
            table(candidates, case, threads, hashes, rounds);
        }
    }
}

/// A fast wrong answer is no candidate.
fn check_agreement(candidates: &[Candidate], case: Case) {
    let tags: Vec<_> =
        candidates.iter().filter_map(|candidate| (candidate.worker)(case)).map(|mut worker| worker(b"agree")).collect();
    assert!(tags.windows(2).all(|pair| pair[0] == pair[1]), "the implementations disagree");
}

fn table(candidates: &[Candidate], case: Case, threads: usize, hashes: u32, rounds: usize) {
    let mut millis = vec![Vec::new(); candidates.len()];
    let mut ratios = vec![Vec::new(); candidates.len()];
    for _ in 0..rounds {
        let mut first = None;
        for (at, candidate) in candidates.iter().enumerate() {
            let Some(took) = processor_millis(candidate, case, threads, hashes) else { continue };
            millis[at].push(took);
            ratios[at].push(*first.get_or_insert(took) / took);
        }
    }
    println!(
        "| candidate | ms of processor per hash | hashes against the first | lowest to highest |\n|---|---|---|---|"
    );
    for ((candidate, millis), ratios) in candidates.iter().zip(&mut millis).zip(&mut ratios) {
        if millis.is_empty() {
            println!("| {} | cannot | | |", candidate.name);
            continue;
        }
        let (typical, ratio) = (median(millis), median(ratios));
        println!(
            "| {} | {typical:.1} | {ratio:.2} | {:.2} to {:.2} |",
            candidate.name,
            ratios[0],
            ratios[ratios.len() - 1]
        );
    }
}

/// The processor time of one hash, over so many on each of so many threads; each thread's first hash,
/// which also finds its memory, is left out.
pub(crate) fn processor_millis(candidate: &Candidate, case: Case, threads: usize, hashes: u32) -> Option<f64> {
    let make = candidate.worker;
    let barrier = Arc::new(Barrier::new(threads + 1));
    let running: Vec<_> = (0..threads)
        .map(|_| {
            let barrier = Arc::clone(&barrier);
            std::thread::spawn(move || {
                let mut worker = make(case);
                if let Some(worker) = &mut worker {
                    std::hint::black_box(worker(b"Larch-tree-42"));
                }
                barrier.wait();
                if let Some(worker) = &mut worker {
                    for _ in 0..hashes {
                        std::hint::black_box(worker(b"Larch-tree-42"));
                    }
                }
                // Memory is given back after the measurement.
                barrier.wait();
                worker.is_some()
            })
        })
        .collect();
    barrier.wait();
    let before = processor_seconds();
    barrier.wait();
    let took = processor_seconds() - before;
    let able = running.into_iter().all(|thread| thread.join().is_ok_and(|able| able));
    #[expect(clippy::cast_precision_loss, reason = "a few threads")]
    let count = f64::from(hashes) * threads as f64;
    able.then_some(took * 1_000.0 / count)
}

pub(crate) fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "seconds and nanoseconds of one run")]
    let seconds = time.tv_sec as f64 + time.tv_nsec as f64 / 1e9;
    seconds
}

pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
