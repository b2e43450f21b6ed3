//! Who is told of every act and every commit, for counting and measuring. Names of acts, never their values.

use std::fmt;
use std::time::Duration;

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
