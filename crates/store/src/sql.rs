//! What acts and reads need of an engine: statements inside a transaction, and a place to run them.
//!
//! The SQL is portable: `?1` placeholders, `INSERT .. RETURNING`, `ON CONFLICT`, `TRUE` and `FALSE`; never
//! `INSERT OR`, never a `?` inside a text literal. Instants are microseconds since 1970, UTC. What rows mean
//! stands in [`crate::rows`].
//!
//! An act that reads what it then relies on holds those rows, by a hint at the end of the statement:
//! `/*+FOR NO KEY UPDATE*/` for rows that it changes, `/*+FOR SHARE*/` for others. To SQLite, where acts are
//! alone, a hint is a comment. See `docs/decisions/0006-postgresql.md`.

use std::future::Future;

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::digest::Digest;
use passgate_gate::ids::{ApiKeyId, CompanyId, MailboxId, PortalUserId, TenantId, UserId};
use passgate_gate::password::PasswordHash;
use passgate_gate::store::StoreError;

use crate::rows::Row;

/// A parameter of a statement.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// None.
    Null,
    /// A number, an instant or an id.
    Integer(i64),
    /// A truth value.
    Bool(bool),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// One transaction, as acts see it. Nothing but its statements may be awaited inside an act.
#[async_trait]
pub trait Sql: Send {
    /// Runs a statement and gives its rows.
    async fn query(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError>;
    /// Runs a statement and tells how many rows it changed.
    async fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StoreError>;
}

impl dyn Sql + '_ {
    /// The first row of an answer.
    pub async fn first(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, values).await?.into_iter().next())
    }
}

/// The body of one transaction: it holds whole or not at all. It changes nothing outside the transaction,
/// so an engine may run it again when the first run was undone.
#[async_trait]
pub trait Act: Send + Sync {
    /// What it answers.
    type Answer: Send;
    /// The word for it in metrics and traces: a promise to dashboards, listed in docs/watching.md.
    const WORD: &'static str;
    /// Does it. On an error everything that it did is undone.
    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError>;
}

/// A database that runs acts.
pub trait Engine: Send + Sync {
    /// Whether several servers may run acts on it at once.
    fn is_shared(&self) -> bool {
        false
    }
    /// Runs an act that only reads, on one snapshot of what is committed, without waiting for writers.
    fn read<A: Act>(&self, act: &A) -> impl Future<Output = Result<A::Answer, StoreError>> + Send;
    /// Runs an act as if no other ran beside it, and answers once it is durable (R20).
    fn write<A: Act<Answer: 'static> + 'static>(
        &self,
        act: A,
    ) -> impl Future<Output = Result<A::Answer, StoreError>> + Send;
}

/// The parameters of a statement in their order.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::sql::Value::from($value)),*] };
}
pub(crate) use values;

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Value::Integer(number)
    }
}

impl From<i32> for Value<'_> {
    fn from(number: i32) -> Self {
        Value::Integer(number.into())
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Value::Integer(number.into())
    }
}

impl From<bool> for Value<'_> {
    fn from(truth: bool) -> Self {
        Value::Bool(truth)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Value::Bytes(bytes)
    }
}

impl<'a> From<&'a Digest> for Value<'a> {
    fn from(digest: &'a Digest) -> Self {
        Value::Bytes(digest.as_bytes())
    }
}

impl<'a> From<&'a PasswordHash> for Value<'a> {
    fn from(hash: &'a PasswordHash) -> Self {
        Value::Text(hash.as_phc())
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(time: Timestamp) -> Self {
        Value::Integer(time.as_microsecond())
    }
}

macro_rules! ids_are_values {
    (numbers: $($number:ty),*; texts: $($text:ty),*) => {
        $(impl From<$number> for Value<'_> {
            fn from(id: $number) -> Self {
                Value::Integer(id.get().into())
            }
        })*
        $(impl<'a> From<&'a $text> for Value<'a> {
            fn from(id: &'a $text) -> Self {
                Value::Text(id.as_str())
            }
        })*
    };
}
ids_are_values!(numbers: TenantId, MailboxId, UserId, ApiKeyId; texts: CompanyId, PortalUserId);
