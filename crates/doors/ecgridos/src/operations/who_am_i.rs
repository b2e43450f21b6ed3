//! `WhoAmI`: who the caller is.
//!
//! Contract: ecgridos-soap 2.4, 2.5. It reads the session, which one may do whose password has to change
//! (authorisation 3.5).

use passgate_gate::audit;
use passgate_gate::caller::Caller;
use passgate_gate::session::SessionKind;
use passgate_gate::user::Account;
use passgate_soap::{Field, Object, Operation, Parameter, Signature, Type, Value};

use crate::asked::Asked;
use crate::operations::version::VERSION;
use crate::refusal::{Refusal, Told};
use crate::service::{NEWER_ONLY, PUBLISHED, Served};
use crate::types::{AUTH_LEVEL, NEWER_USER, or_never, short};

pub(crate) const SERVED: Served = Served { declaration: &OPERATION, perform: |asked| Box::pin(who_am_i(asked)) };

static OPERATION: Operation = Operation {
    name: "WhoAmI",
    documentation: "Tells who the caller is.",
    safe: false,
    signatures: &[
        Signature {
            variants: NEWER_ONLY,
            parameters: &[Parameter::required("SessionID", Type::String)],
            result: Some(Type::Object(&NEWER_USER)),
        },
        Signature {
            variants: PUBLISHED,
            parameters: &[Parameter::required("SessionID", Type::String)],
            result: Some(Type::Object(&SESSION_INFO)),
        },
    ],
    synonyms: &[],
    also: &[],
};

/// `SessionInfo` of the published WSDL.
static SESSION_INFO: Object = Object {
    name: "SessionInfo",
    fields: &[
        Field::new("ECGridOSVersion", Type::String),
        Field::new("SessionID", Type::String),
        Field::new("SessionEventID", Type::Int),
        Field::new("UserID", Type::Int),
        Field::new("LoginName", Type::String),
        Field::new("FirstName", Type::String),
        Field::new("LastName", Type::String),
        Field::new("Company", Type::String),
        Field::new("EMail", Type::String),
        Field::new("Phone", Type::String),
        Field::new("TimeZoneOffset", Type::Float),
        Field::new("AuthLevel", Type::Enumeration(&AUTH_LEVEL)),
        Field::new("LastLogin", Type::DateTime),
        Field::new("OpenSessions", Type::Short),
        Field::new("TimeOut", Type::Short),
        Field::new("NetworkID", Type::Int),
        Field::new("MailboxID", Type::Int),
        Field::new("ip", Type::String),
    ],
};

async fn who_am_i(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let caller = asked.caller(audit::Operation::ReadSession).await?;
    let account = caller.account().ok_or_else(|| Refusal::Told(Told::unforeseen()))?;
    if asked.wants_newer_shape() {
        return Ok(briefly(account));
    }
    let open_sessions = asked.gate().open_sessions(account, SessionKind::Soap).await?;
    Ok(session_info(asked, &caller, account, open_sessions))
}

/// The five fields of the newer page.
fn briefly(account: &Account) -> Value {
    let user = &account.user;
    Value::Object(vec![
        ("UserID", user.id.get().into()),
        ("Login", user.login.as_str().into()),
        ("NetworkID", user.tenant.get().into()),
        ("MailboxID", user.mailbox.get().into()),
        ("AuthLevel", user.level.name().into()),
    ])
}

fn session_info(asked: &Asked<'_>, caller: &Caller, account: &Account, open_sessions: u32) -> Value {
    let user = &account.user;
    let idle = asked.gate().settings().sessions.soap_idle.as_secs();
    // A session may be told its own id; a key is shown once, when it is made.
    let session_id = caller.session().map(|_| asked.session_id());
    Value::Object(vec![
        ("ECGridOSVersion", VERSION.into()),
        ("SessionID", session_id.into()),
        ("SessionEventID", 0.into()),
        ("UserID", user.id.get().into()),
        ("LoginName", user.login.as_str().into()),
        ("FirstName", user.first_name.as_str().into()),
        ("LastName", user.last_name.as_str().into()),
        ("Company", account.tenant.name.as_str().into()),
        ("EMail", user.email.as_str().into()),
        ("Phone", "".into()),
        ("TimeZoneOffset", Value::Float(0.0)),
        ("AuthLevel", user.level.name().into()),
        ("LastLogin", or_never(user.last_login).into()),
        ("OpenSessions", short(open_sessions)),
        ("TimeOut", short(idle)),
        ("NetworkID", user.tenant.get().into()),
        ("MailboxID", user.mailbox.get().into()),
        ("ip", asked.arrival.client.source.to_string().into()),
    ])
}
