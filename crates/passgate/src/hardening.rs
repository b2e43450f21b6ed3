//! What the process gives up at its start, so that no secret in its memory reaches a disk or a debugger (R116).

use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit, setrlimit, umask};

/// No core files, no attaching by others of the same account, and every file that it makes is its own.
///
/// # Errors
/// When the system refuses; the caller ends then, since it cannot keep what it promises.
pub fn harden() -> std::io::Result<()> {
    umask(Mode::RWXG | Mode::RWXO);
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}
