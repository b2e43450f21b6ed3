//! The threads behind the queue. Knows nothing of passwords: a slot is anything that answers tasks.
//!
//! A std mutex guards the queue: nothing awaits while it is held, and it is held for a push or a pop.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use passgate_gate::hasher::{HashingError, Share};
use tokio::sync::oneshot;

use crate::figures::Figures;
use crate::observer::Observer;
use crate::priority;
use crate::queue::Queue;

/// The longest wait that is proposed to a caller: by then the queue has been emptied many times.
const LONGEST_RETRY: u64 = 30;

/// What one thread owns and does.
pub(crate) trait Slot: Send + 'static {
    type Task: Send + 'static;
    type Answer: Send + 'static;

    /// Does one task. A panic costs this task alone.
    fn run(&mut self, task: Self::Task) -> Self::Answer;

    /// Nobody is waiting: leave nothing behind in memory.
    fn rest(&mut self);
}

struct Waiting<S: Slot> {
    task: S::Task,
    answer: oneshot::Sender<S::Answer>,
    share: Share,
    since: Instant,
}

struct State<S: Slot> {
    queue: Queue<Waiting<S>>,
    open: bool,
}

struct Shared<S: Slot> {
    state: Mutex<State<S>>,
    arrived: Condvar,
    slots: usize,
    observer: Arc<dyn Observer>,
    running: AtomicUsize,
    refused_keyed: AtomicU64,
    refused_sign_in: AtomicU64,
    abandoned: AtomicU64,
    panics: AtomicU64,
    /// A moving average of one task's time, in microseconds.
    typical_micros: AtomicU64,
}

/// A fixed number of threads behind a bounded queue.
pub(crate) struct Lane<S: Slot> {
    shared: Arc<Shared<S>>,
    threads: Vec<JoinHandle<()>>,
}

impl<S: Slot> Lane<S> {
    /// One thread per slot, and so many places to wait.
    pub(crate) fn start(slots: Vec<S>, places: usize, observer: Arc<dyn Observer>) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State { queue: Queue::new(places), open: true }),
            arrived: Condvar::new(),
            slots: slots.len(),
            observer,
            running: AtomicUsize::new(0),
            refused_keyed: AtomicU64::new(0),
            refused_sign_in: AtomicU64::new(0),
            abandoned: AtomicU64::new(0),
            panics: AtomicU64::new(0),
            typical_micros: AtomicU64::new(0),
        });
        // Owned by the lane from the first thread on, so that a failure half-way ends those that run.
        let mut lane = Self { shared, threads: Vec::with_capacity(slots.len()) };
        for (number, slot) in slots.into_iter().enumerate() {
            let shared = Arc::clone(&lane.shared);
            let name = format!("hashing-{number}");
            lane.threads.push(std::thread::Builder::new().name(name).spawn(move || shared.serve(slot))?);
        }
        Ok(lane)
    }

    /// Admits the task or refuses it at once, then waits for the answer. Dropped before its turn, the
    /// task is not done.
    #[tracing::instrument(name = "hash", target = "passgate::steps", skip_all)]
    pub(crate) async fn run(&self, share: Share, task: S::Task) -> Result<S::Answer, HashingError> {
        let (sender, answer) = oneshot::channel();
        self.shared.admit(share, Waiting { task, answer: sender, share, since: Instant::now() })?;
        answer.await.map_err(|_| HashingError::Failed)
    }

    /// Takes nothing more in; what waits is still done.
    pub(crate) fn close(&self) {
        self.shared.lock().open = false;
        self.shared.arrived.notify_all();
    }

    /// Whether a task that finds a place is going to be done.
    pub(crate) fn takes_work(&self) -> bool {
        self.shared.lock().open && self.threads.iter().any(|thread| !thread.is_finished())
    }

    /// The lane's part of the figures.
    pub(crate) fn figures(&self) -> Figures {
        let shared = &self.shared;
        let (waiting_keyed, waiting_sign_in) = {
            let state = shared.lock();
            (state.queue.waiting(Share::Keyed), state.queue.waiting(Share::SignIn))
        };
        Figures {
            refused_keyed: shared.refused_keyed.load(Ordering::Relaxed),
            refused_sign_in: shared.refused_sign_in.load(Ordering::Relaxed),
            abandoned: shared.abandoned.load(Ordering::Relaxed),
            panics: shared.panics.load(Ordering::Relaxed),
            waiting_keyed,
            waiting_sign_in,
            running: shared.running.load(Ordering::Relaxed),
            slots: shared.slots,
            ..Figures::default()
        }
    }
}

