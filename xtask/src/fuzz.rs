//! Fuzzing with cargo-fuzz, one target after the other, each for a bounded time. What is promised: docs/fuzzing.md.

use std::fs;
use std::process::Command;

use anyhow::{Context, bail};

use crate::run::{cargo, program, root, to_the_end};

/// How long, and which.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Seconds for each target; 3600 before a release (R126).
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Only this target.
    target: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if !answers(cargo().args(["fuzz", "--version"])) {
        bail!("cargo-fuzz is not installed: run `cargo install --locked cargo-fuzz`, then this again");
    }
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    if !answers(program(&compiler).arg("--version")) {
        bail!("there is no C++ compiler, which libFuzzer is built with: install g++ or clang, then run this again");
    }
    for target in targets(arguments)? {
        // New inputs go to the first folder, so that the seeds in the second stay few and chosen.
        let (found, kept) = (root().join("fuzz/target/found").join(&target), root().join("fuzz/corpus").join(&target));
        fs::create_dir_all(&found).with_context(|| format!("cannot make {}", found.display()))?;
        let mut command = program("cargo");
        // Without a sanitizer the stable compiler will do; what it would find is forbidden with `unsafe`.
        command.args(["fuzz", "run", "--sanitizer", "none", &target]).args([found, kept]).arg("--");
        command.arg(format!("-max_total_time={}", arguments.seconds)).arg("-timeout=10").arg("-rss_limit_mb=2048");
        to_the_end(&mut command)?;
    }
    Ok(())
}

fn answers(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn targets(arguments: &Arguments) -> anyhow::Result<Vec<String>> {
    if let Some(target) = &arguments.target {
        return Ok(vec![target.clone()]);
    }
    let folder = root().join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}
