//! The command line: one command, one file.
//!
//! Each command is a struct with its arguments and a `run`. What it says goes to standard output, what went
//! wrong to standard error, and the exit code ([`exit`]) tells a script which of the two to read. Commands
//! that change something go through the gate (`desk`), like any door.

#[macro_use]
mod said;

mod audit;
mod backup;
mod breach_list;
mod config;
mod desk;
mod dev;
mod doctor;
pub mod exit;
mod failure;
mod init;
mod key;
mod migrate_store;
mod names;
mod restore;
mod secrets;
mod serve;
mod shapes;
mod tenant;
mod tune;
mod user;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use failure::Failure;
pub(crate) use failure::chain;
use tune::{hash_time, memory_mib};

/// Administers the passwords of users over three APIs.
#[derive(Debug, Parser)]
#[command(name = "passgate", version, about, propagate_version = true, arg_required_else_help = true)]
struct Passgate {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try everything: a server on this machine with sample data, and requests to paste.
    Dev(dev::Dev),
    /// Run the server.
    Serve(serve::Serve),
    /// Make a new installation: data folder, keys, database and the first administrator.
    Init(init::Init),
    /// Make and show tenants.
    Tenant(tenant::Command),
    /// Make, show and change users.
    User(user::Command),
    /// Make, list and revoke API keys.
    Key(key::Command),
    /// Read and verify the audit trail.
    Audit(audit::Command),
    /// Look for whatever keeps the server from working or from being safe.
    Doctor(doctor::Doctor),
    /// Copy the database to a file, while the server runs.
    Backup(backup::Backup),
    /// Make a data folder from a backup.
    Restore(restore::Restore),
    /// Move the installation from SQLite to PostgreSQL.
    MigrateStore(migrate_store::MigrateStore),
    /// Measure this machine and propose the strongest hashing parameters for a time.
    Tune(tune::Tune),
    /// Prepare and check a list of breached passwords.
    #[command(subcommand)]
    BreachList(breach_list::Command),
    /// Check, show or print a configuration file.
    #[command(subcommand)]
    Config(config::Command),
}

impl Command {
    async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Dev(command) => command.run().await,
            Self::Serve(command) => command.run().await,
            Self::Init(command) => command.run().await,
            Self::Tenant(command) => command.run().await,
            Self::User(command) => command.run().await,
            Self::Key(command) => command.run().await,
            Self::Audit(command) => command.run().await,
            Self::Doctor(command) => command.run().await,
            Self::Backup(command) => command.run().await,
            Self::Restore(command) => command.run().await,
            Self::MigrateStore(command) => command.run().await,
            Self::Tune(command) => command.run().await,
            Self::BreachList(command) => command.run(),
            Self::Config(command) => command.run(),
        }
    }

    fn answers_in_json(&self) -> bool {
        match self {
            Self::Tenant(command) => command.access.json,
            Self::User(command) => command.access.json,
            Self::Key(command) => command.access.json,
            Self::Audit(command) => command.access.json,
            Self::Doctor(command) => command.json,
            Self::Backup(command) => command.json,
            Self::MigrateStore(command) => command.json,
            Self::Tune(command) => command.json,
            Self::Dev(_)
            | Self::Serve(_)
            | Self::Init(_)
            | Self::Restore(_)
            | Self::BreachList(_)
            | Self::Config(_) => false,
        }
    }
}

/// Runs what the arguments of the process ask for.
pub fn main() -> ExitCode {
    // clap itself ends the process with exit::USAGE when it does not understand.
    let asked = Passgate::parse();
    let json = asked.command.answers_in_json();
    match start(asked.command) {
        Ok(()) => ExitCode::from(exit::DONE),
        Err(failure) => {
            if json {
                eprintln!("{}", failure.to_json());
            } else {
                eprintln!("passgate: {failure}");
            }
            ExitCode::from(failure.code())
        }
    }
}

fn start(command: Command) -> Result<(), Failure> {
    // Before any secret is in memory, and before there is a second thread.
    crate::hardening::harden()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(command.run());
    // What still runs was given its time: a request that outlasted the drain must not hold up the end.
    runtime.shutdown_background();
    outcome
}
