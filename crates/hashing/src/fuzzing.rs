//! The parser of stored hashes without a lane around it, for the fuzzer. Only with the feature `fuzzing`.

use passgate_gate::password::PasswordHash;

use crate::cost::Cost;
use crate::stored::Stored;

/// A stored value that would be compared with a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// Memory in KiB, passes, lanes.
    pub cost: (u32, u32, u32),
    /// The name of its pepper key.
    pub pepper: Option<String>,
    /// Its salt.
    pub salt: Vec<u8>,
    /// Its tag.
    pub tag: Vec<u8>,
    /// The value as the lane would write it.
    pub written: String,
}

/// Reads a stored value as the lane does before it compares; `None` if it refuses it.
pub fn read(text: &str, ceiling: Cost) -> Option<Read> {
    let stored = Stored::parse(&PasswordHash::from_phc(text.to_owned()), ceiling).ok()?;
    Some(Read {
        cost: (stored.cost.memory_kib, stored.cost.passes, stored.cost.lanes),
        pepper: stored.pepper.as_ref().map(ToString::to_string),
        written: stored.to_hash().as_phc().to_owned(),
        salt: stored.salt,
        tag: stored.tag.to_vec(),
    })
}
