//! `POST /v2/users/key-generate/{id}`, and `/v2/users/{id}/generate-api-key`: a new primary API key, shown this
//! once; the one before it dies at once. Contract: ecgrid-rest 2.4, 3 #7 and #8.

use passgate_gate::authority::Act;
use passgate_gate::operations::Target;

use crate::call::{Answer, Call};
use crate::envelope;
use crate::problem::Problem;

pub(super) async fn generate_key(mut call: Call) -> Answer {
    call.permit(Act::Edit).await?;
    let id = call.path_id().await?;
    let body = call.body().await?;
    if body.optional_fields(&["userId"])?.integer("userId")?.is_some_and(|in_body| in_body != id) {
        return Err(Problem::two_ids().into());
    }
    let key = call.gate().generate_api_key(&call.caller, &Target::Number(id)).await?;
    Ok(envelope::data(key.expose()))
}
