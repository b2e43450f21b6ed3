//! `passgate`. Everything is in the library beside it, so that tests reach it; but for the allocator, which is the
//! program's.

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Wipes what is freed (R115). Our own secrets wipe themselves; this is for the copies in memory that is not ours:
/// the buffers of connections, TLS and HTTP, where every password lies before we see it.
#[global_allocator]
static WIPING: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    passgate::cli::main()
}
