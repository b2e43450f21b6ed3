//! The gate against a model of it: random acts over the real gate and a real store, and after each one
//! whether what must be true is true. Which password signs in, which sessions and keys work, who is throttled,
//! and one record of each attempt with its word.
//!
//! [`act`] has what may happen, [`model`] what must follow, [`world`] does both and compares. A failing
//! sequence is printed in its shortest form. `PASSGATE_MODEL_STEPS` asks for more acts, `PASSGATE_MODEL_SEED`
//! for those of an earlier run, `PASSGATE_MODEL_ENGINE=postgres` for the other engine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod act;
mod model;
mod world;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// Acts of one sequence: enough for locks, throttles and chains of tokens to meet.
const ACTS: usize = 60;

fn number(variable: &str) -> Option<u32> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

#[test]
fn whatever_happens_the_gate_is_as_the_model_says() {
    // authorisation 3.5 to 3.7; R19 to R22, R33 to R39, R43, R57, R60, R108
    let steps = number("PASSGATE_MODEL_STEPS");
    // The short form is the same each time, the long form another each time.
    let fresh = || steps.map_or(1, |_| std::time::UNIX_EPOCH.elapsed().unwrap().subsec_nanos());
    let seed = number("PASSGATE_MODEL_SEED").unwrap_or_else(fresh);
    let cases = steps.unwrap_or(600).div_ceil(u32::try_from(ACTS).unwrap());
    let config = Config {
        cases,
        max_shrink_iters: 1_000,
        max_shrink_time: 60_000,
        failure_persistence: None,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let acts = proptest::collection::vec(act::any(), ACTS);
    let outcome = runner.run(&acts, |acts| runtime.block_on(world::live_through(&acts)).map_err(TestCaseError::fail));
    println!("seed {seed}: {cases} sequences of {ACTS} acts");
    if let Err(failure) = outcome {
        panic!("seed {seed}: {failure}");
    }
}
