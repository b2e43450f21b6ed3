//! Noting what second places have received, and who may send to them.

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::store::{Outcome, StoreError};

use crate::sql::{Act, Sql, values};
use crate::trail::Delivered;

/// `Trail::note_delivered`.
pub(crate) struct NoteDelivered {
    pub(crate) sink: String,
    pub(crate) holder: String,
    pub(crate) progress: Vec<Delivered>,
}

#[async_trait]
impl Act for NoteDelivered {
    const WORD: &'static str = "note_delivered";
    type Answer = Outcome<()>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        // A lease that ran out and that nobody took is still this holder's. The statement writes so that, in
        // an engine with row locks, nobody takes it meanwhile.
        const HELD: &str = "UPDATE audit_leases SET expires = expires WHERE name = ?1 AND holder = ?2";
        const NOTE: &str = "INSERT INTO audit_sinks (name, chain, sequence, checkpoint) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (name, chain) DO UPDATE SET sequence = excluded.sequence, checkpoint = excluded.checkpoint \
             WHERE audit_sinks.sequence <= excluded.sequence AND audit_sinks.checkpoint <= excluded.checkpoint";
        if sql.execute(HELD, values![&self.sink, &self.holder]).await? == 0 {
            return Ok(Outcome::Stale);
        }
        for to in &self.progress {
            sql.execute(NOTE, values![&self.sink, to.chain.number(), to.sequence, to.checkpoint]).await?;
        }
        Ok(Outcome::Done(()))
    }
}

/// `Trail::take_lease`.
pub(crate) struct TakeLease {
    pub(crate) name: String,
    pub(crate) holder: String,
    pub(crate) now: Timestamp,
    pub(crate) until: Timestamp,
}

#[async_trait]
impl Act for TakeLease {
    const WORD: &'static str = "take_lease";
    type Answer = bool;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const TAKE: &str = "INSERT INTO audit_leases (name, holder, expires) VALUES (?1, ?2, ?3) \
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires = excluded.expires \
             WHERE audit_leases.holder = excluded.holder OR audit_leases.expires <= ?4";
        Ok(sql.execute(TAKE, values![&self.name, &self.holder, self.until, self.now]).await? == 1)
    }
}

/// `Trail::release_lease`.
pub(crate) struct ReleaseLease {
    pub(crate) name: String,
    pub(crate) holder: String,
}

#[async_trait]
impl Act for ReleaseLease {
    const WORD: &'static str = "release_lease";
    type Answer = ();

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const RELEASE: &str = "DELETE FROM audit_leases WHERE name = ?1 AND holder = ?2";
        sql.execute(RELEASE, values![&self.name, &self.holder]).await?;
        Ok(())
    }
}
