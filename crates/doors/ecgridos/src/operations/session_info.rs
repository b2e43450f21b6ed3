//! `SessionInfo`: the session that is shown.
//!
//! Contract: ecgridos-soap 2.4, 2.5.

use passgate_gate::audit;
use passgate_soap::{Field, Object, Operation, Parameter, Signature, Type, Value};

use crate::asked::Asked;
use crate::refusal::{Refusal, Told};
use crate::service::{NEWER_ONLY, Served};
use crate::types::or_never;

pub(crate) const SERVED: Served = Served { declaration: &OPERATION, perform: |asked| Box::pin(session_info(asked)) };

static OPERATION: Operation = Operation {
    name: "SessionInfo",
    documentation: "Tells about a session.",
    safe: false,
    signatures: &[Signature {
        variants: NEWER_ONLY,
        parameters: &[Parameter::required("SessionID", Type::String)],
        result: Some(Type::Object(&SESSION_ID_INFO)),
    }],
    synonyms: &[],
    also: &[],
};

static SESSION_ID_INFO: Object = Object {
    name: "SessionIDInfo",
    fields: &[
        Field::new("SessionID", Type::String),
        Field::new("UserID", Type::Int),
        Field::new("NetworkID", Type::Int),
        Field::new("MailboxID", Type::Int),
        Field::new("Created", Type::DateTime),
        Field::new("Expires", Type::DateTime),
    ],
};

/// An API key is no session: it has an owner, but no id to tell and no times.
async fn session_info(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let caller = asked.caller(audit::Operation::ReadSession).await?;
    let account = caller.account().ok_or_else(|| Refusal::Told(Told::unforeseen()))?;
    let session = caller.session();
    let ends = session.map(|session| session.expires.min(session.absolute));
    Ok(Value::Object(vec![
        ("SessionID", session.map(|_| asked.session_id()).into()),
        ("UserID", account.user.id.get().into()),
        ("NetworkID", account.user.tenant.get().into()),
        ("MailboxID", account.user.mailbox.get().into()),
        ("Created", or_never(session.map(|session| session.created)).into()),
        ("Expires", or_never(ends).into()),
    ]))
}
