//! Reading the record.

use async_trait::async_trait;
use passgate_gate::audit::{Chain, GENESIS, StoredEvent};
use passgate_gate::digest::Digest;
use passgate_gate::store::StoreError;

use crate::rows::{event, event_columns};
use crate::sql::{Act, Sql, values};

/// `Store::chains`.
pub(crate) struct AllChains;

#[async_trait]
impl Act for AllChains {
    const WORD: &'static str = "all_chains";
    type Answer = Vec<Chain>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        // From the records too: a chain whose head was taken away must not be passed over by a check. They
        // are many, so the query leaps from each chain to the next instead of reading all of them.
        const CHAINS: &str = "WITH RECURSIVE recorded (chain) AS (SELECT MIN(chain) FROM audit_events UNION ALL \
             SELECT (SELECT MIN(e.chain) FROM audit_events e WHERE e.chain > recorded.chain) FROM recorded \
             WHERE recorded.chain IS NOT NULL) SELECT chain FROM recorded WHERE chain IS NOT NULL \
             UNION SELECT chain FROM audit_heads ORDER BY chain";
        let rows = sql.query(CHAINS, &[]).await?;
        rows.into_iter().map(|mut row| row.next("audit_heads", "chain").map(Chain::from_number)).collect()
    }
}

/// `Store::events`.
pub(crate) struct EventsAfter {
    pub(crate) chain: Chain,
    pub(crate) after: i64,
    pub(crate) limit: u32,
}

#[async_trait]
impl Act for EventsAfter {
    const WORD: &'static str = "events_after";
    type Answer = Vec<StoredEvent>;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const AFTER: &str = concat!(
            "SELECT ",
            event_columns!(),
            " FROM audit_events e WHERE e.chain = ?1 AND e.sequence > ?2 ORDER BY e.sequence LIMIT ?3"
        );
        let rows = sql.query(AFTER, values![self.chain.number(), self.after, self.limit]).await?;
        rows.into_iter().map(|mut row| event(&mut row)).collect()
    }
}

/// `Store::head`.
pub(crate) struct HeadOf(pub(crate) Chain);

#[async_trait]
impl Act for HeadOf {
    const WORD: &'static str = "head_of";
    type Answer = (i64, Digest);

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const HEAD: &str = "SELECT sequence, hash FROM audit_heads WHERE chain = ?1";
        match sql.first(HEAD, values![self.0.number()]).await? {
            Some(mut row) => Ok((row.next("audit_heads", "sequence")?, row.next("audit_heads", "hash")?)),
            None => Ok((0, Digest::from_bytes(GENESIS))),
        }
    }
}
