//! The implementations against each other: whatever goes in, both give the same bytes.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Engine, Implementation, Input, Memory};
use crate::cost::Cost;

fn engine(implementation: Implementation) -> Box<dyn Engine> {
    // Memory for the smallest inputs only, so that larger ones take the other path.
    let cost = Cost { memory_kib: 256, passes: 1, lanes: 1 };
    implementation.engine(cost, &Arc::default()).unwrap()
}

fn any_cost() -> impl Strategy<Value = Cost> {
    (1_u32..=5)
        .prop_flat_map(|lanes| (Just(lanes), 8 * lanes..=600, 1_u32..=4))
        .prop_map(|(lanes, memory_kib, passes)| Cost { memory_kib, passes, lanes })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// dependencies 5, ruling 1: random passwords, salts, parameters and pepper, on memory used before.
    #[test]
    fn both_implementations_give_the_same_tag(
        inputs in prop::collection::vec(
            (
                prop::collection::vec(any::<u8>(), 0..1_100),
                prop::collection::vec(any::<u8>(), 8..=64),
                prop::collection::vec(any::<u8>(), 0..=64),
                prop::collection::vec(any::<u8>(), 0..=32),
                any_cost(),
                4_usize..=100,
            ),
            1..4,
        )
    ) {
        let (mut mature, mut fast) = (engine(Implementation::Mature), engine(Implementation::Fast));
        for (password, salt, secret, associated, cost, length) in &inputs {
            let input = Input { password, salt, secret, associated, cost: *cost };
            let (mut one, mut other) = (vec![0; *length], vec![1; *length]);
            mature.compute(&input, &mut one).unwrap();
            fast.compute(&input, &mut other).unwrap();
            prop_assert_eq!(one, other);
        }
    }
}

#[track_caller]
fn check(cost: Cost, password: &[u8], secret: &[u8]) {
    let input = Input { password, salt: b"sixteen bytes of", secret, associated: b"", cost };
    let (mut one, mut other) = ([0; 32], [1; 32]);
    engine(Implementation::Mature).compute(&input, &mut one).unwrap();
    engine(Implementation::Fast).compute(&input, &mut other).unwrap();
    assert_eq!(one, other);
}

#[test]
fn both_implementations_agree_at_the_settings_in_use() {
    // R1.
    check(Cost::FLOOR, b"Larch-tree-42", b"");
    check(Cost::FLOOR, "пароль Grün 42".as_bytes(), &[7; 32]);
    check(Cost::HIGH, &[b'x'; 1_024], &[9; 64]);
}

#[test]
fn memory_of_the_slot_is_counted_once_and_that_of_a_dearer_hash_while_it_runs() {
    // R7, R128.
    for implementation in [Implementation::Mature, Implementation::Fast] {
        let memory = Arc::new(Memory::default());
        let small = Cost { memory_kib: 64, passes: 1, lanes: 1 };
        let mut engine = implementation.engine(small, &memory).unwrap();
        let mut compute = |memory_kib| {
            let cost = Cost { memory_kib, passes: 1, lanes: 1 };
            let input = Input { password: b"p", salt: b"saltsalt", secret: b"", associated: b"", cost };
            engine.compute(&input, &mut [0; 32]).unwrap();
        };
        compute(64);
        compute(8);
        compute(64);
        assert_eq!((memory.held_kib(), memory.allocations()), (64, 1));
        compute(128);
        assert_eq!((memory.held_kib(), memory.allocations()), (64, 2));
        drop(engine);
        assert_eq!(memory.held_kib(), 0);
    }
}
