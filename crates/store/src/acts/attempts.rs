//! Counting an attempt before its outcome is known, and taking the count back (R60).

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::store::{Admission, StoreError};
use passgate_gate::throttle::{Failures, ThrottleKey};

use super::throttle;
use crate::sql::{Act, Sql};

/// `Store::begin_attempt`.
pub(crate) struct BeginAttempt {
    pub(crate) key: ThrottleKey,
    pub(crate) now: Timestamp,
}

#[async_trait]
impl Act for BeginAttempt {
    const WORD: &'static str = "begin_attempt";
    type Answer = Admission;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        let failures = throttle::taken(sql, &self.key, self.now).await?;
        if failures.throttled(self.now) {
            return Ok(Admission::Throttled);
        }
        throttle::count(sql, &self.key, failures.and_one(self.now), self.now).await?;
        Ok(Admission::Admitted)
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
pub(crate) struct ForgetAttempt(pub(crate) ThrottleKey);

#[async_trait]
impl Act for ForgetAttempt {
    const WORD: &'static str = "forget_attempt";
    type Answer = ();

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        let failures = throttle::failures(sql, &self.0).await?;
        let Some(last) = failures.last else { return Ok(()) };
        match failures.count {
            0 | 1 => throttle::clear(sql, &self.0).await,
            count => throttle::count(sql, &self.0, Failures { count: count - 1, ..failures }, last).await,
        }
    }
}
