//! `argon2-rust`, whose `Hasher` keeps its memory and wipes it after each computation.

use std::sync::Arc;

use argon2_rust::params::{Memory as Kib, TagLen};
use argon2_rust::{Algorithm, Argon2, Hasher, Params, Version};

use super::{Declined, Engine, Held, Input, Memory};
use crate::cost::Cost;

pub(crate) struct Fast {
    hasher: Hasher,
    own_kib: u32,
    memory: Arc<Memory>,
    _held: Held,
}

impl Fast {
    /// Nothing when the memory cannot be had.
    pub(crate) fn new(cost: Cost, memory: Arc<Memory>) -> Option<Self> {
        let mut hasher = argon2(cost, crate::stored::TAG_BYTES).ok()?.hasher();
        hasher.reserve().ok()?;
        let held = memory.hold(cost.memory_kib.into());
        Some(Self { hasher, own_kib: cost.memory_kib, memory, _held: held })
    }
}

impl Engine for Fast {
    fn compute(&mut self, input: &Input<'_>, tag: &mut [u8]) -> Result<(), Declined> {
        let argon2 = argon2(input.cost, tag.len())?;
        if input.cost.memory_kib <= self.own_kib {
            self.hasher.set_argon2(argon2);
            self.hasher.hash_into_with_ad(input.password, input.salt, input.secret, input.associated, tag)
        } else {
            let _held = self.memory.hold(input.cost.memory_kib.into());
            argon2.hash_into_with_ad(input.password, input.salt, input.secret, input.associated, tag)
        }
        .map_err(|_| Declined)
    }

    /// Nothing to do: the memory is wiped whenever a computation ends.
    fn wipe(&mut self) {}
}

fn argon2(cost: Cost, tag_bytes: usize) -> Result<Argon2, Declined> {
    let params = Params::builder()
        .memory(Kib::kib(cost.memory_kib.into()))
        .passes(cost.passes)
        .lanes(cost.lanes)
        .threads(1)
        .tag_len(TagLen::bytes(tag_bytes as u64))
        .build()
        .map_err(|_| Declined)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}
