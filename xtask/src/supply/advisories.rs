//! Known weaknesses of the packages in the lock files, out of a copy of the `RustSec` advisory database (R123).
//!
//! The database is a folder that whoever runs this has fetched; nothing is fetched here. A weakness fails the task
//! unless `supply-chain.toml` has a dated exception. That a package is no longer looked after is only said.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use semver::VersionReq;
use serde::Deserialize;

use super::packages::{Lock, Locked, workspaces};
use super::written::{Found, Kind, Written, today};

/// Where the database is.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A copy of the advisory database of `RustSec`.
    #[arg(long, value_name = "FOLDER")]
    database: PathBuf,
}

/// What one file of the database says, as far as it counts here.
#[derive(Debug, Deserialize)]
struct File {
    advisory: Advisory,
    #[serde(default)]
    versions: Versions,
}

#[derive(Debug, Deserialize)]
struct Advisory {
    id: String,
    package: String,
    withdrawn: Option<String>,
    informational: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Versions {
    #[serde(default)]
    patched: Vec<VersionReq>,
    #[serde(default)]
    unaffected: Vec<VersionReq>,
}

impl File {
    fn concerns(&self, package: &Locked) -> bool {
        let versions = &self.versions;
        self.advisory.package == package.name
            && self.advisory.withdrawn.is_none()
            && !versions.patched.iter().chain(&versions.unaffected).any(|good| good.matches(&package.version))
    }

    /// No weakness, but good to know. An unsound package is a weakness.
    fn is_a_remark(&self) -> bool {
        self.advisory.informational.as_deref().is_some_and(|kind| kind != "unsound")
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let database = read(&arguments.database)?;
    let mut packages = Vec::new();
    for folder in workspaces() {
        packages.extend(Lock::read(folder)?.package);
    }
    packages.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
    packages.dedup_by(|one, other| (&one.name, &one.version) == (&other.name, &other.version));
    let (found, remarks) = judge(&database, &packages);
    for remark in remarks {
        eprintln!("remark: {remark}");
    }
    let wrong = Written::read()?.except(Kind::Advisory, found, today());
    if !wrong.is_empty() {
        bail!("advisories without an exception in supply-chain.toml:\n  {}", wrong.join("\n  "));
    }
    println!("{} packages, {} advisories: nothing known is open", packages.len(), database.len());
    Ok(())
}

fn judge(database: &[File], packages: &[Locked]) -> (Vec<Found>, Vec<String>) {
    let (mut found, mut remarks) = (Vec::new(), Vec::new());
    for package in packages {
        for file in database.iter().filter(|file| file.concerns(package)) {
            let id = &file.advisory.id;
            let text = format!("{} {}: {id}, https://rustsec.org/advisories/{id}", package.name, package.version);
            if file.is_a_remark() { remarks.push(text) } else { found.push(Found { of: id.clone(), text }) }
        }
    }
    (found, remarks)
}

fn read(database: &Path) -> anyhow::Result<Vec<File>> {
    let crates = database.join("crates");
    let mut files = Vec::new();
    for folder in std::fs::read_dir(&crates).with_context(|| format!("{} is no database", crates.display()))? {
        for file in std::fs::read_dir(folder?.path())? {
            let path = file?.path();
            if path.extension().is_some_and(|ending| ending == "md") {
                let text = std::fs::read_to_string(&path)?;
                files.push(parse(&text).with_context(|| path.display().to_string())?);
            }
        }
    }
    // An empty folder would find nothing, and say so with a good conscience.
    if files.is_empty() {
        bail!("{} holds no advisory", crates.display());
    }
    Ok(files)
}

/// The part in TOML at the beginning of an advisory.
fn parse(text: &str) -> anyhow::Result<File> {
    let head = text.split_once("```toml").and_then(|(_, rest)| rest.split_once("```")).context("no TOML in it")?.0;
    Ok(toml::from_str(head)?)
}

#[cfg(test)]
mod tests;
