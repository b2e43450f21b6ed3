//! The long forms of tests that are short in the test command.

use crate::run::{cargo, to_the_end};

/// How long.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often the server and the store are killed under load (R117 asks for 200).
    #[arg(long, default_value_t = 200)]
    rounds: u32,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut command = cargo();
    command.args(["test", "--release", "--locked", "--package", "passgate-store", "--package", "passgate", "kill"]);
    command.args(["--", "--nocapture", "--test-threads=1"]);
    to_the_end(command.env("PASSGATE_KILL_ROUNDS", arguments.rounds.to_string()))
}
