//! Every task that a person runs by hand, one file each. `cargo xtask --help` lists them.

mod bench;
mod check;
mod failover;
mod fuzz;
mod reproduce;
mod run;
mod soak;
mod supply;
mod tally;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The tasks of people who work on Passgate.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Formatting, lints, documentation, tidiness, and what the dependencies are; warnings denied.
    Check,
    /// Installs what the tests need, then runs them all, real clients included.
    Test(test::Arguments),
    /// Holds the lock files against a copy of the `RustSec` advisory database.
    Advisories(supply::advisories::Arguments),
    /// Lists what the shipped program is made of, in `CycloneDX` 1.5.
    Inventory(supply::inventory::Arguments),
    /// Builds the program as releases are built, with its inventory and checksums.
    Release(reproduce::Release),
    /// Builds a release twice in two folders and compares the programs.
    Reproduce,
    /// Measures the ratios of docs/performance.md.
    Bench,
    /// Fuzzes every parser for a bounded time; needs cargo-fuzz.
    Fuzz(fuzz::Arguments),
    /// The long forms of the slow tests: crashes, faults, floods, the gate against its model.
    Soak(soak::Arguments),
    /// The long form of failover: three databases under Patroni, whose leader is killed, cut off and frozen.
    Failover(failover::Arguments),
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    match task {
        Task::Check => check::run(),
        Task::Test(arguments) => test::run(&arguments),
        Task::Advisories(arguments) => supply::advisories::run(&arguments),
        Task::Inventory(arguments) => supply::inventory::run(&arguments),
        Task::Release(arguments) => reproduce::release(&arguments),
        Task::Reproduce => reproduce::run(),
        Task::Bench => bench::run(),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::Soak(arguments) => soak::run(&arguments),
        Task::Failover(arguments) => failover::run(&arguments),
    }
}
