//! `passgate key revoke`.

use clap::Args;
use passgate_gate::audit::Operation;
use passgate_gate::ids::ApiKeyId;
use passgate_gate::operations::Target;
use serde_json::json;

use crate::cli::desk::Desk;
use crate::cli::{Failure, exit, names};

/// Revoke a key.
#[derive(Debug, Args)]
pub(in crate::cli) struct Revoke {
    /// Its owner: a number, or portal ids as USERID@COMPANYID.
    #[arg(value_parser = names::user)]
    user: Target,
    /// The key's number, as `key list` shows it.
    key: i32,
}

impl Revoke {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let id = ApiKeyId::new(self.key).ok_or_else(|| Failure::new(exit::USAGE, "a key has a number from 1 on"))?;
        let caller = desk.caller(Operation::RevokeApiKey).await?;
        desk.installation.gate.revoke_api_key(&caller, &self.user, id).await?;
        desk.say(&format!("key {id} is revoked"), &json!({ "key": id.get(), "revoked": true }));
        Ok(())
    }
}
