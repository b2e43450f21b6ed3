//! The replay of what fuzzing kept: every file of `fuzz/corpus` holds the promise of its target. R126.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use passgate_fuzzing::PROMISES;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let stem = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    fs::read_dir(folder).unwrap().map(|entry| stem(&entry.unwrap().path())).collect()
}

#[test]
fn every_kept_input_holds_the_promise_of_its_parser() {
    // R126. A failure says which file on the line before.
    for (name, promise) in PROMISES {
        let folder = fuzz().join("corpus").join(name);
        let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(files.len() >= 5, "{name} has seeds");
        for file in files {
            eprintln!("{}", file.display());
            promise(&fs::read(&file).unwrap());
        }
    }
}

#[test]
fn every_parser_has_a_target_and_a_corpus() {
    // R126
    let expected: BTreeSet<_> = PROMISES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&fuzz().join("fuzz_targets")), expected);
    assert_eq!(names(&fuzz().join("corpus")), expected);
}
