//! The packages as `cargo metadata` and `Cargo.lock` tell of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};
use semver::Version;
use serde::Deserialize;

use crate::run::{cargo, root, shown};

/// Where packages come from, in the words of the lock file.
pub(crate) const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What `cargo metadata` tells.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
}

/// One package.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: Version,
    /// None: a folder of this project.
    pub(crate) source: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) repository: Option<String>,
}

/// `Cargo.lock`.
#[derive(Debug, Deserialize)]
pub(crate) struct Lock {
    pub(crate) package: Vec<Locked>,
}

/// One package there.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Locked {
    pub(crate) name: String,
    pub(crate) version: Version,
    pub(crate) source: Option<String>,
    pub(crate) checksum: Option<String>,
}

impl Metadata {
    /// Of all targets and features. Fails if the lock file does not fit the manifests.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let text = output(cargo().args(["metadata", "--locked", "--all-features", "--format-version", "1"]))?;
        serde_json::from_str(&text).context("cargo metadata")
    }
}

impl Lock {
    /// Of the workspace in this folder of the project.
    pub(crate) fn read(folder: &str) -> anyhow::Result<Self> {
        let path = root().join(folder).join("Cargo.lock");
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        Ok(toml::from_str(text)?)
    }

    /// SHA-256 of the packages, by name and version.
    pub(crate) fn checksums(&self) -> BTreeMap<(&str, &Version), &str> {
        let with = self.package.iter().filter_map(|package| Some((package, package.checksum.as_deref()?)));
        with.map(|(package, checksum)| ((package.name.as_str(), &package.version), checksum)).collect()
    }
}

/// Every workspace of the project that has a lock file of its own.
pub(crate) fn workspaces() -> Vec<&'static str> {
    let all = [".", "fuzz", "crates/hashing/benches/with-libsodium"];
    all.into_iter().filter(|folder| Path::new(&root()).join(folder).join("Cargo.lock").exists()).collect()
}

/// What a program writes to its standard output.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        bail!("{} ended with {}\n{}", shown(command), output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}
