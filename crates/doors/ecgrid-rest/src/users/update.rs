//! `PUT /v2/users`, and `PUT /v2/users/{id}`: edits a profile or a status. Contract: ecgrid-rest 2.4, 3 #4.

use passgate_gate::authority::Act;
use passgate_gate::operations::{Target, UpdateUser};

use crate::call::{Answer, Call};
use crate::envelope;
use crate::problem::Problem;
use crate::user_info::UserIdInfo;

pub(super) async fn update(mut call: Call) -> Answer {
    call.permit(Act::Edit).await?;
    let in_path = call.optional_path_id().await?;
    let body = call.body().await?;
    let fields = body.fields(&["userId", "email", "firstName", "lastName", "status"])?;
    let in_body = fields.integer("userId")?;
    let target = match (in_path, in_body) {
        (Some(path), Some(body)) if path != body => return Err(Problem::two_ids().into()),
        (path, body) => path.or(body).ok_or_else(|| Problem::required("userId"))?,
    };
    let wanted = UpdateUser {
        target: Target::Number(target),
        email: fields.text("email")?,
        first_name: fields.text("firstName")?,
        last_name: fields.text("lastName")?,
        status: fields
            .text("status")?
            .map(|status| status.parse().map_err(|_| Problem::not_valid("status")))
            .transpose()?,
    };
    let account = call.gate().update_user(&call.caller, wanted).await?;
    Ok(envelope::data(UserIdInfo::from(&account.user)))
}
