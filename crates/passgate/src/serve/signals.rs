//! The signals of whoever runs the server.

use tokio::signal::unix::{SignalKind, signal};

/// From here on SIGHUP does not end the process. Service managers send it to have files read anew, and take a process
/// that it ends for one that was stopped on purpose.
///
/// # Errors
/// When the system gives no signal handler.
pub fn outlive_hangup() -> std::io::Result<()> {
    // The handler stays when this is dropped.
    signal(SignalKind::hangup()).map(drop)
}

/// Done at the first SIGINT or SIGTERM. A second one ends the process at once: whoever asks twice does not
/// want to wait for the drain.
///
/// # Errors
/// When the system gives no signal handler.
pub fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            std::process::exit(crate::cli::exit::INTERRUPTED.into());
        });
    })
}
