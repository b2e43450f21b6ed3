//! `UserInfo`: a user that the caller may see.
//!
//! Contract: ecgridos-soap 2.4, 2.5, 4.5; authorisation 4.5.

use passgate_gate::audit;
use passgate_gate::authority::Act;
use passgate_gate::session::SessionKind;
use passgate_soap::{Operation, Parameter, Signature, Type, Value};

use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::service::{NEWER_ONLY, PUBLISHED, Served};
use crate::types::{NEWER_USER, PUBLISHED_USER, newer_user, published_user};

pub(crate) const SERVED: Served = Served { declaration: &OPERATION, perform: |asked| Box::pin(user_info(asked)) };

static OPERATION: Operation = Operation {
    name: "UserInfo",
    documentation: "Tells about a user.",
    safe: false,
    signatures: &[
        Signature {
            variants: NEWER_ONLY,
            parameters: &[Parameter::required("SessionID", Type::String), Parameter::required("UserID", Type::Int)],
            result: Some(Type::Object(&NEWER_USER)),
        },
        Signature {
            variants: PUBLISHED,
            parameters: &[Parameter::required("SessionID", Type::String), Parameter::required("UserID", Type::Int)],
            result: Some(Type::Object(&PUBLISHED_USER)),
        },
    ],
    synonyms: &[],
    also: &[],
};

async fn user_info(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let gate = asked.gate();
    let caller = asked.caller(audit::Operation::ReadUser).await?;
    gate.permit(&caller, Act::Read).await?;
    let target = asked.user(&caller).await?;
    let account = gate.read_user(&caller, &target).await?;
    if asked.wants_newer_shape() {
        return Ok(newer_user(&account));
    }
    let open_sessions = gate.open_sessions(&account, SessionKind::Soap).await?;
    let locked_out = account.shown_as_locked_out(&gate.settings().throttle, gate.now());
    Ok(published_user(&account, locked_out, open_sessions))
}
