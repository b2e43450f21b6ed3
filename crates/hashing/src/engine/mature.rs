//! The `argon2` crate on blocks that are allocated once.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, AssociatedData, Block, ParamsBuilder, Version};
use zeroize::Zeroize;

use super::{Declined, Engine, Held, Input, Memory};
use crate::cost::Cost;

pub(crate) struct Mature {
    blocks: Blocks,
    /// How many of the blocks may hold something of an input.
    used: usize,
    memory: Arc<Memory>,
}

/// Argon2's working memory, counted, and wiped at the latest when it is given back.
struct Blocks {
    blocks: Vec<Block>,
    _held: Held,
}

impl Mature {
    pub(crate) fn new(cost: Cost, memory: Arc<Memory>) -> Self {
        Self { blocks: Blocks::new(cost.memory_kib, &memory), used: 0, memory }
    }
}

impl Engine for Mature {
    fn compute(&mut self, input: &Input<'_>, tag: &mut [u8]) -> Result<(), Declined> {
        let mut params = ParamsBuilder::new();
        params
            .m_cost(input.cost.memory_kib)
            .t_cost(input.cost.passes)
            .p_cost(input.cost.lanes)
            .data(AssociatedData::new(input.associated).map_err(|_| Declined)?);
        let params = params.build().map_err(|_| Declined)?;
        let needed = params.block_count();
        let argon2 =
            Argon2::new_with_secret(input.secret, Algorithm::Argon2id, Version::V0x13, params).map_err(|_| Declined)?;

        let mut own;
        let blocks = if needed <= self.blocks.blocks.len() {
            self.used = self.used.max(needed);
            &mut self.blocks.blocks
        } else {
            own = Blocks::new(input.cost.memory_kib, &self.memory);
            &mut own.blocks
        };
        argon2.hash_password_into_with_memory(input.password, input.salt, tag, blocks).map_err(|_| Declined)
    }

    fn wipe(&mut self) {
        let used = std::mem::take(&mut self.used);
        self.blocks.blocks.iter_mut().take(used).for_each(Zeroize::zeroize);
    }
}

impl Blocks {
    fn new(kib: u32, memory: &Arc<Memory>) -> Self {
        // A block is one KiB.
        Self { blocks: vec![Block::new(); kib as usize], _held: memory.hold(kib.into()) }
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        self.blocks.iter_mut().for_each(Zeroize::zeroize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wiped_engine_keeps_nothing_of_its_inputs() {
        // R115.
        let cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };
        let mut engine = Mature::new(cost, Arc::default());
        let blank =
            |engine: &Mature| engine.blocks.blocks.iter().flat_map(AsRef::<[u64]>::as_ref).all(|word| *word == 0);
        for memory_kib in [64, 32] {
            let cost = Cost { memory_kib, ..cost };
            let input = Input { password: b"p", salt: b"saltsalt", secret: b"", associated: b"", cost };
            engine.compute(&input, &mut [0; 32]).unwrap();
            assert!(!blank(&engine));
        }
        engine.wipe();
        assert!(blank(&engine));
    }
}
