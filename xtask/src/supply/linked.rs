//! What the shipped program is built from: `passgate` with its default features, for the platform that releases
//! are made for. Tests, benches and other platforms bring more, which is not shipped.

use std::collections::BTreeSet;

use anyhow::Context;
use semver::Version;

use super::packages::output;
use crate::run::cargo;

/// The platform of releases.
pub(crate) const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// A package that takes part in the build.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Linked {
    pub(crate) name: String,
    pub(crate) version: Version,
    /// Its code runs in the program; else only while it is built (build scripts, macros).
    pub(crate) at_run_time: bool,
}

/// All of them, by name and version, without `passgate` itself.
pub(crate) fn linked() -> anyhow::Result<Vec<Linked>> {
    let running = tree("normal,no-proc-macro")?;
    let all = tree("normal,build")?;
    let judged = all.into_iter().map(|(name, version)| {
        let at_run_time = running.contains(&(name.clone(), version.clone()));
        Linked { name, version, at_run_time }
    });
    Ok(judged.collect())
}

/// What depends on what is for `cargo tree`, which resolves features as a build does.
fn tree(edges: &str) -> anyhow::Result<BTreeSet<(String, Version)>> {
    let text = output(
        cargo()
            .args(["tree", "--locked", "--package", "passgate", "--target", PLATFORM])
            .args(["--edges", edges, "--prefix", "none", "--format", "{p}"]),
    )?;
    text.lines().filter(|line| !line.is_empty()).filter_map(package).collect()
}

/// `name v1.2.3 (where)`.
fn package(line: &str) -> Option<anyhow::Result<(String, Version)>> {
    let mut words = line.split_whitespace();
    let (name, version) = (words.next()?, words.next()?);
    if name == "passgate" {
        return None;
    }
    let read = version.trim_start_matches('v').parse().with_context(|| format!("cargo tree: {line}"));
    Some(read.map(|version| (name.to_owned(), version)))
}
