//! Verifying a chain of audit records: nothing altered, dropped, moved or cut off (R110).

use passgate_gate::audit::{Chain, GENESIS};
use passgate_gate::digest::Digest;
use passgate_gate::store::{Store, StoreError};

const PAGE: u32 = 1_000;

/// A chain that holds from its first record to the head that the store keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// How many records it has.
    pub records: i64,
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
    let mut records = 0;
    let mut last = Digest::from_bytes(GENESIS);
    loop {
        // The head first: records that come after it are seen on the next round.
        let (sequence, head) = store.head(chain).await?;
        let page = store.events(chain, records, PAGE).await?;
        if page.is_empty() {
            return match sequence.cmp(&records) {
                std::cmp::Ordering::Greater => Err(broken(records + 1, Damage::Missing)),
                std::cmp::Ordering::Equal if head == last => Ok(Verified { records, head }),
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
        }
    }
}

fn broken(at: i64, what: Damage) -> VerifyError {
    VerifyError::Broken(Broken { at, what })
}
