//! Who is told of every act and every commit, for counting, measuring and tracing. Names of acts, never their values.

use std::fmt;
use std::time::{Duration, Instant};

use passgate_gate::store::StoreError;
use tracing::Span;
use tracing::field::Empty;

use crate::sql::Act;

/// Whether an act only looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// It only looks.
    Read,
    /// It changes something; its time ends when that is durable.
    Write,
}

/// Is told of what the store does, as it happens. It must not block.
pub trait Observer: Send + Sync + fmt::Debug {
    /// The act of this word was answered, or failed.
    fn acted(&self, act: &'static str, access: Access, took: Duration, succeeded: bool);
    /// So many acts became durable together, so long after the transaction was begun.
    fn committed(&self, acts: usize, took: Duration);
}

/// Nobody is told.
#[derive(Debug)]
pub(crate) struct Unobserved;

impl Observer for Unobserved {
    fn acted(&self, _act: &'static str, _access: Access, _took: Duration, _succeeded: bool) {}

    fn committed(&self, _acts: usize, _took: Duration) {}
}

/// One act on its way: its span, in names of OpenTelemetry, and its time.
pub(crate) struct Step {
    act: &'static str,
    access: Access,
    began: Instant,
    span: Span,
}

impl Step {
    /// `engine` is the word of OpenTelemetry for it.
    pub(crate) fn begin<A: Act>(engine: &'static str, access: Access) -> Self {
        let span = tracing::info_span!(
            target: "passgate::steps",
            "store",
            db.system.name = engine,
            db.operation.name = A::WORD,
            outcome = Empty,
            otel.status_code = Empty,
        );
        Self { act: A::WORD, access, began: Instant::now(), span }
    }

    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Tells how it ended, and passes the answer on.
    pub(crate) fn end<T>(self, observer: &dyn Observer, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        observer.acted(self.act, self.access, self.began.elapsed(), answer.is_ok());
        if answer.is_ok() {
            self.span.record("outcome", "done");
        } else {
            self.span.record("outcome", "failed").record("otel.status_code", "ERROR");
        }
        answer
    }
}
