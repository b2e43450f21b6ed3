//! `POST /v2/auth/logout`: ends the calling session; an API key stays valid. Contract: ecgrid-rest 2.3, 4.2.

use crate::call::{Answer, Call};
use crate::envelope;

pub(super) async fn logout(mut call: Call) -> Answer {
    call.no_fields().await?;
    call.gate().sign_out(&call.caller).await?;
    Ok(envelope::auth_data((), "Logged out."))
}
