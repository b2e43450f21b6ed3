//! Counting an attempt before its outcome is known, and taking the count back (R60).

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::store::{Admission, Attempt, StoreError};
use passgate_gate::throttle::{Failures, ThrottleKey};

use super::throttle;
use crate::sql::{Act, Sql};

/// `Store::begin_attempt`.
pub(crate) struct BeginAttempt(pub(crate) Attempt);

#[async_trait]
impl Act for BeginAttempt {
    const WORD: &'static str = "begin_attempt";
    type Answer = Admission;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        let Attempt { key, throttle, source, now } = &self.0;
        let (failures, of_source) = throttle::taken(sql, key, source.map(|(source, _)| source), *now).await?;
        if let (Some((_, rate)), Some(arrival)) = (source, of_source)
            && rate.wait(arrival, *now).is_some()
        {
            return Ok(Admission::SourceLimited { arrival });
        }
        if failures.throttled(throttle, *now) {
            return Ok(Admission::Throttled);
        }
        throttle::count(sql, key, failures.and_one(*now), *now).await?;
        Ok(Admission::Admitted { before: failures })
    }
}

/// `Store::clear_failures`.
pub(crate) struct ClearFailures(pub(crate) ThrottleKey);

#[async_trait]
impl Act for ClearFailures {
    const WORD: &'static str = "clear_failures";
    type Answer = ();

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        throttle::clear(sql, &self.0).await
    }
}

/// `Store::forget_attempt`.
pub(crate) struct ForgetAttempt {
    pub(crate) attempt: Attempt,
    pub(crate) before: Failures,
}

#[async_trait]
impl Act for ForgetAttempt {
    const WORD: &'static str = "forget_attempt";
    type Answer = ();

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        let Attempt { key, now, .. } = &self.attempt;
        let failures = throttle::failures(sql, key).await?;
        // Compared as it is kept, which is less than a clock tells.
        let counted_at = failures.last.map(Timestamp::as_microsecond);
        let nobody_since =
            failures.count == self.before.and_one(*now).count && counted_at == Some(now.as_microsecond());
        // The throttle runs from the failure before, as if this attempt had not been.
        let left =
            if nobody_since { self.before } else { Failures { count: failures.count.saturating_sub(1), ..failures } };
        if left.count == 0 { throttle::clear(sql, key).await } else { throttle::count(sql, key, left, *now).await }
    }
}
