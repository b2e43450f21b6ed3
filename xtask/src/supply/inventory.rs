//! `cargo xtask inventory`: what the shipped program is made of, in `CycloneDX` 1.5 (R125).
//!
//! The same tree gives the same bytes: no time, no serial number, everything in order.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use semver::Version;
use serde_json::{Value, json};

use super::linked::{Linked, linked};
use super::packages::{Lock, Metadata, Package};

/// Where to.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The file to write; else it goes to standard output.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = inventory()?;
    if let Some(path) = &arguments.to {
        return std::fs::write(path, text).with_context(|| path.display().to_string());
    }
    print!("{text}");
    Ok(())
}

/// The whole file.
pub(crate) fn inventory() -> anyhow::Result<String> {
    let metadata = Metadata::read()?;
    let lock = Lock::read(".")?;
    let packages: BTreeMap<_, _> =
        metadata.packages.iter().map(|package| ((package.name.as_str(), &package.version), package)).collect();
    let checksums = lock.checksums();
    let passgate = metadata.packages.iter().find(|package| package.name == "passgate").context("no passgate")?;
    let components = linked()?
        .iter()
        .map(|linked| {
            let key = (linked.name.as_str(), &linked.version);
            let package =
                packages.get(&key).with_context(|| format!("{} is unknown to cargo metadata", linked.name))?;
            Ok(component(linked, package, checksums.get(&key).copied()))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let all = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "passgate",
                "name": "passgate",
                "version": passgate.version.to_string(),
                "description": passgate.description,
                "licenses": licences(passgate),
                "purl": purl("passgate", &passgate.version),
            },
        },
        "components": components,
    });
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}

fn component(linked: &Linked, package: &Package, checksum: Option<&str>) -> Value {
    let reference = purl(&linked.name, &linked.version);
    let mut component = json!({
        "type": "library",
        "bom-ref": reference,
        "name": linked.name,
        "version": linked.version.to_string(),
        // Build scripts and macros are run, but are not in the program.
        "scope": if linked.at_run_time { "required" } else { "excluded" },
        "licenses": licences(package),
        "purl": reference,
    });
    // Our own crates have none: they are this tree.
    if let Some(checksum) = checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    if let Some(repository) = package.repository.as_deref().filter(|url| url.starts_with("https://")) {
        component["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
    }
    component
}

fn purl(name: &str, version: &Version) -> String {
    format!("pkg:cargo/{name}@{version}").replace('+', "%2B")
}

fn licences(package: &Package) -> Value {
    match &package.license {
        // The old form means either.
        Some(expression) => {
            let words: Vec<_> = expression.split('/').map(str::trim).collect();
            json!([{ "expression": words.join(" OR ") }])
        }
        None => json!([]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named<'a>(all: &'a Value, name: &str) -> Option<&'a Value> {
        all["components"].as_array().unwrap().iter().find(|component| component["name"] == name)
    }

    #[test]
    fn the_inventory_lists_what_is_shipped_and_is_the_same_twice() {
        // R125
        let text = inventory().unwrap();
        assert_eq!(text, inventory().unwrap());
        let all: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&all["bomFormat"], &all["specVersion"]), (&json!("CycloneDX"), &json!("1.5")));
        for (name, scope) in [("tokio", "required"), ("rusqlite", "required"), ("cc", "excluded"), ("syn", "excluded")]
        {
            let component = named(&all, name).unwrap_or_else(|| panic!("{name} is missing"));
            assert_eq!(component["scope"], scope, "{name}");
            assert_eq!(component["hashes"][0]["content"].as_str().unwrap().len(), 64, "{name}");
        }
        assert_eq!(named(&all, "passgate-gate").unwrap()["scope"], "required");
        // For tests, and for other platforms.
        for name in ["proptest", "rcgen", "windows-sys", "passgate-testing", "tempfile"] {
            assert!(named(&all, name).is_none(), "{name} is not shipped");
        }
        let components = all["components"].as_array().unwrap();
        assert!(components.iter().all(|it| it["licenses"][0]["expression"].is_string()));
        let references: Vec<_> = components.iter().map(|it| it["bom-ref"].as_str().unwrap()).collect();
        assert_eq!(references.len(), references.iter().collect::<std::collections::BTreeSet<_>>().len());
        let here = crate::run::root();
        assert!(!text.contains(here.to_str().unwrap()), "no path of this machine is in it");
    }
}
