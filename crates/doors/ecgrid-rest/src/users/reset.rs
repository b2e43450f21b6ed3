//! `POST /v2/users/reset/{id}`: ends all sessions of a user, clears throttle and lock. Contract: ecgrid-rest 3 #24.

use passgate_gate::authority::Act;
use passgate_gate::operations::Target;

use crate::call::{Answer, Call};
use crate::envelope;

pub(super) async fn reset(mut call: Call) -> Answer {
    call.permit(Act::Administer).await?;
    let target = Target::Number(call.path_id().await?);
    call.no_fields().await?;
    call.gate().reset_user(&call.caller, &target).await?;
    Ok(envelope::data(true))
}
