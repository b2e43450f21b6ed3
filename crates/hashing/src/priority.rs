//! Hashing threads step back, so that cheap requests do not wait behind a hash.

/// How far: about a tenth of the weight of an ordinary thread. Alone on a core a hash is as fast as ever,
/// and with the core contested it still gets its tenth.
#[cfg(target_os = "linux")]
const STEP: i32 = 10;

/// Lowers the priority of the calling thread; on Linux `nice` means the thread, not the process.
#[cfg(target_os = "linux")]
pub(crate) fn step_back() {
    if let Err(error) = rustix::process::nice(STEP) {
        tracing::warn!(%error, "a hashing thread keeps its ordinary priority");
    }
}

/// Elsewhere it would lower the whole process, so nothing is done.
#[cfg(not(target_os = "linux"))]
pub(crate) fn step_back() {}
