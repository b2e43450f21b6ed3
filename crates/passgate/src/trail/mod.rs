//! The audit trail beyond the store's chains: checkpoints, export, second places, retention.
//!
//! [`Watch`] runs beside the server and does by itself what is due: it signs ([`checkpoints`]), sends
//! ([`stream`]) and removes what is too old ([`retention`]). Nothing of it is in the way of a request: it
//! reads what was committed. The command line reads and verifies ([`verify`], [`offline`]). Where each
//! record comes from is none of its business: that is the gate's and the store's.

pub mod cef;
pub mod checkpoints;
pub mod json_lines;
pub mod line_file;
pub mod offline;
pub mod pages;
pub mod retention;
pub mod signing;
pub mod stream;
pub mod verify;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use passgate_gate::clock::Clock;
use passgate_store::Trail;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::keys::Ring;
use signing::{Signer, Trusted};

/// What runs beside a server for the sake of the record.
#[derive(Debug)]
pub struct Watch {
    signing: (watch::Sender<bool>, JoinHandle<()>),
    others: (watch::Sender<bool>, Vec<JoinHandle<()>>),
}

/// Tells a task that the server ends.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    pub(crate) fn asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Sleeps for this time, or for longer when looking took long: where there are very many tenants, looking
    /// whether there is something new must not be all that the database does.
    pub(crate) async fn pause(&mut self, time: std::time::Duration, looked: std::time::Duration) {
        self.sleep(time.max(20 * looked)).await;
    }

    /// Sleeps, unless the server ends first.
    pub(crate) async fn sleep(&mut self, time: std::time::Duration) {
        let asked = self.0.wait_for(|asked| *asked);
        // An error means that nobody can ask any more, which is the same.
        let _ = tokio::time::timeout(time, asked).await;
    }
}

impl Watch {
    /// Starts all of it. How many chains are found broken is kept in `broken`.
    ///
    /// # Errors
    /// When a file that was named cannot be used.
    pub fn start(
        config: &Config,
        store: &Arc<dyn Trail>,
        keys: &Ring,
        clock: &Arc<dyn Clock>,
        broken: Arc<AtomicUsize>,
    ) -> std::io::Result<Self> {
        let (stop, asked) = watch::channel(false);
        let asked = Stop(asked);
        let mut others = stream::start(config, store, clock, &asked)?;
        if config.audit.keep_days > 0 {
            let trusted = Trusted::of(keys);
            let retention = retention::Retention::new(config, store.clone(), trusted, clock.clone());
            others.push(tokio::spawn(retention.run(config.audit.keep_days, asked)));
        }
        let (stop_signing, asked) = watch::channel(false);
        let signing = checkpoints::Signing::new(config, store.clone(), Signer::new(&keys.current), clock.clone());
        let signing = tokio::spawn(signing.telling(broken).run(Stop(asked)));
        Ok(Self { signing: (stop_signing, signing), others: (stop, others) })
    }

    /// Signs what is new, sends what can be sent within moments, and ends.
    pub async fn stop(self) {
        // The last checkpoint first, so that second places receive it too.
        let ((stop_signing, signing), (stop_others, others)) = (self.signing, self.others);
        let _ = stop_signing.send(true);
        ended(signing.await);
        let _ = stop_others.send(true);
        for task in others {
            ended(task.await);
        }
    }
}

fn ended(outcome: Result<(), tokio::task::JoinError>) {
    if let Err(error) = outcome {
        tracing::error!(%error, "a part of the audit trail ended in a panic");
    }
}
