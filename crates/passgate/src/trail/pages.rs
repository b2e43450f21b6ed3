//! Reading a chain in pages, each record with the hash of the one before it.

use passgate_gate::audit::{Chain, GENESIS, StoredEvent};
use passgate_gate::digest::Digest;
use passgate_gate::store::StoreError;
use passgate_store::{Checkpoint, Trail};

const PAGE: u32 = 500;

/// Where a reader stands in a chain.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The chain.
    pub chain: Chain,
    /// The last record that was read; 0 for none.
    pub sequence: i64,
    hash: Digest,
}

impl Place {
    /// After a record, or where the kept part of the chain begins if that is later. `None`: the chain has no
    /// such record.
    pub async fn after(store: &dyn Trail, chain: Chain, sequence: i64) -> Result<Option<Self>, StoreError> {
        let (removed, anchor) = store.anchor(chain).await?;
        if sequence <= removed {
            return Ok(Some(Self { chain, sequence: removed, hash: anchor }));
        }
        if sequence <= 0 {
            return Ok(Some(Self { chain, sequence: 0, hash: Digest::from_bytes(GENESIS) }));
        }
        let record = store.events(chain, sequence - 1, 1).await?.pop().filter(|event| event.id.sequence == sequence);
        Ok(record.map(|event| Self { chain, sequence, hash: event.hash }))
    }

    /// The next records, each with the hash of the one before it, at most `limit`; none at the end.
    pub async fn next(&mut self, store: &dyn Trail, limit: u32) -> Result<Vec<(StoredEvent, Digest)>, StoreError> {
        let page = store.events(self.chain, self.sequence, limit.min(PAGE)).await?;
        Ok(page
            .into_iter()
            .map(|event| {
                let previous = std::mem::replace(&mut self.hash, event.hash);
                self.sequence = event.id.sequence;
                (event, previous)
            })
            .collect())
    }
}

/// All checkpoints of a chain.
pub async fn checkpoints(store: &dyn Trail, chain: Chain) -> Result<Vec<Checkpoint>, StoreError> {
    let mut all = Vec::new();
    loop {
        let after = all.last().map_or(0, |last: &Checkpoint| last.id.sequence);
        let page = store.checkpoints(chain, after, PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}
