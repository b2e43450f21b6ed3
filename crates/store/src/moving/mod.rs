//! Moving a store from SQLite to PostgreSQL: every row, once, and nobody serves from either meanwhile.
//!
//! [`Source`] is held and marked before the first row goes, [`Target`] is no store to anybody until the last
//! step; each batch is committed together with how far it came, so that a move that was cut off at any point
//! goes on there. The order at the end is what makes it safe: the source is marked as moved, durably, before
//! the target becomes a store. `plan` says what is moved, `canonical` is the form in which both are
//! compared. Whose signatures the audit trail needs is the program's to verify, through [`Source::trail`] and
//! [`Move::trail`].

pub(crate) mod canonical;
mod errors;
pub(crate) mod plan;
mod run;

use std::fmt;

use passgate_gate::digest::hex;
use passgate_gate::rng::Rng;

pub use canonical::Rows;
pub use errors::{Differs, MoveError};
pub use run::{Begun, Copied, Move, Step, abandon};

pub use crate::postgres::{Present, Target};
pub use crate::sqlite::Source;

/// One move, named in both stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoveId([u8; 16]);

impl MoveId {
    /// A new one.
    pub fn random(rng: &dyn Rng) -> Self {
        let mut bytes = [0; 16];
        rng.fill(&mut bytes);
        Self(bytes)
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for MoveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// What a store says of its own move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Which move.
    pub id: MoveId,
    /// Where to: server and database, no secret.
    pub target: String,
    /// Whether the store is out of date: all of it is in the target.
    pub finished: bool,
}
