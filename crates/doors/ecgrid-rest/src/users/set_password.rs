//! `POST /v2/users/password`: an administrator sets a user's password. Contract: ecgrid-rest 1, 4.1.

use passgate_gate::authority::Act;
use passgate_gate::operations::{Demand, SetPassword, Target};
use passgate_gate::password::Password;

use crate::call::{Answer, Call};
use crate::envelope;

pub(super) async fn set_password(mut call: Call) -> Answer {
    call.permit(Act::SetPassword).await?;
    let body = call.body().await?;
    let fields = body.fields(&["userId", "newPassword"])?;
    let set = SetPassword {
        target: Target::Number(fields.required_integer("userId")?),
        password: Password::new(fields.required_secret("newPassword")?),
        profile: call.app.profile,
        demand: Demand::ByRule,
        recovery_question: None,
    };
    let receipt = call.gate().set_password(&call.caller, set).await?;
    Ok(envelope::with_receipt(envelope::data(true), &receipt))
}
