//! `passgate user set-password`: the same act as through any other door.

use clap::Args;
use passgate_gate::audit::Operation;
use passgate_gate::operations::{self, Target};

use super::Ask;
use crate::cli::desk::Desk;
use crate::cli::secrets::Source;
use crate::cli::{Failure, names, shapes};

/// Set a user's password.
#[derive(Debug, Args)]
pub(in crate::cli) struct SetPassword {
    /// Its number, or its portal ids as USERID@COMPANYID.
    #[arg(value_parser = names::user)]
    user: Target,
    #[command(flatten)]
    ask: Ask,
    #[command(flatten)]
    source: Source,
}

impl SetPassword {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let gate = &desk.installation.gate;
        let caller = desk.caller(Operation::SetPassword).await?;
        let chosen = self.source.choose(gate)?;
        let set = operations::SetPassword {
            target: self.user.clone(),
            password: chosen.password,
            profile: desk.profile(),
            demand: self.ask.demand(),
            recovery_question: None,
        };
        let receipt = gate.set_password(&caller, set).await?;
        let number = match self.user {
            Target::Number(number) => Some(number),
            Target::Myself | Target::Portal { .. } => None,
        };
        let mut json = shapes::receipt(number, &receipt);
        let mut text = format!(
            "the password is set: credential version {}, {} sessions ended, audit {}",
            receipt.credential_version, receipt.sessions_ended, receipt.audit
        );
        if let Some(password) = &chosen.shown {
            text.push_str("\npassword, shown once: ");
            text.push_str(password);
            json["password"] = password.as_str().into();
        }
        desk.say(&text, &json);
        Ok(())
    }
}
