//! `passgate audit key`: the public keys of the installation's checkpoints.

use serde_json::{Value, json};

use crate::cli::desk::Desk;
use crate::trail::signing::Trusted;

pub(super) fn run(desk: &Desk) {
    let trusted = Trusted::of(&desk.installation.keys.checkpoints);
    let lines: Vec<_> = trusted.keys().iter().map(ToString::to_string).collect();
    let shown: Vec<Value> = trusted
        .keys()
        .iter()
        .map(|key| json!({ "public_key": key.to_string(), "fingerprint": key.fingerprint() }))
        .collect();
    desk.say(&lines.join("\n"), &shown.into());
}
