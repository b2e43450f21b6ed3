//! Verifying the trail in the store: chains, heads, anchors and checkpoints, those kept elsewhere along.

use std::collections::BTreeMap;

use passgate_gate::audit::Chain;
use passgate_gate::digest::Digest;
use passgate_gate::store::StoreError;
use passgate_store::{Broken, Checkpoint, Damage, Trail, VerifyError, verify_chain_with};

use super::pages;
use super::signing::{Distrust, Trusted};

/// Checkpoints that are read at once.
const PAGE: u32 = 100;

/// What was found of one chain.
#[derive(Debug)]
pub struct Verdict {
    /// Which one.
    pub chain: Chain,
    /// Whether it is as it was written.
    pub outcome: Result<Whole, Tampered>,
}

/// A chain that is as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    /// Its last record.
    pub records: i64,
    /// The last record that retention removed; 0 while all are kept.
    pub removed: i64,
    /// The hash of the last record.
    pub head: Digest,
    /// The last record that a checkpoint signs; 0 for none.
    pub signed: i64,
}

/// In which way a chain is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Tampered {
    /// The records are not, or not those that were signed.
    #[error("{0}")]
    Records(Broken),
    /// The end is missing.
    #[error("the trail was cut: a checkpoint of {0} signs record {1}, which is not there")]
    Cut(jiff::Timestamp, i64),
    /// A checkpoint cannot be believed.
    #[error("the checkpoint at record {0} {1}")]
    Checkpoint(i64, Distrust),
    /// The beginning is missing, and what stands for it cannot be believed.
    #[error("the records up to {0} are removed, and the checkpoint in their place {1}")]
    Anchor(i64, Distrust),
}

/// Verifies every chain, also those of which only checkpoints from elsewhere tell.
pub async fn all(store: &dyn Trail, trusted: &Trusted, elsewhere: &[Checkpoint]) -> Result<Vec<Verdict>, StoreError> {
    let mut by_chain: BTreeMap<Chain, Vec<Checkpoint>> = BTreeMap::new();
    for chain in store.chains().await? {
        by_chain.entry(chain).or_default();
    }
    for checkpoint in elsewhere {
        by_chain.entry(checkpoint.id.chain).or_default().push(checkpoint.clone());
    }
    let mut verdicts = Vec::new();
    for (chain, elsewhere) in by_chain {
        verdicts.push(Verdict { chain, outcome: one(store, trusted, chain, elsewhere).await? });
    }
    Ok(verdicts)
}

/// Whether the trail is signed, and none of it by these keys: they are another installation's.
///
/// One known signature anywhere is enough, so that keys may be changed and old ones be put away.
pub async fn is_anothers(store: &dyn Trail, trusted: &Trusted) -> Result<bool, StoreError> {
    let mut signed = false;
    for chain in store.chains().await? {
        let mut place = 0;
        loop {
            let page = store.checkpoints(chain, place, PAGE).await?;
            let Some(last) = page.last() else { break };
            place = last.id.sequence;
            if page.iter().any(|checkpoint| trusted.verify(checkpoint).is_ok()) {
                return Ok(false);
            }
            signed = true;
        }
    }
    Ok(signed)
}

/// Verifies one chain.
pub async fn one(
    store: &dyn Trail,
    trusted: &Trusted,
    chain: Chain,
    elsewhere: Vec<Checkpoint>,
) -> Result<Result<Whole, Tampered>, StoreError> {
    if let Some(anchor) = store.anchor_checkpoint(chain).await?
        && let Err(why) = trusted.verify(&anchor)
    {
        return Ok(Err(Tampered::Anchor(anchor.id.sequence, why)));
    }
    let mut checkpoints = pages::checkpoints(store, chain).await?;
    checkpoints.extend(elsewhere);
    for checkpoint in &checkpoints {
        if let Err(why) = trusted.verify(checkpoint) {
            return Ok(Err(Tampered::Checkpoint(checkpoint.id.sequence, why)));
        }
    }
    let places: Vec<_> = checkpoints.iter().map(|checkpoint| (checkpoint.id.sequence, checkpoint.hash)).collect();
    match verify_chain_with(store, chain, &places).await {
        Ok(verified) => Ok(Ok(Whole {
            records: verified.records,
            removed: verified.removed,
            head: verified.head,
            signed: places.iter().map(|(place, _)| *place).max().unwrap_or(0),
        })),
        Err(VerifyError::Broken(Broken { at, what: Damage::Cut })) => {
            let signed = checkpoints.iter().find(|checkpoint| checkpoint.id.sequence == at);
            let time = signed.map_or(jiff::Timestamp::UNIX_EPOCH, |checkpoint| checkpoint.time);
            Ok(Err(Tampered::Cut(time, at)))
        }
        Err(VerifyError::Broken(broken)) => Ok(Err(Tampered::Records(broken))),
        Err(VerifyError::Store(error)) => Err(error),
    }
}
