//! Verifying a chain of audit records: nothing altered, dropped, moved or cut off (R110).

use passgate_gate::audit::Chain;
use passgate_gate::digest::Digest;
use passgate_gate::store::{Store, StoreError};

const PAGE: u32 = 1_000;

/// A chain that holds from its first kept record to the head that the store keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// How many records it has, those that retention removed along.
    pub records: i64,
    /// The place of the last record that retention removed; 0 while all are kept.
    pub removed: i64,
    /// The hash of the last one.
    pub head: Digest,
}

/// Where a chain does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("record {at}: {what}")]
pub struct Broken {
    /// The sequence of the first record that is not as it was written.
    pub at: i64,
    /// In which way.
    pub what: Damage,
}

/// In which way a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// There is none with this sequence, though there must be.
    #[error("is missing")]
    Missing,
    /// It, or the one before it, is not what was written.
    #[error("was altered or moved")]
    Altered,
    /// The head that the store keeps names another last record.
    #[error("is not the last one that the head names")]
    Head,
    /// A checkpoint signs another hash for this place.
    #[error("is not the one that a checkpoint signs")]
    Replaced,
    /// A checkpoint signs a record at this place, and the chain ends before it.
    #[error("is signed by a checkpoint, yet the chain ends before it")]
    Cut,
}

/// Why a chain was not verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It does not hold.
    #[error("the audit chain is broken")]
    Broken(#[from] Broken),
    /// It could not be read.
    #[error("the audit chain could not be read")]
    Store(#[from] StoreError),
}

/// Walks a whole chain in pages, while others may append to it.
pub async fn verify_chain(store: &dyn Store, chain: Chain) -> Result<Verified, VerifyError> {
    verify_chain_with(store, chain, &[]).await
}

/// The same, and holds it against places and hashes that are known from checkpoints, read before this call.
/// Those that retention has passed are left alone.
pub async fn verify_chain_with(
    store: &dyn Store,
    chain: Chain,
    signed: &[(i64, Digest)],
) -> Result<Verified, VerifyError> {
    let mut signed = signed.to_vec();
    signed.sort_unstable();
    loop {
        let (removed, anchor) = store.anchor(chain).await?;
        match walk(store, chain, (removed, anchor), &signed).await {
            // Retention may have moved the beginning during the walk: what is missing then was removed by it.
            Err(VerifyError::Broken(_)) if store.anchor(chain).await?.0 > removed => {}
            outcome => return outcome,
        }
    }
}

/// The same for the end of a chain: at most so many records, held together with the one before them and with
/// the head. For a look that does not take the longer the more there is; [`Verified::removed`] is then where
/// it began.
pub async fn verify_end_of_chain(store: &dyn Store, chain: Chain, most: u32) -> Result<Verified, VerifyError> {
    loop {
        let (removed, anchor) = store.anchor(chain).await?;
        let begin = (store.head(chain).await?.0 - i64::from(most)).max(removed);
        let before = if begin == removed { Some(anchor) } else { hash_at(store, chain, begin).await? };
        let outcome = match before {
            Some(hash) => walk(store, chain, (begin, hash), &[]).await,
            None => Err(broken(begin, Damage::Missing)),
        };
        match outcome {
            Err(VerifyError::Broken(_)) if store.anchor(chain).await?.0 > removed => {}
            outcome => return outcome,
        }
    }
}

async fn hash_at(store: &dyn Store, chain: Chain, sequence: i64) -> Result<Option<Digest>, StoreError> {
    let found = store.events(chain, sequence - 1, 1).await?;
    Ok(found.into_iter().find(|event| event.id.sequence == sequence).map(|event| event.hash))
}

async fn walk(
    store: &dyn Store,
    chain: Chain,
    (removed, anchor): (i64, Digest),
    signed: &[(i64, Digest)],
) -> Result<Verified, VerifyError> {
    let (mut records, mut last) = (removed, anchor);
    let start = signed.partition_point(|(place, _)| *place < removed);
    let mut signed = signed[start..].iter().peekable();
    loop {
        while let Some((place, hash)) = signed.next_if(|(place, _)| *place <= records) {
            if *place == records && *hash != last {
                return Err(broken(records, Damage::Replaced));
            }
        }
        // The head first: records that come after it are seen on the next round.
        let (sequence, head) = store.head(chain).await?;
        let page = store.events(chain, records, PAGE).await?;
        if page.is_empty() {
            if sequence <= records
                && let Some((place, _)) = signed.next()
            {
                return Err(broken(*place, Damage::Cut));
            }
            return match sequence.cmp(&records) {
                std::cmp::Ordering::Greater => Err(broken(records + 1, Damage::Missing)),
                std::cmp::Ordering::Equal if head == last => Ok(Verified { records, removed, head }),
                _ => Err(broken(records, Damage::Head)),
            };
        }
        for event in page {
            let due = records + 1;
            if event.id.sequence != due {
                return Err(broken(due, Damage::Missing));
            }
            if event.hash != event.expected_hash(&last) {
                return Err(broken(due, Damage::Altered));
            }
            records = due;
            last = event.hash;
            while let Some((_, hash)) = signed.next_if(|(place, _)| *place == due) {
                if *hash != last {
                    return Err(broken(due, Damage::Replaced));
                }
            }
        }
    }
}

fn broken(at: i64, what: Damage) -> VerifyError {
    VerifyError::Broken(Broken { at, what })
}
