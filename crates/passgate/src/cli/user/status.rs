//! `passgate user suspend` and `activate`.

use passgate_gate::audit::Operation;
use passgate_gate::operations::{Target, UpdateUser};
use passgate_gate::user::Status;

use crate::cli::desk::Desk;
use crate::cli::{Failure, shapes};

pub(super) async fn run(desk: &Desk, target: Target, status: Status) -> Result<(), Failure> {
    let caller = desk.caller(Operation::UpdateUser).await?;
    let change = UpdateUser { target, email: None, first_name: None, last_name: None, status: Some(status) };
    let account = desk.installation.gate.update_user(&caller, change).await?;
    desk.say(&shapes::account_line(&account), &shapes::account(&account));
    Ok(())
}
