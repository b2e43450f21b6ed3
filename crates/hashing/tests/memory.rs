//! The memory of the process itself, alone in its own program so that nothing else allocates meanwhile.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

use std::num::NonZeroUsize;
use std::sync::Arc;

use futures_util::future::join_all;
use passgate_gate::hasher::{Hasher, Share};
use passgate_gate::password::Password;
use passgate_gate::rng::OsRng;
use passgate_hashing::{HashingLane, Settings};

/// The most memory that this process ever had resident, in KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[tokio::test]
async fn a_flood_takes_no_memory_beyond_that_of_the_slots() {
    // R7, R128: slots times m, and two MiB for threads, tasks and the answers.
    let before = peak_kib();
    let slots = NonZeroUsize::new(3).unwrap();
    let lane = HashingLane::start(Settings::with_slots(slots), Arc::new(OsRng)).unwrap();
    let wrong = Password::from("wrong");
    for _ in 0..3 {
        join_all((0..200).map(|_| lane.verify(Share::SignIn, &wrong, None))).await;
    }
    let grown = peak_kib() - before;
    assert!(lane.figures().refused_sign_in > 0, "it was a flood");
    assert!(grown <= 3 * 19_456 + 2_048, "{grown} KiB");
}
