//! Load: workers that do one thing after the other, and what they get done within a window of time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::processor::Processor;

/// Before a window opens, so that every worker is in its stride.
const WARMING: Duration = Duration::from_millis(300);

/// What happened within a window.
pub(crate) struct Done {
    pub(crate) count: f64,
    pub(crate) seconds: f64,
    /// Of the process that was looked at.
    pub(crate) processor: Processor,
}

impl Done {
    pub(crate) fn per_second(&self) -> f64 {
        self.count / self.seconds
    }
}

/// Runs each worker over and over on a thread of its own; counts what is completed while the window is open, and the
/// processor time of `process` meanwhile.
pub(crate) fn during<W: FnMut() + Send>(window: Duration, process: u32, name: &str, workers: Vec<W>) -> Done {
    let open = AtomicBool::new(false);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let threads: Vec<_> = workers
            .into_iter()
            .enumerate()
            .map(|(number, mut work)| {
                let (open, over) = (&open, &over);
                let thread = std::thread::Builder::new().name(format!("{name}-{number}"));
                let body = move || {
                    let mut count = 0_u32;
                    while !over.load(Ordering::Relaxed) {
                        work();
                        count += u32::from(open.load(Ordering::Relaxed) && !over.load(Ordering::Relaxed));
                    }
                    count
                };
                thread.spawn_scoped(scope, body).expect("a thread")
            })
            .collect();
        std::thread::sleep(WARMING);
        let before = Processor::of(process);
        let begun = Instant::now();
        open.store(true, Ordering::Relaxed);
        std::thread::sleep(window);
        let seconds = begun.elapsed().as_secs_f64();
        let processor = Processor::of(process).since(before);
        over.store(true, Ordering::Relaxed);
        let count = threads.into_iter().map(|thread| f64::from(thread.join().expect("a worker"))).sum();
        Done { count, seconds, processor }
    })
}
