//! What is asked of every package, without a network: its licence, where it comes from, that its bytes are pinned,
//! and that the shipped program links it once.

use std::collections::BTreeMap;

use anyhow::bail;
use jiff::civil::Date;

use super::licences::allowed;
use super::linked::{Linked, linked};
use super::packages::{Lock, Metadata, Package, REGISTRY, workspaces};
use super::written::{Found, Kind, Written, today};

/// Part of `cargo xtask check`.
pub(crate) fn run() -> anyhow::Result<()> {
    eprintln!("+ licences, sources, checksums and duplicates of all packages");
    let wrong = judge_this_tree(today())?;
    if wrong.is_empty() {
        return Ok(());
    }
    bail!("the supply chain is not as supply-chain.toml allows:\n  {}", wrong.join("\n  "))
}

fn judge_this_tree(today: Date) -> anyhow::Result<Vec<String>> {
    let locks = workspaces().into_iter().map(Lock::read).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(judge(&Written::read()?, &Metadata::read()?.packages, &locks, &linked()?, today))
}

fn judge(written: &Written, packages: &[Package], locks: &[Lock], linked: &[Linked], today: Date) -> Vec<String> {
    let foreign: Vec<_> = packages.iter().filter(|package| package.source.is_some()).collect();
    let mut wrong = written.except(Kind::Licence, unlicensed(&foreign, &written.licences), today);
    wrong.extend(written.except(Kind::Source, strange(locks), today));
    wrong.extend(written.except(Kind::Duplicate, duplicates(linked), today));
    wrong
}

fn unlicensed(packages: &[&Package], licences: &[String]) -> Vec<Found> {
    let judged = packages.iter().filter_map(|package| {
        let why = match &package.license {
            None => "names no licence".to_owned(),
            Some(expression) => match allowed(expression, licences) {
                Ok(true) => return None,
                Ok(false) => format!("comes under {expression}"),
                Err(error) => format!("has a licence that cannot be read: {error}"),
            },
        };
        Some(Found { of: package.name.clone(), text: format!("{} {} {why}", package.name, package.version) })
    });
    judged.collect()
}

/// From elsewhere than the registry, or without the checksum that pins its bytes. Folders of the project have
/// neither source nor checksum.
fn strange(locks: &[Lock]) -> Vec<Found> {
    let mut found = Vec::new();
    for package in locks.iter().flat_map(|lock| &lock.package) {
        let named = format!("{} {}", package.name, package.version);
        let why = match (package.source.as_deref(), &package.checksum) {
            (Some(REGISTRY), Some(sum)) if sum.len() == 64 => continue,
            (None, None) => continue,
            (Some(REGISTRY), _) => "has no checksum in Cargo.lock".to_owned(),
            (source, _) => format!("comes from {}", source.unwrap_or("a folder, yet with a checksum")),
        };
        found.push(Found { of: package.name.clone(), text: format!("{named} {why}") });
    }
    found
}

/// Packages that the shipped program links in more than one version.
fn duplicates(linked: &[Linked]) -> Vec<Found> {
    let mut versions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for package in linked.iter().filter(|package| package.at_run_time) {
        versions.entry(&package.name).or_default().push(package.version.to_string());
    }
    let several = versions.into_iter().filter(|(_, versions)| versions.len() > 1);
    several
        .map(|(name, versions)| Found {
            of: name.to_owned(),
            text: format!("{name} is linked as {}", versions.join(" and ")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: &str = "2027-01-01";

    fn written() -> Written {
        Written::parse("licences = [\"MIT\"]").unwrap()
    }

    fn package(licence: Option<&str>) -> Package {
        let licence = licence.map_or(String::new(), |text| format!("\"license\":\"{text}\","));
        serde_json::from_str(&format!(
            r#"{{"name":"larch","version":"1.2.3",{licence}"source":"{REGISTRY}","description":null,"repository":null}}"#
        ))
        .unwrap()
    }

    fn lock(source: &str, checksum: bool) -> Lock {
        let sum = if checksum { format!("checksum = \"{}\"", "a".repeat(64)) } else { String::new() };
        Lock::parse(&format!("[[package]]\nname = \"larch\"\nversion = \"1.2.3\"\nsource = \"{source}\"\n{sum}\n"))
            .unwrap()
    }

    #[track_caller]
    fn check(packages: &[Package], locks: &[Lock], linked: &[Linked], expected: &[&str]) {
        assert_eq!(judge(&written(), packages, locks, linked, TODAY.parse().unwrap()), expected);
    }

    #[test]
    fn the_packages_of_this_tree_are_as_the_file_allows() {
        // R123: on a day when every exception held; whether they still do is for `cargo xtask check`.
        assert_eq!(judge_this_tree("2026-11-22".parse().unwrap()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_package_under_another_licence_or_none_is_refused() {
        // R123
        check(&[package(Some("MIT"))], &[], &[], &[]);
        check(&[package(Some("AGPL-3.0-only"))], &[], &[], &["larch 1.2.3 comes under AGPL-3.0-only"]);
        check(&[package(None)], &[], &[], &["larch 1.2.3 names no licence"]);
    }

    #[test]
    fn a_package_from_elsewhere_or_unpinned_is_refused() {
        // R123
        check(&[], &[lock(REGISTRY, true)], &[], &[]);
        check(&[], &[lock(REGISTRY, false)], &[], &["larch 1.2.3 has no checksum in Cargo.lock"]);
        let elsewhere = "git+https://git.example/larch#0123";
        check(&[], &[lock(elsewhere, false)], &[], &[&format!("larch 1.2.3 comes from {elsewhere}")]);
        let other = "registry+https://registry.example/index";
        check(&[], &[lock(other, true)], &[], &[&format!("larch 1.2.3 comes from {other}")]);
    }

    #[test]
    fn a_package_that_is_linked_twice_is_refused() {
        let linked = |version: &str, at_run_time| Linked {
            name: "larch".to_owned(),
            version: version.parse().unwrap(),
            at_run_time,
        };
        check(&[], &[], &[linked("1.0.0", true), linked("2.0.0", false)], &[]);
        check(&[], &[], &[linked("1.0.0", true), linked("2.0.0", true)], &["larch is linked as 1.0.0 and 2.0.0"]);
    }
}
