//! `POST /v2/users`: makes a user. Contract: ecgrid-rest 2.4, 3 #2, #5, #6, 4.2.

use passgate_gate::authority::Act;
use passgate_gate::level::Level;
use passgate_gate::operations::{CreateUser, Demand};
use passgate_gate::password::Password;

use crate::call::{Answer, Call};
use crate::envelope;
use crate::json::Fields;
use crate::problem::Problem;
use crate::user_info::UserIdInfo;

const FIELDS: &[&str] =
    &["login", "loginName", "password", "email", "firstName", "lastName", "networkId", "mailboxId", "authLevel"];

pub(super) async fn create(mut call: Call) -> Answer {
    call.permit(Act::Administer).await?;
    let body = call.body().await?;
    let fields = body.fields(FIELDS)?;
    let wanted = CreateUser {
        id: None,
        login: login(&fields)?,
        password: Password::new(fields.required_secret("password")?),
        email: fields.required_text("email")?,
        first_name: fields.text("firstName")?.unwrap_or_default(),
        last_name: fields.text("lastName")?.unwrap_or_default(),
        tenant: fields.integer("networkId")?,
        mailbox: fields.integer("mailboxId")?,
        level: level(&fields)?,
        portal_id: None,
        profile: call.app.profile,
        demand: Demand::ByRule,
    };
    let account = call.gate().create_user(&call.caller, wanted).await?;
    Ok(envelope::data(UserIdInfo::from(&account.user)))
}

/// `loginName` stands in for `login`; `email` is only the address here. Contract: ecgrid-rest 3 #2.
fn login(fields: &Fields<'_>) -> Result<String, Problem> {
    let login = fields.text("login")?.filter(|login| !login.is_empty());
    let login = match login {
        Some(login) => Some(login),
        None => fields.text("loginName")?.filter(|login| !login.is_empty()),
    };
    login.ok_or_else(|| Problem::required("login"))
}

/// `NoChange` as a value leaves what is there, which for a new user is the default. Contract: ecgrid-rest 3 #12.
fn level(fields: &Fields<'_>) -> Result<Level, Problem> {
    match fields.text("authLevel")? {
        Some(name) if !name.eq_ignore_ascii_case("NoChange") => {
            name.parse().map_err(|_| Problem::not_valid("authLevel"))
        }
        _ => Ok(Level::MailboxUser),
    }
}
