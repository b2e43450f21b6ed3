//! Planted advisories.

use std::fs;

use super::*;

fn planted(folder: &Path, package: &str, id: &str, more: &str) {
    let place = folder.join("crates").join(package);
    fs::create_dir_all(&place).unwrap();
    let text = format!(
        "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\ndate = \"2027-01-01\"\n{more}\n```\n\n# A title\n"
    );
    fs::write(place.join(format!("{id}.md")), text).unwrap();
}

const PATCHED: &str = "[versions]\npatched = [\">= 99.0.0\"]\nunaffected = [\"< 0.0.1\"]";

#[test]
fn the_task_fails_on_an_advisory_planted_for_a_package_of_ours() {
    // R123
    let folder = tempfile::tempdir().unwrap();
    planted(folder.path(), "larch", "RUSTSEC-2027-0001", PATCHED);
    let arguments = Arguments { database: folder.path().to_owned() };
    run(&arguments).unwrap();
    planted(folder.path(), "tokio", "RUSTSEC-2027-0002", PATCHED);
    let told = run(&arguments).unwrap_err().to_string();
    assert!(told.contains("tokio") && told.contains("RUSTSEC-2027-0002") && !told.contains("0001"), "{told}");
}

#[test]
fn a_folder_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = Arguments { database: folder.path().to_owned() };
    assert!(run(&arguments).is_err());
    fs::create_dir(folder.path().join("crates")).unwrap();
    assert!(run(&arguments).unwrap_err().to_string().contains("holds no advisory"));
    fs::create_dir(folder.path().join("crates/larch")).unwrap();
    fs::write(folder.path().join("crates/larch/RUSTSEC-2027-0001.md"), "# nothing\n").unwrap();
    assert!(run(&arguments).is_err());
}

#[track_caller]
fn check(version: &str, more: &str, weaknesses: usize, remarks: usize) {
    let file = parse(&format!("```toml\n[advisory]\nid = \"R\"\npackage = \"larch\"\n{more}\n```")).unwrap();
    let package = Locked { name: "larch".to_owned(), version: version.parse().unwrap(), source: None, checksum: None };
    let (found, said) = judge(&[file], &[package]);
    assert_eq!((found.len(), said.len()), (weaknesses, remarks), "{version} {more}");
}

#[test]
fn versions_count_as_the_advisory_says() {
    let versions = "[versions]\npatched = [\"^1.4.2\", \">= 2.0.1\"]\nunaffected = [\"< 1.2.0\"]";
    for (version, open) in
        [("1.1.9", 0), ("1.2.0", 1), ("1.4.1", 1), ("1.4.2", 0), ("1.9.0", 0), ("2.0.0", 1), ("3.0.0", 0)]
    {
        check(version, versions, open, 0);
    }
    check("1.0.0", "", 1, 0);
    check("1.0.0", "withdrawn = \"2027-02-01\"", 0, 0);
    check("1.0.0", "informational = \"unmaintained\"", 0, 1);
    check("1.0.0", "informational = \"unsound\"", 1, 0);
}
