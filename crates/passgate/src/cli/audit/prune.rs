//! `passgate audit prune`: retention by hand.

use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;
use passgate_gate::clock::SystemClock;
use serde_json::{Value, json};

use super::verify::name;
use crate::cli::desk::{Desk, operator_name};
use crate::cli::{Failure, exit};
use crate::trail::retention::Retention;
use crate::trail::signing::Trusted;

/// Remove old records, up to a signed checkpoint from which the rest verifies.
#[derive(Debug, Args)]
pub(in crate::cli) struct Prune {
    /// Remove what was signed before this time, such as 2026-01-31 or 2026-01-31T12:00:00Z, and received by
    /// every place under [audit.stream].
    #[arg(long, value_name = "TIME", value_parser = time)]
    before: Timestamp,
}

/// A day begins at midnight, UTC.
fn time(text: &str) -> Result<Timestamp, String> {
    let day = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse().or_else(|_| day().map(|day| day.timestamp()).ok_or("no day and no time in UTC".to_owned()))
}

impl Prune {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let installation = &desk.installation;
        let trusted = Trusted::of(&installation.keys.checkpoints);
        let retention = Retention::new(&desk.config, installation.store.clone(), trusted, Arc::new(SystemClock));
        let done = retention.prune(self.before, &operator_name()).await.map_err(passgate_gate::Error::from)?;
        let (mut lines, mut shown, mut broken) = (Vec::new(), Vec::new(), Vec::new());
        for one in &done {
            match &one.removed {
                Ok(count) => {
                    lines.push(format!("{}: {count} records removed", name(one.chain)));
                    shown.push(json!({ "chain": one.chain.number(), "removed": count }));
                }
                Err(tampered) => {
                    broken.push(format!("{}: {tampered}", name(one.chain)));
                    shown.push(json!({ "chain": one.chain.number(), "removed": 0, "damage": tampered.to_string() }));
                }
            }
        }
        desk.say(&lines.join("\n"), &Value::from(shown));
        if broken.is_empty() {
            return Ok(());
        }
        let text = format!("nothing is removed where the audit trail does not verify\n{}", broken.join("\n"));
        Err(Failure::new(exit::TAMPERED, text))
    }
}
