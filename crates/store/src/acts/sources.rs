//! Failures by the source that they came from (R62): one instant each, as [`Rate`] reads it. How many are too many
//! is the gate's rule.

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::rate::{Rate, Source};
use passgate_gate::store::{FailedProof, FailureCounted, StoreError};

use super::record::append;
use crate::sql::{Act, Sql, values};

#[async_trait]
impl Act for FailedProof {
    const WORD: &'static str = "record_failure";
    type Answer = FailureCounted;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        let (event, now) = (&self.event, self.event.time);
        let limited = self.limit.zip(event.source.map(Source::of));
        let arrival = match limited {
            None => None,
            Some((rate, source)) => {
                let arrival = taken(sql, source, now).await?;
                if self.unless_limited && rate.wait(arrival, now).is_some() {
                    return Ok(FailureCounted::Limited { arrival });
                }
                Some(count(sql, rate, source, arrival, now).await?)
            }
        };
        append(sql, event).await?;
        Ok(FailureCounted::Recorded { arrival })
    }
}

/// Where the count of a source stands, which from now on is held, also where there is no row yet.
async fn taken(sql: &mut dyn Sql, source: Source, now: Timestamp) -> Result<Timestamp, StoreError> {
    const TAKE: &str = "INSERT INTO source_failures (source, arrival) VALUES (?1, ?2) \
         ON CONFLICT (source) DO UPDATE SET arrival = source_failures.arrival RETURNING arrival";
    let corrupt = StoreError::Corrupt { table: "source_failures", column: "arrival" };
    sql.first(TAKE, values![&source.to_string(), now]).await?.ok_or(corrupt)?.next("source_failures", "arrival")
}

/// Counts one more, and forgets a few that count for nothing any more: more than one for each that comes in, so that
/// the table shrinks again after a rush.
async fn count(
    sql: &mut dyn Sql,
    rate: Rate,
    source: Source,
    arrival: Timestamp,
    now: Timestamp,
) -> Result<Timestamp, StoreError> {
    const COUNT: &str = "UPDATE source_failures SET arrival = ?2 WHERE source = ?1";
    const FORGET: &str = "DELETE FROM source_failures WHERE source IN \
         (SELECT source FROM source_failures WHERE arrival < ?1 ORDER BY arrival LIMIT 8 /*+FOR UPDATE SKIP LOCKED*/)";
    let arrival = rate.after(arrival, now, 1);
    sql.execute(COUNT, values![&source.to_string(), arrival]).await?;
    sql.execute(FORGET, values![now]).await?;
    Ok(arrival)
}
