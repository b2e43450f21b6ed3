//! Sending every record to second places as it happens, at least once and in the order of each chain (R114).
//!
//! There is no queue besides the store itself: it holds how far each place has received each chain, and that
//! moves only after the place has taken what was sent. A place that was away, or a server that was killed,
//! goes on from there. Of several nodes one sends to a place at a time, the one with the lease.

mod file;
mod sink;
mod syslog;
mod way;
mod webhook;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use passgate_gate::clock::Clock;
use passgate_gate::digest::hex;
use passgate_gate::rng::{OsRng, Rng as _};
use passgate_gate::store::{Outcome, StoreError};
use passgate_store::{Delivered, Trail};
use tokio::task::JoinHandle;

use self::sink::{Item, Sink};
use super::Stop;
use super::pages::Place;
use crate::config::sections::AuditStream;
use crate::config::{Config, hidden};

/// How often an idle place is looked after.
const LOOK: Duration = Duration::from_millis(500);
/// After a batch of few records: what comes meanwhile goes together, over one connection.
const GATHER: Duration = Duration::from_millis(100);
/// How many are few.
const FEW: usize = 32;
/// How long a place may take for one batch.
const SEND: Duration = Duration::from_secs(5);
/// How long a node may be silent before another sends in its stead: longer than [`FRESH`] and [`SEND`].
const LEASE: Duration = Duration::from_secs(10);
/// Up to which age a lease is good for one more batch.
const FRESH: Duration = Duration::from_secs(3);
/// The pauses after failures in a row.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
];
/// What is left for sending when the server ends.
const LAST: Duration = Duration::from_secs(3);

/// What is wrong with the settings, each with its key.
pub(crate) fn faults(settings: &AuditStream) -> impl Iterator<Item = (&'static str, String)> {
    let syslog =
        settings.syslog.iter().filter_map(|to| Some(("audit.stream.syslog", syslog::parse(to, settings).err()?)));
    let webhooks = settings.webhooks.iter().filter_map(|to| Some(("audit.stream.webhooks", webhook::parse(to).err()?)));
    syslog.chain(webhooks).chain(twice(settings))
}

/// Places that are named twice. Under one name there would be two senders, who get in each other's way.
fn twice(settings: &AuditStream) -> impl Iterator<Item = (&'static str, String)> {
    [
        repeated(&settings.files).map(|path| ("audit.stream.files", path.display().to_string())),
        repeated(&settings.syslog).map(|to| ("audit.stream.syslog", to.clone())),
        repeated(&settings.webhooks).map(|to| ("audit.stream.webhooks", to.clone())),
    ]
    .into_iter()
    .flatten()
    .map(|(key, place)| (key, format!("{:?} is named twice", hidden(&place))))
}

fn repeated<T: PartialEq>(all: &[T]) -> Option<&T> {
    all.iter().enumerate().find(|(at, one)| all[..*at].contains(one)).map(|(_, one)| one)
}

/// The names under which the store keeps what each place has received. They are made of the settings as
/// written: a place that is named anew is sent everything again.
pub fn names(config: &Config) -> Vec<String> {
    let settings = &config.audit.stream;
    let files = settings.files.iter().map(|path| format!("file:{}", path.display()));
    files.chain(settings.syslog.iter().map(|to| format!("syslog:{to}"))).chain(settings.webhooks.clone()).collect()
}

/// Whose certificates are believed; `None`: those of the system.
fn authorities(config: &Config) -> Option<std::path::PathBuf> {
    let file = &config.audit.stream.authorities_file;
    (!file.as_os_str().is_empty()).then(|| config.data.folder.join(file))
}

/// Whether a server would start with these places: their certificates and the token are there and private.
pub(crate) fn check(config: &Config) -> std::io::Result<()> {
    sinks(config).map(drop)
}

fn sinks(config: &Config) -> std::io::Result<Vec<Box<dyn Sink>>> {
    let settings = &config.audit.stream;
    let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
    for path in &settings.files {
        sinks.push(Box::new(file::File::new(config.data.folder.join(path))));
    }
    for to in &settings.syslog {
        sinks.push(Box::new(syslog::Syslog::new(to, authorities(config).as_deref())?));
    }
    for to in &settings.webhooks {
        sinks.push(Box::new(webhook::Webhook::new(to, config)?));
    }
    Ok(sinks)
}

/// Starts one task per place.
pub(crate) fn start(
    config: &Config,
    store: &Arc<dyn Trail>,
    clock: &Arc<dyn Clock>,
    stop: &Stop,
) -> std::io::Result<Vec<JoinHandle<()>>> {
    let sinks = sinks(config)?;
    let mut random = [0; 16];
    OsRng.fill(&mut random);
    let holder = hex(&random);
    let tasks = names(config).into_iter().zip(sinks).map(|(name, sink)| {
        let stream = Stream {
            name,
            sink,
            store: store.clone(),
            clock: clock.clone(),
            holder: holder.clone(),
            batch: config.audit.stream.batch,
            leased: None,
        };
        tokio::spawn(stream.run(stop.clone()))
    });
    Ok(tasks.collect())
}

