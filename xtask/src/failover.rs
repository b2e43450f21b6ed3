//! The long form of the test of failover. What it measured stands in docs/reliability.md.

use crate::run::{cargo, to_the_end};

/// How long.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often each thing happens to the leader; one round of all takes some four minutes.
    #[arg(long, default_value_t = 20)]
    rounds: u32,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut test = cargo();
    test.args(["test", "--release", "--locked", "--package", "passgate", "--test", "failover", "--", "--nocapture"]);
    to_the_end(test.env("PASSGATE_FAILOVER_ROUNDS", arguments.rounds.to_string()))
}
