//! `passgate doctor`: looks at everything that keeps a server from working or from being safe, and changes
//! nothing. It may run beside the server.
//!
//! Each line says what was looked at, whether it is well, and what to do if not. No line holds a secret: keys
//! are told by their numbers, files by their paths.

mod certificate;
mod files;
mod hashing;
mod machine;
mod server;
mod store;

use clap::Args;
use serde_json::{Value, json};

use super::desk::Place;
use super::{Failure, exit};
use crate::config::Config;

/// Look for whatever keeps the server from working or from being safe. Changes nothing.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    place: Place,
    /// Verify every audit record, and the signatures of checkpoints, instead of the last 1000 of each chain.
    #[arg(long)]
    full: bool,
    /// Answer in JSON.
    #[arg(long)]
    pub(super) json: bool,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// What was found of one thing.
#[derive(Debug)]
struct Finding {
    /// What was looked at: a promise to scripts.
    check: &'static str,
    verdict: Verdict,
    text: String,
    /// What to do about it; empty if nothing.
    todo: String,
}

impl Finding {
    fn ok(check: &'static str, text: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Ok, text: text.into(), todo: String::new() }
    }

    fn warn(check: &'static str, text: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Warn, text: text.into(), todo: todo.into() }
    }

    fn fail(check: &'static str, text: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Fail, text: text.into(), todo: todo.into() }
    }

    /// Of an error whose text already says what to do.
    fn of(check: &'static str, failure: &Failure) -> Self {
        let text = failure.to_string();
        let (what, todo) = text.split_once('\n').unwrap_or((&text, ""));
        Self::fail(check, what, todo.replace('\n', "; "))
    }

    fn line(&self) -> String {
        let mut line = format!("{:<5} {:<10} {}", self.verdict.word(), self.check, self.text);
        if !self.todo.is_empty() {
            line.push_str("\n                 -> ");
            line.push_str(&self.todo);
        }
        line
    }

    fn json(&self) -> Value {
        json!({ "check": self.check, "verdict": self.verdict.word(), "text": self.text, "todo": self.todo })
    }
}

impl Doctor {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let findings = match self.place.configuration() {
            Ok(config) => self.examine(&config).await,
            Err(failure) if failure.code() == exit::USAGE => return Err(failure),
            Err(failure) => vec![Finding::of("config", &failure)],
        };
        let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
        let (well, warned, failed) = (count(Verdict::Ok), count(Verdict::Warn), count(Verdict::Fail));
        if self.json {
            let checks: Vec<_> = findings.iter().map(Finding::json).collect();
            println!("{}", json!({ "ok": well, "warn": warned, "fail": failed, "checks": checks }));
        } else {
            for finding in &findings {
                println!("{}", finding.line());
            }
        }
        match failed {
            0 => Ok(()),
            1 => Err(Failure::new(exit::UNSOUND, "one check failed")),
            many => Err(Failure::new(exit::UNSOUND, format!("{many} checks failed"))),
        }
    }

    async fn examine(&self, config: &Config) -> Vec<Finding> {
        let mut findings = vec![match &self.place.config {
            Some(file) if self.place.data.is_none() => Finding::ok("config", format!("{} is good", file.display())),
            _ => Finding::ok("config", "good"),
        }];
        findings.extend(files::examine(config, self.place.config.as_deref()));
        let (keys, finding) = files::keys(config);
        findings.push(finding);
        findings.extend(files::breach_list(config));
        findings.extend(files::streams(config));
        findings.extend(certificate::examine(config));
        findings.extend(store::examine(config, keys.as_ref(), self.full).await);
        findings.push(machine::disk(config));
        findings.extend(hashing::examine(config).await);
        findings.push(machine::memory(config));
        findings.extend(machine::limits(config));
        findings.push(machine::address(config));
        findings
    }
}