impl<S: Slot> Drop for Lane<S> {
    /// Waits for the threads: at most for the tasks that are being done, since whoever waited held a
    /// reference to the lane and is gone.
    fn drop(&mut self) {
        self.close();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a hashing thread ended by a panic");
            }
        }
    }
}

impl<S: Slot> Shared<S> {
    fn admit(&self, share: Share, waiting: Waiting<S>) -> Result<(), HashingError> {
        let mut state = self.lock();
        if !state.open {
            return Err(HashingError::Failed);
        }
        let Err(refused) = state.queue.admit(share, waiting) else {
            drop(state);
            self.arrived.notify_one();
            return Ok(());
        };
        // Callers that hung up must not keep others out: only now, since it looks at every place.
        let gone = state.queue.sweep(|waiting| !waiting.answer.is_closed());
        self.abandoned.fetch_add(gone as u64, Ordering::Relaxed);
        let admitted = state.queue.admit(share, refused).is_ok();
        let ahead = state.queue.len();
        drop(state);
        if admitted {
            self.arrived.notify_one();
            return Ok(());
        }
        let counter = match share {
            Share::Keyed => &self.refused_keyed,
            Share::SignIn => &self.refused_sign_in,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        Err(HashingError::Busy { retry_after: self.retry_after(ahead) })
    }

    /// How long the queue will take to empty, in whole seconds.
    fn retry_after(&self, ahead: usize) -> Duration {
        let tasks = (ahead + self.running.load(Ordering::Relaxed)) as u64;
        let micros = tasks.saturating_mul(self.typical_micros.load(Ordering::Relaxed)) / self.slots.max(1) as u64;
        Duration::from_secs(micros.div_ceil(1_000_000).clamp(1, LONGEST_RETRY))
    }

    /// The life of one thread.
    fn serve(&self, mut slot: S) {
        priority::step_back();
        while let Some(waiting) = self.take(&mut slot) {
            if waiting.answer.is_closed() {
                self.abandoned.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            self.running.fetch_add(1, Ordering::Relaxed);
            let began = Instant::now();
            let done = catch_unwind(AssertUnwindSafe(|| slot.run(waiting.task)));
            let took = began.elapsed();
            self.note(took);
            self.observer.hashed(waiting.share, began.saturating_duration_since(waiting.since), took);
            self.running.fetch_sub(1, Ordering::Relaxed);
            if let Ok(answer) = done {
                // Nobody listens any more when the caller went away meanwhile.
                drop(waiting.answer.send(answer));
            } else {
                // The sender is dropped with the task: the caller reads `Failed`.
                self.panics.fetch_add(1, Ordering::Relaxed);
                tracing::error!("a hash was lost to a panic");
            }
        }
        slot.rest();
    }

    /// The next task, or nothing once the lane is closed and empty. Rests the slot before waiting.
    fn take(&self, slot: &mut S) -> Option<Waiting<S>> {
        let mut state = self.lock();
        if let Some(waiting) = state.queue.next() {
            return Some(waiting);
        }
        drop(state);
        slot.rest();
        state = self.lock();
        loop {
            if let Some(waiting) = state.queue.next() {
                return Some(waiting);
            }
            if !state.open {
                return None;
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn note(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let before = self.typical_micros.load(Ordering::Relaxed);
        let now = if before == 0 { took } else { (before / 8).saturating_mul(7).saturating_add(took / 8) };
        // Two threads may overwrite each other: it is an estimate.
        self.typical_micros.store(now, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, State<S>> {
        // No code of a slot runs under the lock, so a poisoned one guards a sound queue.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
