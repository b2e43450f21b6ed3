//! The long forms of tests that are short in the test command, one after the other, and a table at the end. What
//! they measured stands in docs/reliability.md. The failover of several machines and the fuzzing of the parsers are
//! tasks of their own.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::run::{cargo, shown};
use crate::tally::Tally;

/// How long.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often the server, the store and the database are killed under load (R117 asks for 200).
    #[arg(long, default_value_t = 200)]
    rounds: u32,
    /// Seconds of each flood (R128 to R131).
    #[arg(long, default_value_t = 60)]
    flood_seconds: u32,
    /// Acts of the gate that are held against its model, on each engine.
    #[arg(long, default_value_t = 60_000)]
    model_steps: u32,
    /// With the build that the other tests use, instead of that of a release.
    #[arg(long)]
    development: bool,
}

/// What one step came to.
struct Ended {
    name: &'static str,
    took: Duration,
    tally: Tally,
    /// What its tests told, line by line.
    told: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut ended = Vec::new();
    for (name, mut command) in steps(arguments) {
        // The next ones are worth their time whatever this one came to.
        ended.push(step(name, &mut command)?);
    }
    println!("\n{}", table(&ended));
    let failed: u64 = ended.iter().map(|step| step.tally.failed).sum();
    if failed > 0 {
        bail!("{failed} failed");
    }
    Ok(())
}

fn steps(arguments: &Arguments) -> Vec<(&'static str, Command)> {
    let (rounds, seconds) = (arguments.rounds.to_string(), arguments.flood_seconds.to_string());
    let tests = |which: &[&str]| tests(which, arguments.development);
    let killed = |which: &[&str]| {
        let mut command = tests(which);
        command.env("PASSGATE_KILL_ROUNDS", &rounds);
        command
    };
    let flooded = |which: &[&str]| {
        let mut command = tests(which);
        command.env("PASSGATE_FLOOD_SECONDS", &seconds);
        command
    };
    let model = |engine: &str| {
        let mut command = tests(&["--package", "passgate-testing", "--test", "model"]);
        command.env("PASSGATE_MODEL_STEPS", arguments.model_steps.to_string()).env("PASSGATE_MODEL_ENGINE", engine);
        command
    };
    vec![
        (
            "the store killed",
            killed(&["--package", "passgate-store", "--test", "sqlite", "--test", "postgres", "kill"]),
        ),
        (
            "server and database killed",
            killed(&["--package", "passgate", "--test", "kill", "--test", "audit_trail", "kill"]),
        ),
        (
            "faults of the store",
            tests(&["--package", "passgate-store", "--test", "sqlite", "--test", "postgres", "faults"]),
        ),
        ("faults under the server", tests(&["--package", "passgate", "--test", "faults"])),
        ("backup and restore", tests(&["--package", "passgate", "--test", "backup"])),
        ("a move killed", killed(&["--package", "passgate", "--test", "migration", "cut_off"])),
        ("floods", flooded(&["--package", "passgate", "--test", "floods"])),
        ("memory", flooded(&["--package", "passgate", "--test", "memory"])),
        ("the model on SQLite", model("sqlite")),
        ("the model on PostgreSQL", model("postgres")),
    ]
}

/// One at a time: each of them wants the whole machine, and tells its figures.
fn tests(which: &[&str], development: bool) -> Command {
    let mut command = cargo();
    command.args(["test", "--locked", "--no-fail-fast"]).args(which);
    if !development {
        command.arg("--release");
    }
    command.args(["--", "--nocapture", "--test-threads=1"]);
    command
}

/// Runs a step, passes its output on, and keeps what it told.
fn step(name: &'static str, command: &mut Command) -> anyhow::Result<Ended> {
    eprintln!("+ {}", shown(command));
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let output = child.stdout.take().context("the output is piped")?;
    let (mut tally, mut told) = (Tally::default(), Vec::new());
    for line in BufReader::new(output).lines() {
        let line = line?;
        tally.count(&line);
        told.extend(figure(&line));
        println!("{line}");
    }
    if !child.wait()?.success() && tally.failed == 0 {
        // A crate that does not compile, or a test binary that died, has no summary.
        tally.failed = 1;
    }
    if tally.passed == 0 && tally.failed == 0 {
        bail!("{name}: there is no such test any more");
    }
    Ok(Ended { name, took: begun.elapsed(), tally, told })
}

/// What a test said, without the words of the runner.
fn figure(line: &str) -> Option<String> {
    let line = line.split_once(" ... ").map_or(line, |(_, said)| said).trim_end();
    let runner = ["", "ok", "FAILED", "failures:", "successes:"].contains(&line)
        || line.starts_with("running ")
        || line.starts_with("test ");
    (!runner).then(|| line.to_owned())
}

fn table(ended: &[Ended]) -> String {
    let mut lines = vec![format!("{:<28} {:>7} {:>7} {:>9} {:>9}", "", "passed", "failed", "left out", "seconds")];
    for step in ended {
        let left_out = step.told.iter().filter(|line| line.starts_with("left out")).count();
        let (passed, failed, took) = (step.tally.passed, step.tally.failed, step.took.as_secs());
        lines.push(format!("{:<28} {passed:>7} {failed:>7} {left_out:>9} {took:>9}", step.name));
    }
    for step in ended {
        lines.push(format!("\n{}", step.name));
        lines.extend(step.told.iter().map(|line| format!("  {line}")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_test_says_is_kept_without_the_words_of_the_runner() {
        assert_eq!(figure("test a::b ... 5 rounds, none lost"), Some("5 rounds, none lost".to_owned()));
        assert_eq!(figure("  REST: of 40 passwords none"), Some("  REST: of 40 passwords none".to_owned()));
        for runner in ["running 4 tests", "test a::b ... ok", "ok", "", "test result: ok. 1 passed; 0 failed"] {
            assert_eq!(figure(runner), None, "{runner}");
        }
    }

    #[test]
    fn the_table_tells_of_each_step_and_what_was_left_out() {
        let tally = Tally { passed: 2, failed: 1, skipped: 0 };
        let told = vec!["left out, no volume can be made here".to_owned(), "5 rounds".to_owned()];
        let text = table(&[Ended { name: "kills", took: Duration::from_secs(7), tally, told }]);
        let words: Vec<_> = text.lines().nth(1).unwrap_or_default().split_whitespace().collect();
        assert_eq!(words, ["kills", "2", "1", "1", "7"]);
        assert!(text.ends_with("\n  5 rounds"));
    }
}
