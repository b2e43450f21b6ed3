//! The audit trail beyond its chains: signed checkpoints, delivery to second places, retention.
//!
//! Checkpoints are signed and verified by the program, which has the keys; here they are kept, and no act
//! lets a chain be shortened but up to one of them. Like [`Store`], [`Trail`] is written once over
//! [`crate::sql::Sql`].

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::audit::{AuditEvent, AuditId, Chain};
use passgate_gate::digest::{Digest, hex};
use passgate_gate::store::{Outcome, Store, StoreError};

use crate::sql::Engine;
use crate::store::SqlStore;
use crate::{acts, reads};

/// A signed statement that a chain had this record at this place. All records before it are signed along,
/// since each hash covers the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The record.
    pub id: AuditId,
    /// Its hash.
    pub hash: Digest,
    /// When it was signed; kept to the microsecond.
    pub time: Timestamp,
    /// By which key: its fingerprint.
    pub signer: String,
    /// The signature over [`Checkpoint::statement`].
    pub signature: Vec<u8>,
}

impl Checkpoint {
    /// What is signed. A promise to whoever verifies: it never changes.
    pub fn statement(id: AuditId, hash: &Digest, time: Timestamp) -> String {
        format!(
            "passgate audit checkpoint 1\nchain {}\nsequence {}\nhash {}\ntime {}\n",
            id.chain.number(),
            id.sequence,
            hex(hash.as_bytes()),
            time.as_microsecond()
        )
    }
}

/// A chain that has records beyond its last checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsigned {
    /// The chain.
    pub chain: Chain,
    /// Its last record and that one's hash.
    pub head: (i64, Digest),
    /// Its last checkpoint's place and hash; (0, genesis) for none.
    pub signed: (i64, Digest),
}

/// How far a second place has received a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivered {
    /// The chain.
    pub chain: Chain,
    /// The last record it has.
    pub sequence: i64,
    /// The place of the last checkpoint it has.
    pub checkpoint: i64,
}

/// Shortens a chain: all records up to a checkpoint go, and the checkpoint stays as the anchor of the rest.
#[derive(Debug)]
pub struct Prune {
    /// The checkpoint, as the store keeps it; its signature was verified.
    pub to: Checkpoint,
    /// The second places that must have received all that goes.
    pub sinks: Vec<String>,
    /// The record of it, for the same chain; the act fills in which records went.
    pub event: AuditEvent,
}

/// What is asked of a store about its audit trail by those who watch over it. Implementations pass the
/// contract suite.
#[async_trait]
pub trait Trail: Store {
    /// Chains with records beyond their last checkpoint, by number, after one, at most `limit`.
    async fn unsigned(&self, after: Option<Chain>, limit: u32) -> Result<Vec<Unsigned>, StoreError>;
    /// Keeps checkpoints whose record is there with that hash and that are not kept already; tells which.
    async fn keep_checkpoints(&self, checkpoints: Vec<Checkpoint>) -> Result<Vec<AuditId>, StoreError>;
    /// Checkpoints of a chain in order, after a place, at most `limit`.
    async fn checkpoints(&self, chain: Chain, after: i64, limit: u32) -> Result<Vec<Checkpoint>, StoreError>;
    /// The checkpoint up to which retention removed a chain's records.
    async fn anchor_checkpoint(&self, chain: Chain) -> Result<Option<Checkpoint>, StoreError>;
    /// Removes the beginning of a chain, in one transaction with its record; tells how many records went.
    /// `Stale`: the checkpoint is not kept, not beyond the anchor, or a second place has not received it.
    async fn prune(&self, act: Prune) -> Result<Outcome<u64>, StoreError>;

    /// Chains of which a second place lacks records or checkpoints, with what it has, at most `limit`.
    async fn undelivered(&self, sink: &str, limit: u32) -> Result<Vec<Delivered>, StoreError>;
    /// How far a second place has received a chain.
    async fn delivered(&self, sink: &str, chain: Chain) -> Result<Delivered, StoreError>;
    /// Notes what a second place has received. It never goes back. `Stale`: somebody else holds the lease of
    /// the second place's name; nothing was noted.
    async fn note_delivered(
        &self,
        sink: &str,
        holder: &str,
        progress: Vec<Delivered>,
    ) -> Result<Outcome<()>, StoreError>;
    /// Takes or prolongs a lease; `false`: somebody else holds it.
    async fn take_lease(&self, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool, StoreError>;
    /// Gives a lease back, if it is this holder's.
    async fn release_lease(&self, name: &str, holder: &str) -> Result<(), StoreError>;
}

#[async_trait]
impl<E: Engine> Trail for SqlStore<E> {
    async fn unsigned(&self, after: Option<Chain>, limit: u32) -> Result<Vec<Unsigned>, StoreError> {
        self.engine.read(&reads::UnsignedChains { after, limit }).await
    }

    async fn keep_checkpoints(&self, checkpoints: Vec<Checkpoint>) -> Result<Vec<AuditId>, StoreError> {
        self.engine.write(acts::KeepCheckpoints(checkpoints)).await
    }

    async fn checkpoints(&self, chain: Chain, after: i64, limit: u32) -> Result<Vec<Checkpoint>, StoreError> {
        self.engine.read(&reads::CheckpointsAfter { chain, after, limit }).await
    }

    async fn anchor_checkpoint(&self, chain: Chain) -> Result<Option<Checkpoint>, StoreError> {
        self.engine.read(&reads::AnchorOf(chain)).await
    }

    async fn prune(&self, act: Prune) -> Result<Outcome<u64>, StoreError> {
        self.engine.write(act).await
    }

    async fn undelivered(&self, sink: &str, limit: u32) -> Result<Vec<Delivered>, StoreError> {
        self.engine.read(&reads::UndeliveredTo { sink, limit }).await
    }

    async fn delivered(&self, sink: &str, chain: Chain) -> Result<Delivered, StoreError> {
        self.engine.read(&reads::DeliveredTo { sink, chain }).await
    }

    async fn note_delivered(
        &self,
        sink: &str,
        holder: &str,
        progress: Vec<Delivered>,
    ) -> Result<Outcome<()>, StoreError> {
        let act = acts::NoteDelivered { sink: sink.to_owned(), holder: holder.to_owned(), progress };
        self.engine.write(act).await
    }

    async fn take_lease(&self, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool, StoreError> {
        let act = acts::TakeLease { name: name.to_owned(), holder: holder.to_owned(), now, until };
        self.engine.write(act).await
    }

    async fn release_lease(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        self.engine.write(acts::ReleaseLease { name: name.to_owned(), holder: holder.to_owned() }).await
    }
}
