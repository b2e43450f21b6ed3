//! A user as this API shows it. Contract: ecgrid-rest 2.4 (`UserIDInfo`).

use jiff::Timestamp;
use passgate_gate::user::User;
use serde::Serialize;

/// Members in the published order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserIdInfo {
    user_id: i32,
    login: String,
    email: String,
    first_name: String,
    last_name: String,
    network_id: i32,
    mailbox_id: i32,
    auth_level: &'static str,
    status: &'static str,
    created: String,
}

impl From<&User> for UserIdInfo {
    fn from(user: &User) -> Self {
        Self {
            user_id: user.id.get(),
            login: user.login.clone(),
            email: user.email.clone(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            network_id: user.tenant.get(),
            mailbox_id: user.mailbox.get(),
            auth_level: user.level.name(),
            status: user.status.name(),
            created: utc(user.created),
        }
    }
}

/// ISO 8601 in UTC with `Z`, whole seconds. Contract: ecgrid-rest 2.3.
pub(crate) fn utc(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
