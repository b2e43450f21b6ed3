//! `passgate user show`.

use std::fmt::Write as _;

use passgate_gate::audit::Operation;
use passgate_gate::operations::Target;

use crate::cli::desk::Desk;
use crate::cli::{Failure, shapes};

pub(super) async fn run(desk: &Desk, target: &Target) -> Result<(), Failure> {
    let caller = desk.caller(Operation::ReadUser).await?;
    let account = desk.installation.gate.read_user(&caller, target).await?;
    let json = shapes::account(&account);
    let mut text = String::new();
    for (name, value) in json.as_object().into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let _ = writeln!(text, "{:<20}{value}", name.replace('_', " "));
    }
    desk.say(&text, &json);
    Ok(())
}
