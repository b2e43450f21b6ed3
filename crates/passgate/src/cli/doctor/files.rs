//! Who may read and write the files, and whether the keys are there. R116, R119.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::Finding;
use crate::cli::Failure;
use crate::config::Config;
use crate::keys::{self, Keys, Ring};
use crate::trail::stream;
use crate::{private_file, wiring};

/// The data folder, the files of the embedded store, and the configuration file.
pub(super) fn examine(config: &Config, file: Option<&Path>) -> Vec<Finding> {
    let folder = &config.data.folder;
    let mut findings = vec![private("folder", folder, "700")];
    let database = config.database();
    let beside = |ending: &str| {
        let mut name = database.as_os_str().to_owned();
        name.push(ending);
        std::path::PathBuf::from(name)
    };
    let exposed = ["", "-wal", "-shm"]
        .map(beside)
        .into_iter()
        .filter(|path| path.exists())
        .map(|path| private("files", &path, "600"))
        .find(|finding| finding.verdict != super::Verdict::Ok);
    if database.exists() {
        findings.push(exposed.unwrap_or_else(|| Finding::ok("files", "the database is its owner's alone")));
    }
    if let Some(file) = file
        && let Ok(about) = std::fs::metadata(file)
        && about.mode() & 0o022 != 0
    {
        let text = format!("{} can be changed by others (mode {:04o})", file.display(), about.mode() & 0o7777);
        findings.push(Finding::fail("files", text, format!("chmod go-w {}", file.display())));
    }
    findings
}

fn private(check: &'static str, path: &Path, mode: &str) -> Finding {
    let path_text = path.display();
    match private_file::exposure(path) {
        Ok(None) => Finding::ok(check, format!("{path_text} is its owner's alone")),
        Ok(Some(what)) => {
            Finding::fail(check, format!("{path_text} {what}"), format!("as its owner: chmod {mode} {path_text}"))
        }
        Err(error) => Finding::fail(
            check,
            format!("{path_text}: {error}"),
            "`passgate init` makes a new installation; run the doctor as the account of the server",
        ),
    }
}

/// The local list of breached passwords, if one is named (R12).
pub(super) fn breach_list(config: &Config) -> Option<Finding> {
    match wiring::breach_list(config) {
        Ok(None) => None,
        Ok(Some(list)) => Some(Finding::ok("breaches", format!("{} bytes of {}, sorted", list.length(), list.form()))),
        Err(error) => Some(Finding::of("breaches", &error)),
    }
}

/// Whether a server would start with the second places of the audit trail, if any are named (R114).
pub(super) fn streams(config: &Config) -> Option<Finding> {
    let places = stream::names(config).len();
    match stream::check(config) {
        Ok(()) if places == 0 => None,
        Ok(()) => Some(Finding::ok("streams", format!("second places of the audit trail: {places}"))),
        Err(error) => Some(Finding::fail(
            "streams",
            format!("[audit.stream]: {error}"),
            "mend the file that it names, or the setting",
        )),
    }
}

/// The server's own keys, by their numbers.
pub(super) fn keys(config: &Config) -> (Option<Keys>, Finding) {
    match keys::load(&config.data.folder) {
        Ok(keys) => {
            let numbers = |ring: &Ring| format!("{} of {}", ring.current.id, 1 + ring.older.len());
            let text = format!(
                "tokens key {}, pepper key {}, checkpoints key {}",
                numbers(&keys.tokens),
                numbers(&keys.pepper),
                numbers(&keys.checkpoints)
            );
            (Some(keys), Finding::ok("keys", text))
        }
        Err(error) => (None, Finding::of("keys", &Failure::from(error))),
    }
}
