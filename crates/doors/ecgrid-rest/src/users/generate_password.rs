//! `POST /v2/users/generate-password`: a password that satisfies the whole policy. Contract: ecgrid-rest 3 #18.

use passgate_gate::authority::Act;
use passgate_gate::policy::DEFAULT_LENGTH;

use crate::call::{Answer, Call};
use crate::envelope;

pub(super) async fn generate_password(mut call: Call) -> Answer {
    call.permit(Act::Read).await?;
    let body = call.body().await?;
    let asked = body.optional_fields(&["length"])?.integer("length")?;
    let length = match asked {
        // A negative length is as far out of range as none at all.
        Some(length) => usize::try_from(length).unwrap_or(0),
        None => DEFAULT_LENGTH.max(call.gate().policy().min_length(call.app.profile)),
    };
    let password = call.gate().generate_password(&call.caller, length).await?;
    Ok(envelope::data(password.expose()))
}