/// The way to one place.
struct Stream {
    name: String,
    sink: Box<dyn Sink>,
    store: Arc<dyn Trail>,
    clock: Arc<dyn Clock>,
    holder: String,
    batch: u32,
    leased: Option<Instant>,
}

/// What became of one round.
enum Round {
    /// A batch was taken; there may be more. Whether it was of few records.
    Sent { few: bool },
    /// The place has everything.
    Nothing,
    /// Another node sends.
    Elsewhere,
}

#[derive(Debug, thiserror::Error)]
enum RoundError {
    #[error("the place does not take it")]
    Sink(#[from] std::io::Error),
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl Stream {
    async fn run(mut self, mut stop: Stop) {
        let mut failures = 0;
        while !stop.asked() {
            let begun = Instant::now();
            match self.round().await {
                Ok(Round::Sent { few }) => {
                    if failures > 0 {
                        tracing::info!(sink = self.name, "audit records are received again");
                    }
                    failures = 0;
                    if few {
                        stop.sleep(GATHER).await;
                    }
                }
                Ok(Round::Nothing | Round::Elsewhere) => stop.pause(LOOK, begun.elapsed()).await,
                Err(error) => {
                    // Once when it begins and then at each longest pause, not with every try.
                    if failures == 0 || failures >= PAUSES.len() {
                        let error = &error as &dyn std::error::Error;
                        tracing::warn!(sink = self.name, error, "audit records wait: they will be sent again");
                    }
                    stop.sleep(PAUSES[failures.min(PAUSES.len() - 1)]).await;
                    failures += 1;
                }
            }
        }
        let rest = async { while let Ok(Round::Sent { .. }) = self.round().await {} };
        let _ = tokio::time::timeout(LAST, rest).await;
        if let Err(error) = self.store.release_lease(&self.name, &self.holder).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "the lease runs out by itself");
        }
    }

    async fn round(&mut self) -> Result<Round, RoundError> {
        let (items, progress) = self.batch().await?;
        if progress.is_empty() {
            return Ok(Round::Nothing);
        }
        if !self.lease().await? {
            return Ok(Round::Elsewhere);
        }
        let few = items.len() < FEW.min(self.batch as usize);
        match tokio::time::timeout(SEND, self.sink.send(&items)).await {
            Ok(sent) => sent?,
            Err(_) => return Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()),
        }
        match self.store.note_delivered(&self.name, &self.holder, progress).await? {
            Outcome::Done(()) => Ok(Round::Sent { few }),
            Outcome::Stale => {
                self.leased = None;
                Ok(Round::Elsewhere)
            }
        }
    }

    /// The next lines, and how far the place is once it has taken them.
    async fn batch(&self) -> Result<(Vec<Item>, Vec<Delivered>), StoreError> {
        let waiting = self.store.undelivered(&self.name, self.batch).await?;
        // A share for each, so that one busy tenant does not keep the others waiting.
        let share = self.batch / u32::try_from(waiting.len()).unwrap_or(u32::MAX).max(1);
        let (mut items, mut progress) = (Vec::new(), Vec::new());
        for has in waiting {
            let store = self.store.as_ref();
            let Some(mut place) = Place::after(store, has.chain, has.sequence).await? else {
                tracing::error!(
                    sink = self.name,
                    chain = has.chain.number(),
                    "the audit trail is shorter than what was sent of it: see `passgate audit verify`"
                );
                continue;
            };
            if place.sequence > has.sequence
                && let Some(anchor) = store.anchor_checkpoint(has.chain).await?
            {
                items.push(Item::anchor(&anchor));
            }
            for (event, previous) in place.next(store, share.max(1)).await? {
                items.push(Item::event(&event, &previous));
            }
            let signed = store.checkpoints(has.chain, has.checkpoint, share.max(1)).await?;
            let mut checkpoint = has.checkpoint;
            for one in signed.iter().filter(|one| one.id.sequence <= place.sequence) {
                items.push(Item::checkpoint(one));
                checkpoint = one.id.sequence;
            }
            progress.push(Delivered { chain: has.chain, sequence: place.sequence, checkpoint });
        }
        Ok((items, progress))
    }

    async fn lease(&mut self) -> Result<bool, StoreError> {
        if self.leased.is_some_and(|taken| taken.elapsed() < FRESH) {
            return Ok(true);
        }
        let (taken, now) = (Instant::now(), self.clock.now());
        let until = now + SignedDuration::try_from(LEASE).unwrap_or(SignedDuration::ZERO);
        let ours = self.store.take_lease(&self.name, &self.holder, now, until).await?;
        self.leased = ours.then_some(taken);
        Ok(ours)
    }
}
