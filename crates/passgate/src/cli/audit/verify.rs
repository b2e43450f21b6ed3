//! `passgate audit verify`: holds the store's chains, or a file, against hashes and signatures (R110).

use std::path::{Path, PathBuf};

use clap::Args;
use passgate_gate::audit::Chain;
use passgate_gate::digest::hex;
use passgate_store::Checkpoint;
use serde_json::{Value, json};

use crate::cli::desk::Desk;
use crate::cli::{Failure, exit};
use crate::trail::offline::{Fault, Reader};
use crate::trail::signing::Trusted;
use crate::trail::{checkpoints, line_file, verify};

/// Verify every tenant's records: none changed, dropped, moved or cut off. With --file, a file of them.
#[derive(Debug, Args)]
pub(in crate::cli) struct Verify {
    /// Verify this file of JSON Lines, from `audit export` or a second place, without an installation.
    #[arg(long, value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
    /// The public keys to believe, as `audit key` prints them; without --file, instead of the installation's own.
    #[arg(long, value_name = "FILE")]
    pub(super) key: Option<PathBuf>,
    /// Also hold it against checkpoints that were kept elsewhere; the copy in the data folder is always used.
    #[arg(long, value_name = "FILE")]
    pub(super) checkpoints: Vec<PathBuf>,
}

impl Verify {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let store = desk.installation.store.as_ref();
        let own = || Trusted::of(&desk.installation.keys.checkpoints);
        let trusted = self.key.as_deref().map_or_else(|| Ok(own()), read_keys)?;
        let mut elsewhere = read_checkpoints(&self.checkpoints)?;
        if let Some(copy) = checkpoints::file(&desk.config).filter(|copy| copy.exists()) {
            elsewhere.extend(read_checkpoints(&[copy])?);
        }
        let verdicts = verify::all(store, &trusted, &elsewhere).await.map_err(passgate_gate::Error::from)?;
        let (mut lines, mut shown, mut broken) = (Vec::new(), Vec::new(), Vec::new());
        for verdict in verdicts {
            let (chain, name) = (verdict.chain.number(), name(verdict.chain));
            match verdict.outcome {
                Ok(whole) => {
                    let removed = match whole.removed {
                        0 => String::new(),
                        last => format!(", the first {last} removed"),
                    };
                    lines.push(format!(
                        "{name}: {} records{removed}, whole, signed up to {}",
                        whole.records, whole.signed
                    ));
                    shown.push(json!({
                        "chain": chain, "whole": true, "records": whole.records, "removed": whole.removed,
                        "signed": whole.signed, "head": hex(whole.head.as_bytes()),
                    }));
                }
                Err(tampered) => {
                    broken.push(format!("{name}: {tampered}"));
                    shown.push(json!({ "chain": chain, "whole": false, "damage": tampered.to_string() }));
                }
            }
        }
        desk.say(&lines.join("\n"), &shown.into());
        outcome(&broken)
    }
}

/// Verifies a file without an installation.
pub(super) fn file(path: &Path, key: Option<&Path>, others: &[PathBuf], as_json: bool) -> Result<(), Failure> {
    let believed = key.map(read_keys).transpose()?;
    let unsigned = believed.is_none();
    let mut reader = Reader::new(believed);
    for checkpoint in read_checkpoints(others)? {
        reader.expect(&checkpoint).map_err(|fault| tampered("a checkpoint from elsewhere", &fault))?;
    }
    let mut found = Ok(());
    line_file::read(path, |number, line| {
        if found.is_ok() {
            found = reader.line(line).map_err(|fault| tampered(&format!("line {number}"), &fault));
        }
        Ok(())
    })?;
    found?;
    let parts = reader.finish();
    // An emptied file must not pass for a whole one.
    if parts.is_empty() {
        let text = format!("{}: there is no record in it, so nothing was verified", path.display());
        return Err(Failure::new(exit::FAILED, text));
    }
    let (mut lines, mut shown, mut broken) = (Vec::new(), Vec::new(), Vec::new());
    for (chain, part) in parts {
        match part {
            Ok(part) => {
                let signed = match part.signed {
                    _ if unsigned => "signatures not looked at: name the public keys with --key".to_owned(),
                    0 => "no checkpoint signs them".to_owned(),
                    last => format!("signed up to {last}"),
                };
                lines.push(format!("{}: records {} to {}, whole, {signed}", name(chain), part.first, part.last));
                shown.push(json!({
                    "chain": chain.number(), "whole": true, "first": part.first, "last": part.last,
                    "signed": part.signed, "head": hex(part.head.as_bytes()),
                }));
            }
            Err(missing) => {
                let damage = format!("the end was cut: a checkpoint signs record {missing}, which is not there");
                broken.push(format!("{}: {damage}", name(chain)));
                shown.push(json!({ "chain": chain.number(), "whole": false, "damage": damage }));
            }
        }
    }
    if as_json {
        println!("{}", Value::from(shown));
    } else {
        println!("{}", lines.join("\n"));
    }
    outcome(&broken)
}

fn outcome(broken: &[String]) -> Result<(), Failure> {
    if broken.is_empty() {
        return Ok(());
    }
    let text = format!("the audit trail does not verify\n{}", broken.join("\n"));
    Err(Failure::new(exit::TAMPERED, text))
}

fn tampered(place: &str, fault: &Fault) -> Failure {
    Failure::new(exit::TAMPERED, format!("the audit trail does not verify\n{place}: {fault}"))
}

fn read_keys(path: &Path) -> Result<Trusted, Failure> {
    let unusable = |why: String| Failure::new(exit::CONFIG, format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    Trusted::parse(&text).ok_or_else(|| unusable("these are no public keys as `passgate audit key` prints them".into()))
}

fn read_checkpoints(paths: &[PathBuf]) -> Result<Vec<Checkpoint>, Failure> {
    let mut all = Vec::new();
    for path in paths {
        all.extend(checkpoints::read(path)?);
    }
    Ok(all)
}

pub(in crate::cli) fn name(chain: Chain) -> String {
    chain.0.map_or_else(|| "system".to_owned(), |tenant| format!("tenant {tenant}"))
}
