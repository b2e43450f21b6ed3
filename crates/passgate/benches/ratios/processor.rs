//! Processor time of the threads of a process, by their names, to the nanosecond.

use std::fs;

/// Processor time of a process, in seconds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Processor {
    /// Threads that compute Argon2.
    pub(crate) hashing: f64,
    /// The thread that commits to the store, with what the kernel does for it to reach the disk.
    pub(crate) writing: f64,
    /// All others: HTTP, the doors, the gate, reads.
    pub(crate) serving: f64,
}

impl Processor {
    /// Since the start of the process. Threads that have ended do not count, so those of interest must live on.
    pub(crate) fn of(process: u32) -> Self {
        let mut time = Self::default();
        for thread in fs::read_dir(format!("/proc/{process}/task")).expect("Linux, and a living process").flatten() {
            let read = |file| fs::read_to_string(thread.path().join(file)).ok();
            // A thread may end between the list and the look.
            let Some((name, times)) = read("comm").zip(read("schedstat")) else { continue };
            let on_processor = times.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or_default();
            let kind = match name.trim_end() {
                name if name.starts_with("hashing-") => &mut time.hashing,
                "store-writer" => &mut time.writing,
                _ => &mut time.serving,
            };
            *kind += on_processor / 1e9;
        }
        time
    }

    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            hashing: self.hashing - before.hashing,
            writing: self.writing - before.writing,
            serving: self.serving - before.serving,
        }
    }

    pub(crate) fn besides_hashing(self) -> f64 {
        self.writing + self.serving
    }

    pub(crate) fn all(self) -> f64 {
        self.hashing + self.besides_hashing()
    }
}
