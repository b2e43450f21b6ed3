//! `passgate user reset`.

use passgate_gate::audit::Operation;
use passgate_gate::operations::Target;

use crate::cli::desk::Desk;
use crate::cli::{Failure, shapes};

pub(super) async fn run(desk: &Desk, target: &Target) -> Result<(), Failure> {
    let caller = desk.caller(Operation::ResetUser).await?;
    let receipt = desk.installation.gate.reset_user(&caller, target).await?;
    let number = match target {
        Target::Number(number) => Some(*number),
        Target::Myself | Target::Portal { .. } => None,
    };
    let text = format!("{} sessions ended, lock and delay lifted, audit {}", receipt.sessions_ended, receipt.audit);
    desk.say(&text, &shapes::receipt(number, &receipt));
    Ok(())
}
