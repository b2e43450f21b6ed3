//! `passgate audit list`.

use clap::Args;
use jiff::Timestamp;
use passgate_gate::audit::{Chain, Operation, StoredEvent};
use passgate_gate::store::Store as _;
use serde_json::{Value, json};

use crate::cli::Failure;
use crate::cli::desk::Desk;
use crate::cli::names::{self, TenantName};

const PAGE: u32 = 500;

/// List the records of a tenant, or of the system itself.
#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// The tenant's number or company id; without one the system's own chain is listed.
    #[arg(long, value_parser = names::tenant)]
    tenant: Option<TenantName>,
    /// Only records after this one.
    #[arg(long, default_value_t = 0)]
    after: i64,
    /// At most so many.
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

impl List {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let chain = match &self.tenant {
            None => Chain(None),
            Some(named) => {
                let caller = desk.caller(Operation::ReadUser).await?;
                Chain(Some(named.find(&desk.installation.gate, &caller).await?.id))
            }
        };
        let (mut events, mut after) = (Vec::new(), self.after);
        let mut left = self.limit;
        while left > 0 {
            let page = desk
                .installation
                .store
                .events(chain, after, left.min(PAGE))
                .await
                .map_err(passgate_gate::Error::from)?;
            let Some(last) = page.last() else { break };
            after = last.id.sequence;
            left = left.saturating_sub(u32::try_from(page.len()).unwrap_or(u32::MAX));
            events.extend(page);
        }
        let lines: Vec<_> = events.iter().map(line).collect();
        let shown: Vec<_> = events.iter().map(shape).collect();
        desk.say(&lines.join("\n"), &shown.into());
        Ok(())
    }
}

fn time(event: &StoredEvent) -> String {
    Timestamp::from_microsecond(event.time).map_or_else(|_| event.time.to_string(), |time| time.to_string())
}

fn line(event: &StoredEvent) -> String {
    let number = |id: Option<i32>| id.map_or_else(|| "-".to_owned(), |id| id.to_string());
    format!(
        "{:<8} {} {} {} by {} ({}) on {}: {}{}{}",
        event.id.to_string(),
        time(event),
        event.door,
        event.operation,
        event.actor.map_or_else(|| event.actor_detail.clone().unwrap_or_else(|| "-".to_owned()), |id| id.to_string()),
        event.credential,
        number(event.target),
        event.refused.as_deref().map_or("allowed".to_owned(), |word| format!("refused, {word}")),
        if event.note.is_empty() { "" } else { "; " },
        event.note,
    )
}

fn shape(event: &StoredEvent) -> Value {
    json!({
        "audit_id": event.id.to_string(),
        "time": time(event),
        "door": event.door,
        "operation": event.operation,
        "credential": event.credential,
        "actor": event.actor,
        "actor_detail": event.actor_detail,
        "source": event.source,
        "request": event.request,
        "target": event.target,
        "refused": event.refused,
        "credential_version": event.credential_version,
        "sessions_ended": event.sessions_ended,
        "note": event.note,
        "hash": passgate_gate::digest::hex(event.hash.as_bytes()),
    })
}
