//! `GET /v2/users/me`: the owner of the key or token. Contract: ecgrid-rest 2.4.

use passgate_gate::authority::Act;
use passgate_gate::operations::Target;

use crate::call::{Answer, Call};
use crate::envelope;
use crate::user_info::UserIdInfo;

pub(super) async fn me(mut call: Call) -> Answer {
    call.permit(Act::Read).await?;
    call.no_fields().await?;
    let account = call.gate().read_user(&call.caller, &Target::Myself).await?;
    Ok(envelope::data(UserIdInfo::from(&account.user)))
}
