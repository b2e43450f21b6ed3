//! Release builds that give the same bytes wherever they are made (R125): `cargo xtask release` makes one,
//! `cargo xtask reproduce` makes two in two folders and compares them.
//!
//! Nothing reads a clock while the program is built; what would tell the folder is replaced, in Rust code and in the
//! C code of SQLite and of the crypto library alike.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use sha2::{Digest as _, Sha256};

use crate::run::{cargo, program, to_the_end};
use crate::supply::inventory::inventory;
use crate::supply::packages::output;

/// Where a release goes.
#[derive(clap::Args)]
pub(crate) struct Release {
    /// A new folder for the program, its inventory and their checksums.
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
}

/// Builds what is committed, not what lies around.
pub(crate) fn release(arguments: &Release) -> anyhow::Result<()> {
    // The inventory is read here, and has to be that of what is built.
    let changed = output(program("git").args(["status", "--porcelain", "--untracked-files=no"]))?;
    if !changed.is_empty() {
        bail!("what is committed is released, and this is not: commit it, or take it away\n{changed}");
    }
    let to = &arguments.to;
    fs::create_dir(to).with_context(|| to.display().to_string())?;
    let work = Work::new("release")?;
    let built = build(&work.0)?;
    fs::copy(built, to.join("passgate"))?;
    fs::write(to.join("passgate.cdx.json"), inventory()?)?;
    let sums = ["passgate", "passgate.cdx.json"]
        .into_iter()
        .map(|name| Ok(format!("{}  {name}\n", sum(&to.join(name))?)))
        .collect::<anyhow::Result<String>>()?;
    fs::write(to.join("SHA256SUMS"), &sums)?;
    print!("{sums}");
    Ok(())
}

pub(crate) fn run() -> anyhow::Result<()> {
    // Folders of different length: whatever kept one of them would differ.
    let mut sums = Vec::new();
    for name in ["first", "a-second-one-elsewhere"] {
        let work = Work::new(name)?;
        let sum = sum(&build(&work.0)?)?;
        println!("{sum}  passgate, built in {}", work.0.display());
        sums.push(sum);
    }
    if sums[0] != sums[1] {
        bail!("the two builds differ");
    }
    println!("the two builds are the same");
    Ok(())
}

/// A folder that goes with what it was made for.
struct Work(PathBuf);

impl Work {
    fn new(name: &str) -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("passgate-{}-{name}", std::process::id()));
        fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self(folder))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The program, built in this folder from what is committed.
fn build(folder: &Path) -> anyhow::Result<PathBuf> {
    let source = folder.join("source");
    fs::create_dir(&source)?;
    unpack(&source)?;
    let target = folder.join("target");
    let mut command = cargo();
    command
        .current_dir(&source)
        .args(["build", "--release", "--locked", "--package", "passgate", "--target-dir"])
        .arg(&target);
    prepare(&mut command, folder)?;
    to_the_end(&mut command)?;
    Ok(target.join("release").join("passgate"))
}

/// What is committed, as a folder.
fn unpack(folder: &Path) -> anyhow::Result<()> {
    let archive = program("git").args(["archive", "--format=tar", "HEAD"]).output()?;
    if !archive.status.success() {
        bail!("git archive: {}", String::from_utf8_lossy(&archive.stderr));
    }
    let mut tar = Command::new("tar").args(["-x", "-C"]).arg(folder).stdin(Stdio::piped()).spawn()?;
    tar.stdin.take().context("its input is piped")?.write_all(&archive.stdout)?;
    if tar.wait()?.success() { Ok(()) } else { bail!("tar cannot unpack the tree") }
}

/// The environment of a release build: `docs/releasing.md` says the same by hand.
fn prepare(command: &mut Command, folder: &Path) -> anyhow::Result<()> {
    let home = home("CARGO_HOME", ".cargo")?;
    let places = [(folder, "/passgate"), (home.as_path(), "/cargo")];
    let remap = |flag: &str| {
        let each = places.iter().map(|(from, to)| format!("{flag}={}={to}", from.display()));
        each.collect::<Vec<_>>().join(" ")
    };
    command
        .env_remove("CARGO_TARGET_DIR")
        .env("RUSTFLAGS", remap("--remap-path-prefix"))
        .env("CFLAGS", remap("-ffile-prefix-map"))
        .env("CXXFLAGS", remap("-ffile-prefix-map"))
        .env("SOURCE_DATE_EPOCH", committed()?)
        .env("CARGO_INCREMENTAL", "0")
        .env("TZ", "UTC")
        .env("LC_ALL", "C");
    Ok(())
}

fn home(variable: &str, otherwise: &str) -> anyhow::Result<PathBuf> {
    if let Some(folder) = std::env::var_os(variable) {
        return Ok(folder.into());
    }
    Ok(PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(otherwise))
}

/// When the last commit was made, in seconds since 1970.
fn committed() -> anyhow::Result<String> {
    let output = program("git").args(["log", "-1", "--format=%ct"]).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn sum(path: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        write!(text, "{byte:02x}")?;
    }
    Ok(text)
}
