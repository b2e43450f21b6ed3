//! Habits that no lint knows: each source file says what lives in it and stays small enough to read, each
//! crate is on the map, and links between documents lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::run::{program, root};

/// Beyond this a file needs a map, and should become two.
const LONGEST_FILE: usize = 500;

pub(crate) fn run() -> anyhow::Result<()> {
    let files = tracked()?;
    let mut found = Vec::new();
    for file in files.iter().filter(|file| has_extension(file, "rs")) {
        judge_source(file, &mut found)?;
    }
    for file in files.iter().filter(|file| has_extension(file, "md")) {
        judge_links(file, &mut found)?;
    }
    judge_map(&files, &mut found)?;
    if found.is_empty() {
        return Ok(());
    }
    bail!("not tidy:\n  {}", found.join("\n  "))
}

fn tracked() -> anyhow::Result<Vec<PathBuf>> {
    let listed = program("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).output()?;
    let text = String::from_utf8(listed.stdout).context("file names are UTF-8")?;
    Ok(text
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(PathBuf::from)
        .filter(|file| root().join(file).is_file())
        .collect())
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|it| it == extension)
}

fn judge_source(file: &Path, found: &mut Vec<String>) -> anyhow::Result<()> {
    let text = fs::read_to_string(root().join(file))?;
    if !text.starts_with("//!") && !text.starts_with("#![no_main]") {
        found.push(format!("{}: does not open with //!", file.display()));
    }
    let lines = text.lines().count();
    if lines > LONGEST_FILE {
        found.push(format!("{}: {lines} lines; which second idea moved in?", file.display()));
    }
    Ok(())
}

/// Relative links and the paths in code spans that look like files of the tree.
fn judge_links(file: &Path, found: &mut Vec<String>) -> anyhow::Result<()> {
    let text = fs::read_to_string(root().join(file))?;
    let folder = root().join(file).parent().map(Path::to_path_buf).unwrap_or_default();
    for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let path = target.split('#').next().unwrap_or_default();
        let elsewhere = path.is_empty() || path.contains("://") || path.starts_with("mailto:");
        if !elsewhere && !folder.join(path).exists() {
            found.push(format!("{}: a link leads to {path}, which is not there", file.display()));
        }
    }
    Ok(())
}

fn judge_map(files: &[PathBuf], found: &mut Vec<String>) -> anyhow::Result<()> {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md"))?;
    for manifest in files.iter().filter(|file| file.ends_with("Cargo.toml") && file.components().count() > 1) {
        let folder = manifest.parent().unwrap_or(manifest).display().to_string();
        if !map.contains(&format!("`{folder}`")) {
            found.push(format!("ARCHITECTURE.md: the crate `{folder}` is not on the map"));
        }
    }
    Ok(())
}
