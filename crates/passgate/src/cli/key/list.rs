//! `passgate key list`.

use clap::Args;
use passgate_gate::audit::Operation;
use passgate_gate::operations::Target;

use crate::cli::desk::Desk;
use crate::cli::{Failure, names, shapes};

/// List a user's keys.
#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// Their owner: a number, or portal ids as USERID@COMPANYID.
    #[arg(value_parser = names::user)]
    user: Target,
}

impl List {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let caller = desk.caller(Operation::ReadApiKeys).await?;
        let keys = desk.installation.gate.list_api_keys(&caller, &self.user).await?;
        let lines: Vec<_> = keys.iter().map(shapes::key_line).collect();
        let shown: Vec<_> = keys.iter().map(shapes::key).collect();
        desk.say(&lines.join("\n"), &shown.into());
        Ok(())
    }
}
