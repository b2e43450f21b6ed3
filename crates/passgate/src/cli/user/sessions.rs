//! `passgate user sessions`. R35.

use clap::Args;
use passgate_gate::audit::Operation;
use passgate_gate::operations::{Target, Which};

use crate::cli::desk::Desk;
use crate::cli::{Failure, names, shapes};

/// List a user's open sessions, or end one or all of them.
#[derive(Debug, Args)]
pub(in crate::cli) struct Sessions {
    /// Its number, or its portal ids as USERID@COMPANYID.
    #[arg(value_parser = names::user)]
    user: Target,
    /// End the session that the list shows under this name.
    #[arg(long, value_name = "SESSION", conflicts_with = "end_all")]
    end: Option<String>,
    /// End all of them.
    #[arg(long)]
    end_all: bool,
}

impl Sessions {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        match (self.end, self.end_all) {
            (Some(session), _) => end(desk, &self.user, Which::Named(session)).await,
            (None, true) => end(desk, &self.user, Which::All).await,
            (None, false) => list(desk, &self.user).await,
        }
    }
}

async fn list(desk: &Desk, user: &Target) -> Result<(), Failure> {
    let caller = desk.caller(Operation::ReadSessions).await?;
    let sessions = desk.installation.gate.list_sessions(&caller, user).await?;
    let lines: Vec<_> = sessions.iter().map(shapes::session_line).collect();
    let shown: Vec<_> = sessions.iter().map(shapes::session).collect();
    desk.say(&lines.join("\n"), &shown.into());
    Ok(())
}

async fn end(desk: &Desk, user: &Target, which: Which) -> Result<(), Failure> {
    let caller = desk.caller(Operation::EndSessions).await?;
    let receipt = desk.installation.gate.end_sessions(&caller, user, &which).await?;
    let number = match user {
        Target::Number(number) => Some(*number),
        Target::Myself | Target::Portal { .. } => None,
    };
    let text = format!("{} sessions ended, audit {}", receipt.sessions_ended, receipt.audit);
    desk.say(&text, &shapes::receipt(number, &receipt));
    Ok(())
}
