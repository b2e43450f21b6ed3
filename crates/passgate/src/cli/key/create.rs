//! `passgate key create`.

use clap::Args;
use passgate_gate::audit::Operation;
use passgate_gate::networks::{Networks, NoNetworks};
use passgate_gate::operations::Target;
use serde_json::json;

use crate::cli::desk::Desk;
use crate::cli::{Failure, exit, names};

/// Make a user's primary API key.
#[derive(Debug, Args)]
pub(in crate::cli) struct Create {
    /// Its owner: a number, or portal ids as USERID@COMPANYID.
    #[arg(value_parser = names::user)]
    user: Target,
    /// From where it may be used: networks or addresses, with commas between them or given again and again. Without
    /// one from everywhere. On the command line itself a key is used from 127.0.0.1.
    #[arg(long, value_name = "NETWORK", value_parser = networks)]
    from: Vec<Networks>,
}

fn networks(text: &str) -> Result<Networks, String> {
    let networks: Networks = text.parse().map_err(|error: NoNetworks| error.to_string())?;
    // Nothing would stand for everywhere.
    if networks == Networks::default() { Err("it names no network".to_owned()) } else { Ok(networks) }
}

impl Create {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let all = self.from.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let networks: Networks =
            all.parse().map_err(|error: NoNetworks| Failure::new(exit::USAGE, error.to_string()))?;
        let caller = desk.caller(Operation::GenerateApiKey).await?;
        let key = desk.installation.gate.generate_api_key_for(&caller, &self.user, &networks).await?;
        desk.say(&format!("API key, shown once: {}", key.expose()), &json!({ "api_key": key.expose() }));
        Ok(())
    }
}
