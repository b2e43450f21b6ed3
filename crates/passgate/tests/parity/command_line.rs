//! `passgate user set-password`: the program itself, over the data folder that the server has open.

use serde_json::Value;

use crate::doors::{Credential, Target};
use crate::house::House;
use crate::support::{run_with, text, told};

pub(crate) fn set(house: &House, shown: &Credential, target: &Target, password: &str) -> String {
    let user = match target {
        Target::Person(_) | Target::Nobody => target.number().to_string(),
        Target::Portal(company, user) => format!("{user}@{company}"),
    };
    let arguments = ["user", "set-password", &user, "--json", "--data", text(house.data())];
    let output = run_with(&arguments, &format!("{password}\n"), &[("PASSGATE_API_KEY", &shown.secret)]);
    let code = output.status.code().unwrap_or_default();
    let said = if output.stderr.is_empty() { &output.stdout } else { &output.stderr };
    let said: Value = serde_json::from_slice(said).unwrap_or_else(|_| panic!("{}", told(&output)));
    format!("exit {code} {}", said["error"].as_str().unwrap_or("ok"))
}

/// The code, and the word that a script reads: that of the audit record.
pub(crate) fn answer_to(decision: &str) -> String {
    let code = match decision {
        "ok" => 0,
        // An empty line is no password: nothing was attempted.
        "usage" => 2,
        "unidentified" | "level-too-low" | "target-above-caller" => 4,
        "user-not-found" | "tenant-not-found" => 5,
        refused if refused.starts_with("password-") => 6,
        other => panic!("this door does not decide {other}"),
    };
    format!("exit {code} {decision}")
}
