//! Verifying JSON Lines without a store: an export, or what a second place has received.
//!
//! Chains may be mixed, and lines may come again, since second places receive everything at least once.

use std::collections::BTreeMap;

use passgate_gate::audit::{Chain, GENESIS, StoredEvent};
use passgate_gate::digest::Digest;
use passgate_store::Checkpoint;

use super::json_lines::{Foreign, Line, parse};
use super::signing::{Distrust, Trusted};

/// How far back a line may come again. More than any batch that is sent anew.
const REMEMBERED: usize = 20_000;

/// What stands in a file of one chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its first record.
    pub first: i64,
    /// Its last record; all between are there.
    pub last: i64,
    /// The hash of the last one.
    pub head: Digest,
    /// The last record that a believed checkpoint signs; 0 for none. What comes after it is chained only.
    pub signed: i64,
}

/// Why a file does not verify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The line is none of an audit trail.
    #[error("it {0}")]
    Foreign(#[from] Foreign),
    /// Records are missing before this one.
    #[error("record {0} is missing before it")]
    Missing(String),
    /// The record was altered.
    #[error("record {0} was altered")]
    Altered(String),
    /// The record does not follow from the one before it in the file.
    #[error("record {0} does not follow from the one before it")]
    Foreseen(String),
    /// The record came before, and was another then; or came so long ago that this cannot be seen.
    #[error("record {0} comes a second time, and not as before")]
    Repeated(String),
    /// A checkpoint signs another hash than the record has.
    #[error("record {0} is not the one that a checkpoint signs")]
    Replaced(String),
    /// A checkpoint cannot be believed.
    #[error("the checkpoint at record {0} {1}")]
    Checkpoint(String, Distrust),
}

/// Reads lines in their order and holds each against those before it.
#[derive(Debug, Default)]
pub struct Reader {
    trusted: Option<Trusted>,
    chains: BTreeMap<Chain, State>,
}

#[derive(Debug, Default)]
struct State {
    first: i64,
    last: Option<(i64, Digest)>,
    recent: BTreeMap<i64, Digest>,
    /// Signed places whose record has not come yet.
    ahead: BTreeMap<i64, Digest>,
    signed: i64,
}

impl Reader {
    /// Believes these keys. Without any, checkpoints count for nothing.
    pub fn new(trusted: Option<Trusted>) -> Self {
        Self { trusted, chains: BTreeMap::new() }
    }

    /// Takes a checkpoint from elsewhere; before the lines.
    pub fn expect(&mut self, checkpoint: &Checkpoint) -> Result<(), Fault> {
        self.checkpoint(checkpoint)
    }

    /// Takes the next line.
    pub fn line(&mut self, line: &str) -> Result<(), Fault> {
        match parse(line)? {
            Line::Event(event, previous) => self.event(&event, &previous),
            Line::Checkpoint(checkpoint) => self.checkpoint(&checkpoint),
            Line::Anchor(checkpoint) => {
                self.checkpoint(&checkpoint)?;
                let state = self.chains.entry(checkpoint.id.chain).or_default();
                if state.ahead.remove(&checkpoint.id.sequence).is_some() {
                    state.signed = state.signed.max(checkpoint.id.sequence);
                }
                // The next record must then follow from it.
                state.last.get_or_insert((checkpoint.id.sequence, checkpoint.hash));
                Ok(())
            }
        }
    }

    /// What was found, and the first signed record that is missing at the end of each chain.
    pub fn finish(self) -> Vec<(Chain, Result<Part, i64>)> {
        let found = |(chain, state): (Chain, State)| {
            let (last, head) = state.last.unwrap_or((0, Digest::from_bytes(GENESIS)));
            let part = Part { first: state.first, last, head, signed: state.signed };
            let missing = state.ahead.keys().copied().find(|place| *place > last);
            (chain, missing.map_or(Ok(part), Err))
        };
        self.chains.into_iter().map(found).collect()
    }

    fn event(&mut self, event: &StoredEvent, previous: &Digest) -> Result<(), Fault> {
        let name = || event.id.to_string();
        if event.hash != event.expected_hash(previous) {
            return Err(Fault::Altered(name()));
        }
        let sequence = event.id.sequence;
        let state = self.chains.entry(event.id.chain).or_default();
        match state.last {
            Some((last, _)) if sequence <= last => {
                let before = state.recent.get(&sequence);
                return if before == Some(&event.hash) { Ok(()) } else { Err(Fault::Repeated(name())) };
            }
            Some((last, _)) if sequence > last + 1 => {
                return Err(Fault::Missing(format!("{}-{}", event.id.chain.number(), last + 1)));
            }
            Some((_, hash)) if hash != *previous => return Err(Fault::Foreseen(name())),
            None if sequence == 1 && *previous.as_bytes() != GENESIS => return Err(Fault::Foreseen(name())),
            Some(_) | None => {}
        }
        if state.first == 0 {
            state.first = sequence;
        }
        state.last = Some((sequence, event.hash));
        state.recent.insert(sequence, event.hash);
        if state.recent.len() > REMEMBERED {
            state.recent.pop_first();
        }
        if let Some(signed) = state.ahead.remove(&sequence) {
            if signed != event.hash {
                return Err(Fault::Replaced(name()));
            }
            state.signed = state.signed.max(sequence);
        }
        Ok(())
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), Fault> {
        let Some(trusted) = &self.trusted else { return Ok(()) };
        trusted.verify(checkpoint).map_err(|why| Fault::Checkpoint(checkpoint.id.to_string(), why))?;
        let state = self.chains.entry(checkpoint.id.chain).or_default();
        let sequence = checkpoint.id.sequence;
        match state.recent.get(&sequence) {
            Some(hash) if *hash == checkpoint.hash => state.signed = state.signed.max(sequence),
            Some(_) => return Err(Fault::Replaced(checkpoint.id.to_string())),
            // Before the first record of the file, or too far back to compare: it says nothing of this file.
            None if state.last.is_some_and(|(last, _)| sequence <= last) => {}
            None => {
                state.ahead.insert(sequence, checkpoint.hash);
            }
        }
        Ok(())
    }
}
