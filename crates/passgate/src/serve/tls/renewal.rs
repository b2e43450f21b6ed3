//! New certificates without a restart: on SIGHUP, and when the files have changed.

use std::io;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::Tls;

/// Looks after the certificate until it is dropped.
#[derive(Debug)]
pub struct Renewal(JoinHandle<()>);

impl Drop for Renewal {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Renewal {
    /// Begins to look; SIGHUP no longer ends the process from here on.
    ///
    /// # Errors
    /// When the system gives no signal handler.
    pub fn start(tls: Arc<Tls>) -> io::Result<Self> {
        let hangup = signal(SignalKind::hangup())?;
        Ok(Self(tokio::spawn(look(tls, hangup))))
    }
}

async fn look(tls: Arc<Tls>, mut hangup: Signal) {
    let mut often = tokio::time::interval(tls.look_every);
    often.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut tried = tls.first;
    loop {
        let told = tokio::select! {
            _ = hangup.recv() => true,
            _ = often.tick() => false,
        };
        let tls = Arc::clone(&tls);
        // Off the runtime's own threads: the files may lie on a disk that hangs.
        let looked = tokio::task::spawn_blocking(move || {
            let now = tls.files.stamp();
            if told || now != tried {
                take(&tls);
            }
            now
        });
        // The stamp from before the attempt: a file that changed meanwhile is looked at again.
        if let Ok(now) = looked.await {
            tried = now;
        }
    }
}

fn take(tls: &Tls) {
    match tls.reload() {
        Ok(()) => tracing::info!("new connections get the certificate that was read anew"),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "the new certificate is not taken, the old one stays");
        }
    }
}
