//! Configuration files and variables: a message or a configuration that reads back the same.

use std::cell::LazyCell;
use std::fs;
use std::path::PathBuf;

use passgate::config::{Config, ConfigError, Overrides, sample};
use tempfile::TempDir;

use crate::choices::{choose, text};

thread_local! {
    // Kept for all inputs: a folder for each would be most of the work.
    static FOLDER: LazyCell<TempDir> = LazyCell::new(|| TempDir::new().expect("a folder of one's own"));
}

/// A file is refused with words, or taken; what was taken and is written out reads back the same. Variables that are no
/// values of their settings are refused by name.
pub fn holds(data: &[u8]) {
    match choose(data, 3) {
        Some((0, rest)) => any_file(rest),
        Some((1, rest)) => any_file(uncommented(&text(rest)).as_bytes()),
        Some((_, rest)) => any_variable(&text(rest)),
        None => {}
    }
}

fn file() -> PathBuf {
    FOLDER.with(|folder| folder.path().join("passgate.toml"))
}

/// The first lines of the sample that begin with the text, with their settings switched on: the way into the sections.
fn uncommented(chosen: &str) -> String {
    let (key, value) = chosen.split_once('=').unwrap_or((chosen, ""));
    let on = |line: &str| match line.strip_prefix('#').and_then(|line| line.split_once(" = ")) {
        Some((name, default)) if name.starts_with(key.trim()) => {
            format!("{name} = {}", if value.is_empty() { default } else { value })
        }
        _ => line.to_owned(),
    };
    sample().lines().map(on).collect::<Vec<_>>().join("\n")
}

fn any_file(bytes: &[u8]) {
    let file = file();
    fs::write(&file, bytes).expect("the folder takes a file");
    let taken = match Config::load(Some(&file), &Overrides::none()) {
        Ok(taken) => taken,
        Err(refused) => return assert_is_told(&refused, bytes.len()),
    };
    taken.validate().expect("what is taken is valid");
    let written = taken.to_toml();
    fs::write(&file, &written).expect("the folder takes a file");
    let again = Config::load(Some(&file), &Overrides::none()).expect("what we write we read");
    assert_eq!(again.to_toml(), written, "written and read again it is another configuration");
}

fn any_variable(line: &str) {
    let (name, value) = line.split_once('=').unwrap_or((line, ""));
    let name = format!("PASSGATE_{}", name.to_ascii_uppercase());
    let variables = Overrides::from_variables([(name.clone(), value.to_owned())]);
    match Config::load(None, &variables) {
        Ok(taken) => taken.validate().expect("what is taken is valid"),
        Err(ConfigError::Override(message)) => assert!(message.contains(&name), "which variable is wrong"),
        Err(refused) => assert_is_told(&refused, line.len()),
    }
}

/// Says something, and no endless copy of what was read.
fn assert_is_told(refused: &ConfigError, read: usize) {
    let told = refused.to_string();
    assert!(!told.is_empty() && told.len() <= 4096 + 4 * read, "told in {} bytes", told.len());
}
