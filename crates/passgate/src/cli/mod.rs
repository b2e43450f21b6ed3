//! The command line: one command, one file.
//!
//! Each command is a struct with its arguments and a `run`. What it says goes to standard output, what went
//! wrong to standard error, and the exit code ([`exit`]) tells a script which of the two to read.

mod config;
pub mod exit;
mod failure;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use failure::Failure;

/// Administers the passwords of users over three APIs.
#[derive(Debug, Parser)]
#[command(name = "passgate", version, about, propagate_version = true, arg_required_else_help = true)]
struct Passgate {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check, show or print a configuration file.
    #[command(subcommand)]
    Config(config::Command),
}

/// Runs what the arguments of the process ask for.
pub fn main() -> ExitCode {
    // clap itself ends the process with exit::USAGE when it does not understand.
    let asked = Passgate::parse();
    let outcome = match asked.command {
        Command::Config(command) => command.run(),
    };
    match outcome {
        Ok(()) => ExitCode::from(exit::DONE),
        Err(failure) => {
            eprintln!("passgate: {failure}");
            ExitCode::from(failure.code())
        }
    }
}
