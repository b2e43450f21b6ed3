//! How the operating system sees the threads, alone in its own program so that they are the only ones.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use passgate_gate::hasher::{Hasher, Share};
use passgate_gate::password::Password;
use passgate_gate::rng::OsRng;
use passgate_hashing::{HashingLane, Settings};

/// The niceness of each thread of this process, by the thread's name.
fn niceness() -> BTreeMap<String, i32> {
    let read = |stat: String| {
        let (start, fields) = stat.rsplit_once(") ").unwrap();
        // Field 19 of proc(5), counted from the one after the name, which is field 3.
        (start.split_once('(').unwrap().1.to_owned(), fields.split(' ').nth(16).unwrap().parse().unwrap())
    };
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    tasks.map(|task| read(std::fs::read_to_string(task.unwrap().path().join("stat")).unwrap())).collect()
}

#[tokio::test]
async fn hashing_threads_step_back_and_no_other_thread_does() {
    // R7: cheap requests are answered meanwhile.
    let lane = HashingLane::start(Settings::with_slots(NonZeroUsize::MIN), Arc::new(OsRng)).unwrap();
    lane.verify(Share::SignIn, &Password::from("wrong"), None).await.unwrap();
    let niceness = niceness();
    let own = niceness["hashing-0"];
    let others: Vec<i32> = niceness.iter().filter(|(name, _)| *name != "hashing-0").map(|(_, nice)| *nice).collect();
    assert!(!others.is_empty() && others.iter().all(|other| *other < own), "{niceness:?}");
}
