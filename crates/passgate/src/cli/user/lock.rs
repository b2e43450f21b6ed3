//! `passgate user lock` and `unlock`.

use passgate_gate::audit::Operation;
use passgate_gate::operations::Target;

use crate::cli::desk::Desk;
use crate::cli::{Failure, shapes};

pub(super) async fn run(desk: &Desk, target: &Target, locked: bool) -> Result<(), Failure> {
    let caller = desk.caller(Operation::LockUser).await?;
    let account = desk.installation.gate.lock_user(&caller, target, locked).await?;
    desk.say(&shapes::account_line(&account), &shapes::account(&account));
    Ok(())
}
