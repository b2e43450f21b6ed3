//! Fuzzing with cargo-fuzz, one target after the other, each for a bounded time.

use std::fs;

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
    let installed = cargo().args(["fuzz", "--version"]).output().is_ok_and(|output| output.status.success());
    if !installed {
        bail!("cargo-fuzz is not installed: run `cargo install --locked cargo-fuzz`, then this again");
    }
    for target in targets(arguments)? {
        let mut command = program("cargo");
        // The sanitizer's coverage flags are unstable; this lets the stable compiler take them.
        command.env("RUSTC_BOOTSTRAP", "1");
        command.args(["fuzz", "run", "--sanitizer", "none", &target, "--"]);
        command.arg(format!("-max_total_time={}", arguments.seconds)).arg("-timeout=10").arg("-rss_limit_mb=2048");
        to_the_end(&mut command)?;
    }
    Ok(())
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
