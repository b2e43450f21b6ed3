//! The long forms of tests that are short in the test command. What they measured stands in
//! docs/reliability.md.

use crate::run::{cargo, to_the_end};

/// How long.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often the server and the store are killed under load (R117 asks for 200).
    #[arg(long, default_value_t = 200)]
    rounds: u32,
    /// Seconds of each flood (R128 to R131).
    #[arg(long, default_value_t = 60)]
    flood_seconds: u32,
    /// Acts of the gate that are held against its model.
    #[arg(long, default_value_t = 60_000)]
    model_steps: u32,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut kills = tests(&["--package", "passgate-store", "--package", "passgate", "kill"]);
    to_the_end(kills.env("PASSGATE_KILL_ROUNDS", arguments.rounds.to_string()))?;
    let mut floods = tests(&["--package", "passgate", "--test", "floods"]);
    to_the_end(floods.env("PASSGATE_FLOOD_SECONDS", arguments.flood_seconds.to_string()))?;
    to_the_end(&mut tests(&["--package", "passgate", "--test", "faults", "--test", "backup"]))?;
    for engine in ["sqlite", "postgres"] {
        let mut model = tests(&["--package", "passgate-testing", "--test", "model"]);
        model.env("PASSGATE_MODEL_STEPS", arguments.model_steps.to_string()).env("PASSGATE_MODEL_ENGINE", engine);
        to_the_end(&mut model)?;
    }
    Ok(())
}

/// One at a time: each of them wants the whole machine, and tells its figures.
fn tests(which: &[&str]) -> std::process::Command {
    let mut command = cargo();
    command.args(["test", "--release", "--locked"]).args(which).args(["--", "--nocapture", "--test-threads=1"]);
    command
}
