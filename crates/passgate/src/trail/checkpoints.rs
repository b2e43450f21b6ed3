//! Signing checkpoints as records come, and keeping a copy of them beside the database.
//!
//! A record is signed only if it follows from what was signed before: whoever changes the trail behind the
//! server's back finds that it signs that tenant's chain no more.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use passgate_gate::audit::AuditId;
use passgate_gate::clock::Clock;
use passgate_gate::digest::Digest;
use passgate_gate::store::StoreError;
use passgate_store::{Checkpoint, Trail, Unsigned};

use super::json_lines::{self, Line};
use super::signing::Signer;
use super::{Stop, line_file};
use crate::config::Config;

const LOOK: Duration = Duration::from_secs(1);
const PAGE: u32 = 500;

/// Signs what is due, again and again.
pub struct Signing {
    store: Arc<dyn Trail>,
    signer: Signer,
    clock: Arc<dyn Clock>,
    file: Option<PathBuf>,
    records: i64,
    time: Duration,
    broken: Arc<AtomicUsize>,
}

impl Signing {
    /// As the configuration asks.
    pub fn new(config: &Config, store: Arc<dyn Trail>, signer: Signer, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            signer,
            clock,
            file: file(config),
            records: config.audit.checkpoint_events.into(),
            time: Duration::from_secs(config.audit.checkpoint_seconds.into()),
            broken: Arc::default(),
        }
    }

    /// Keeps there how many chains it last found broken.
    #[must_use]
    pub fn telling(self, broken: Arc<AtomicUsize>) -> Self {
        Self { broken, ..self }
    }

    /// Until the server ends; then once more.
    pub(crate) async fn run(self, mut stop: Stop) {
        let (mut signed, mut failures) = (Instant::now(), 0_u32);
        let mut looked = Duration::ZERO;
        loop {
            stop.pause(LOOK, looked).await;
            let all = stop.asked() || signed.elapsed() >= self.time;
            if all {
                signed = Instant::now();
            }
            let least = if all { 1 } else { self.records };
            let begun = Instant::now();
            let outcome = self.sign(least).await;
            looked = begun.elapsed();
            match outcome {
                Ok(_) => failures = 0,
                Err(error) => {
                    if failures.is_multiple_of(60) {
                        tracing::error!(error = &error as &dyn std::error::Error, "no checkpoint could be kept");
                    }
                    failures += 1;
                }
            }
            if stop.asked() {
                return;
            }
        }
    }

    /// Signs each chain that has at least so many new records; tells how many checkpoints were kept.
    pub async fn sign(&self, least: i64) -> Result<usize, StoreError> {
        let (mut after, mut count, mut broken) = (None, 0, 0);
        loop {
            let page = self.store.unsigned(after, PAGE).await?;
            let Some(end) = page.last() else {
                // Only a look at all that is new sees all that is broken: such a chain stays unsigned.
                if least <= 1 {
                    self.broken.store(broken, Ordering::Relaxed);
                }
                return Ok(count);
            };
            after = Some(end.chain);
            let mut signed = Vec::new();
            for chain in page.iter().filter(|chain| chain.head.0 - chain.signed.0 >= least) {
                if self.follows(chain).await? {
                    let id = AuditId { chain: chain.chain, sequence: chain.head.0 };
                    signed.push(self.signer.sign(id, chain.head.1, self.clock.now()));
                } else {
                    broken += 1;
                }
            }
            if signed.is_empty() {
                continue;
            }
            let kept = self.store.keep_checkpoints(signed.clone()).await?;
            signed.retain(|checkpoint| kept.contains(&checkpoint.id));
            count += signed.len();
            if let Some(path) = &self.file
                && let Err(error) = append(path, &signed)
            {
                tracing::error!(%error, "checkpoints could not be appended to audit.checkpoint_file");
            }
        }
    }

    /// Whether the new records of a chain follow from what was signed of it.
    async fn follows(&self, chain: &Unsigned) -> Result<bool, StoreError> {
        let (mut sequence, mut last): (i64, Digest) = chain.signed;
        while sequence < chain.head.0 {
            let page = self.store.events(chain.chain, sequence, PAGE).await?;
            let broken = |at| {
                tracing::error!(
                    chain = chain.chain.number(),
                    record = at,
                    "the audit trail was changed: no checkpoint is signed; see `passgate audit verify`"
                );
                Ok(false)
            };
            if page.is_empty() {
                return broken(sequence + 1);
            }
            for event in page {
                if event.id.sequence != sequence + 1 || event.hash != event.expected_hash(&last) {
                    return broken(sequence + 1);
                }
                (sequence, last) = (event.id.sequence, event.hash);
                if sequence == chain.head.0 {
                    return if last == chain.head.1 { Ok(true) } else { broken(sequence) };
                }
            }
        }
        Ok(false)
    }
}

/// Where the configuration wants the copy.
pub fn file(config: &Config) -> Option<PathBuf> {
    let name = &config.audit.checkpoint_file;
    (!name.as_os_str().is_empty()).then(|| config.data.folder.join(name))
}

fn append(path: &Path, checkpoints: &[Checkpoint]) -> io::Result<()> {
    let lines: String = checkpoints.iter().map(|checkpoint| json_lines::checkpoint(checkpoint) + "\n").collect();
    line_file::append(path, &lines)
}

/// Reads checkpoints from a copy, or from a place that receives the whole trail. A last line without its end
/// was cut by a crash and does not count.
///
/// # Errors
/// When the file cannot be read, or holds anything else.
pub fn read(path: &Path) -> io::Result<Vec<Checkpoint>> {
    let mut checkpoints = Vec::new();
    line_file::read(path, |number, line| match json_lines::parse(line) {
        Ok(Line::Checkpoint(checkpoint) | Line::Anchor(checkpoint)) => {
            checkpoints.push(checkpoint);
            Ok(())
        }
        Ok(Line::Event(..)) => Ok(()),
        Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, format!("line {number} {error}"))),
    })?;
    Ok(checkpoints)
}
