//! The one test command: it installs what the tests need, and runs them all.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, bail};

use crate::run::{cargo, program, shown, to_the_end};
use crate::tally::Tally;

/// What may be left out.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Installs nothing; tests of clients that are not there fail and say so.
    #[arg(long)]
    no_install: bool,
    /// Only tests whose names hold this.
    filter: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if !arguments.no_install {
        to_the_end(&mut program("clients/install.sh"))?;
        to_the_end(&mut program("tests/install.sh"))?;
    }
    let mut command = cargo();
    command.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
    if let Some(filter) = &arguments.filter {
        command.arg(filter);
    }
    let tally = counted(&mut command)?;
    if tally.failed > 0 || tally.passed == 0 {
        bail!("{} passed, {} failed", tally.passed, tally.failed);
    }
    Ok(())
}

/// Runs the tests, passes their output on, and closes with one line for all of it.
fn counted(command: &mut std::process::Command) -> anyhow::Result<Tally> {
    eprintln!("+ {}", shown(command));
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let output = child.stdout.take().context("the output is piped")?;
    let mut tally = Tally::default();
    for line in BufReader::new(output).lines() {
        let line = line?;
        tally.count(&line);
        println!("{line}");
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        // A crate that does not compile, or a test binary that died, has no summary.
        tally.failed = 1;
    }
    println!("\n{} passed, {} failed, {} skipped", tally.passed, tally.failed, tally.skipped);
    Ok(tally)
}
