//! `passgate key create`.

use clap::Args;
use passgate_gate::audit::Operation;
use passgate_gate::operations::Target;
use serde_json::json;

use crate::cli::desk::Desk;
use crate::cli::{Failure, names};

/// Make a user's primary API key.
#[derive(Debug, Args)]
pub(in crate::cli) struct Create {
    /// Its owner: a number, or portal ids as USERID@COMPANYID.
    #[arg(value_parser = names::user)]
    user: Target,
}

impl Create {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let caller = desk.caller(Operation::GenerateApiKey).await?;
        let key = desk.installation.gate.generate_api_key(&caller, &self.user).await?;
        desk.say(&format!("API key, shown once: {}", key.expose()), &json!({ "api_key": key.expose() }));
        Ok(())
    }
}
