//! Retention: what is older than asked for goes, up to a checkpoint that stays in its place.
//!
//! A chain that does not verify is left alone: its old records are evidence.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use passgate_gate::audit::{Actor, AuditEvent, Chain, Door, Operation};
use passgate_gate::clock::Clock;
use passgate_gate::ids::RequestId;
use passgate_gate::rng::OsRng;
use passgate_gate::store::{Outcome, StoreError};
use passgate_store::{Checkpoint, Prune, Trail};

use super::signing::Trusted;
use super::verify::{self, Tampered};
use super::{Stop, pages, stream};
use crate::config::Config;

const PAUSE: Duration = Duration::from_hours(1);

/// Records removed in one transaction, unless two checkpoints are farther apart.
const AT_ONCE: i64 = 10_000;

/// Removes old records.
pub struct Retention {
    store: Arc<dyn Trail>,
    trusted: Trusted,
    sinks: Vec<String>,
    clock: Arc<dyn Clock>,
}

/// What was done to one chain.
#[derive(Debug)]
pub struct Pruned {
    /// Which one.
    pub chain: Chain,
    /// How many records went, or why none may.
    pub removed: Result<u64, Tampered>,
}

impl Retention {
    /// For an installation and the second places that its configuration names.
    pub fn new(config: &Config, store: Arc<dyn Trail>, trusted: Trusted, clock: Arc<dyn Clock>) -> Self {
        let sinks = stream::names(config);
        Self { store, trusted, sinks, clock }
    }

    /// Once an hour, until the server ends.
    pub(crate) async fn run(self, days: u32, mut stop: Stop) {
        while !stop.asked() {
            let before = self.clock.now() - SignedDuration::from_hours(24 * i64::from(days));
            match self.prune(before, "keep_days").await {
                Ok(done) => done.iter().for_each(tell),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "old audit records could not be removed");
                }
            }
            stop.sleep(PAUSE).await;
        }
    }

    /// Removes from each chain what was signed before an instant and received by every second place. In the
    /// record it is the work of `operator`.
    pub async fn prune(&self, before: Timestamp, operator: &str) -> Result<Vec<Pruned>, StoreError> {
        let mut done = Vec::new();
        for chain in self.store.chains().await? {
            done.push(Pruned { chain, removed: self.prune_chain(chain, before, operator).await? });
        }
        Ok(done)
    }

    async fn prune_chain(
        &self,
        chain: Chain,
        before: Timestamp,
        operator: &str,
    ) -> Result<Result<u64, Tampered>, StoreError> {
        let mut removed = 0;
        let mut steps = self.steps(chain, before).await?;
        if steps.is_empty() {
            return Ok(Ok(0));
        }
        if let Err(tampered) = verify::one(self.store.as_ref(), &self.trusted, chain, Vec::new()).await? {
            return Ok(Err(tampered));
        }
        steps.reverse();
        while let Some(to) = steps.pop() {
            let event = AuditEvent {
                time: self.clock.now(),
                tenant: chain.0,
                door: Door::Cli,
                operation: Operation::PruneAudit,
                actor: Actor::Operator(operator.to_owned()),
                source: None,
                request: RequestId::random(&OsRng).as_str().to_owned(),
                target: None,
                refused: None,
                credential_version: None,
                sessions_ended: None,
                note: String::new(),
            };
            match self.store.prune(Prune { to, sinks: self.sinks.clone(), event }).await? {
                Outcome::Done(count) => removed += count,
                // Another node was here first.
                Outcome::Stale => break,
            }
        }
        Ok(Ok(removed))
    }

    /// The checkpoints to go to, one after the other.
    async fn steps(&self, chain: Chain, before: Timestamp) -> Result<Vec<Checkpoint>, StoreError> {
        let mut received = i64::MAX;
        for sink in &self.sinks {
            received = received.min(self.store.delivered(sink, chain).await?.sequence);
        }
        let (removed, _) = self.store.anchor(chain).await?;
        let all = pages::checkpoints(self.store.as_ref(), chain).await?;
        let mut due = all
            .into_iter()
            .filter(|checkpoint| {
                checkpoint.time < before && checkpoint.id.sequence <= received && checkpoint.id.sequence > removed
            })
            .peekable();
        let (mut from, mut steps) = (removed, Vec::new());
        while let Some(checkpoint) = due.next() {
            if due.peek().is_none_or(|next| next.id.sequence - from > AT_ONCE) {
                from = checkpoint.id.sequence;
                steps.push(checkpoint);
            }
        }
        Ok(steps)
    }
}

fn tell(done: &Pruned) {
    let chain = done.chain.number();
    match &done.removed {
        Ok(0) => {}
        Ok(records) => tracing::info!(chain, records, "old audit records were removed"),
        Err(tampered) => tracing::error!(chain, %tampered, "an audit chain does not verify: nothing of it is removed"),
    }
}
