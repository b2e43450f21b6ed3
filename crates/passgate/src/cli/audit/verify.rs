//! `passgate audit verify`: walks every chain from its first record to its head (R110).

use passgate_gate::audit::Chain;
use passgate_gate::digest::hex;
use passgate_gate::store::Store as _;
use passgate_store::{VerifyError, verify_chain};
use serde_json::json;

use crate::cli::desk::Desk;
use crate::cli::{Failure, chain as causes, exit};

pub(super) async fn run(desk: &Desk) -> Result<(), Failure> {
    let store = desk.installation.store.as_ref();
    let chains = store.chains().await.map_err(passgate_gate::Error::from)?;
    let (mut lines, mut shown, mut broken) = (Vec::new(), Vec::new(), Vec::new());
    for chain in chains {
        match verify_chain(store, chain).await {
            Ok(whole) => {
                lines.push(format!("{}: {} records, whole", name(chain), whole.records));
                let head = hex(whole.head.as_bytes());
                shown.push(json!({ "chain": chain.number(), "records": whole.records, "head": head, "whole": true }));
            }
            Err(error @ VerifyError::Broken(_)) => {
                broken.push(format!("{}: {}", name(chain), causes(&error)));
                shown.push(json!({ "chain": chain.number(), "whole": false, "damage": causes(&error) }));
            }
            Err(error @ VerifyError::Store(_)) => return Err(Failure::new(exit::FAILED, causes(&error))),
        }
    }
    desk.say(&lines.join("\n"), &shown.into());
    if broken.is_empty() {
        return Ok(());
    }
    let text = format!("the audit trail does not verify\n{}", broken.join("\n"));
    Err(Failure::new(exit::TAMPERED, text))
}

fn name(chain: Chain) -> String {
    chain.0.map_or_else(|| "system".to_owned(), |tenant| format!("tenant {tenant}"))
}
