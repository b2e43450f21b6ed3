//! `PUT /v2/auth/password`: a change of one's own password. Contract: ecgrid-rest 2.3, 3 #16, 4.2.

use passgate_gate::operations::ChangePassword;
use passgate_gate::password::Password;

use crate::call::{Answer, Call};
use crate::envelope;

pub(super) async fn change_password(mut call: Call) -> Answer {
    let body = call.body().await?;
    let fields = body.fields(&["currentPassword", "newPassword"])?;
    let change = ChangePassword {
        current: Password::new(fields.required_secret("currentPassword")?),
        new: Password::new(fields.required_secret("newPassword")?),
        profile: call.app.profile,
    };
    let receipt = call.gate().change_password(&call.caller, change).await?;
    Ok(envelope::with_receipt(envelope::auth_data((), "Password changed."), &receipt))
}
