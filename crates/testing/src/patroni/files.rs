//! The files of `deploy/patroni`, filled in for a host.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the examples stand.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/patroni")
}

/// An example with its words, such as `@NAME@`, filled in.
///
/// # Panics
/// When the example asks for a word that is not here.
pub(super) fn filled(name: &str, words: &[(&str, &str)]) -> String {
    let path = folder().join(name);
    let mut text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    // What a comment says of words is no word.
    text = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n");
    for (word, value) in words {
        text = text.replace(&format!("@{word}@"), value);
    }
    assert!(!text.contains('@'), "{name} asks for more: {text}");
    text
}
