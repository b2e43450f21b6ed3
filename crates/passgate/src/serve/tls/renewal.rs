//! New certificates without a restart: on SIGHUP, and when the files have changed.

use std::io;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use passgate_gate::clock::{Clock as _, SystemClock};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::{Standing, Tls};

/// Between two reminders.
const DAY: SignedDuration = SignedDuration::from_hours(24);

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
    let mut remind_at = Timestamp::MIN;
    loop {
        let told = tokio::select! {
            _ = hangup.recv() => true,
            _ = often.tick() => false,
        };
        let now = SystemClock.now();
        let looked = Arc::clone(&tls);
        // Off the runtime's own threads: the files may lie on a disk that hangs.
        let looked = tokio::task::spawn_blocking(move || {
            let stamp = looked.files.stamp();
            if told || stamp != tried {
                take(&looked, now);
            }
            stamp
        });
        // The stamp from before the attempt: a file that changed meanwhile is looked at again.
        if let Ok(stamp) = looked.await {
            tried = stamp;
        }
        if now >= remind_at {
            remind_at = now + DAY;
            remind(&tls, now);
        }
    }
}

fn take(tls: &Tls, now: Timestamp) {
    match tls.reload(now) {
        Ok(()) => tracing::info!("new connections get the certificate that was read anew"),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "the new certificate is not taken, the old one stays");
        }
    }
}

fn remind(tls: &Tls, now: Timestamp) {
    match tls.standing(now) {
        Standing::Over(ended) => tracing::error!(%ended, "the certificate has expired: clients refuse it"),
        Standing::NotYet(begins) => tracing::error!(%begins, "the certificate is not valid yet: clients refuse it"),
        Standing::EndsSoon(ends) => tracing::warn!(%ends, "the certificate ends soon"),
        Standing::Good(_) => {}
    }
}
