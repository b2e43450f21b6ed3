//! `POST /v2/auth/session`: who is calling, and until when. Contract: ecgrid-rest 2.3, 4.2.

use passgate_gate::{Denied, Error};
use serde::Serialize;

use crate::call::{Answer, Call};
use crate::envelope;
use crate::user_info::utc;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionInfo<'c> {
    user_id: i32,
    login: &'c str,
    network_id: i32,
    mailbox_id: i32,
    auth_level: &'static str,
    /// None for an API key, which is no session.
    expires_at: Option<String>,
}

pub(super) async fn session(mut call: Call) -> Answer {
    call.no_fields().await?;
    let account = call.caller.account().ok_or(Error::Denied(Denied::UserNotFound))?;
    let user = &account.user;
    let info = SessionInfo {
        user_id: user.id.get(),
        login: &user.login,
        network_id: user.tenant.get(),
        mailbox_id: user.mailbox.get(),
        auth_level: user.level.name(),
        expires_at: call.caller.session().map(|session| utc(session.expires)),
    };
    Ok(envelope::auth_data(info, ""))
}
