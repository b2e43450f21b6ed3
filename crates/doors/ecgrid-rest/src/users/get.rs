//! `GET /v2/users/{id}`: a user that the caller may see. Contract: ecgrid-rest 2.4.

use passgate_gate::authority::Act;
use passgate_gate::operations::Target;

use crate::call::{Answer, Call};
use crate::envelope;
use crate::user_info::UserIdInfo;

pub(super) async fn get(mut call: Call) -> Answer {
    call.permit(Act::Read).await?;
    let target = Target::Number(call.path_id().await?);
    call.no_fields().await?;
    let account = call.gate().read_user(&call.caller, &target).await?;
    Ok(envelope::data(UserIdInfo::from(&account.user)))
}
