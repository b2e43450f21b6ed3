//! What the gate does, over a real store and the real lane.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod attempts;
mod changes;
mod outcomes;
mod sessions;
mod sets;
