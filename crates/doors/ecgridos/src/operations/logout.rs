//! `Logout`: ends the session.
//!
//! Contract: ecgridos-soap 2.4, 3 #13.

use passgate_gate::audit;
use passgate_gate::error::Error;
use passgate_soap::{Operation, Parameter, Signature, Type, Value};

use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::service::{NEWER_ONLY, PUBLISHED, Served};

pub(crate) const SERVED: Served = Served { declaration: &OPERATION, perform: |asked| Box::pin(logout(asked)) };

static OPERATION: Operation = Operation {
    name: "Logout",
    documentation: "Ends a session. An API key stays valid.",
    safe: false,
    signatures: &[
        Signature {
            variants: NEWER_ONLY,
            parameters: &[Parameter::required("SessionID", Type::String)],
            result: Some(Type::Boolean),
        },
        Signature {
            variants: PUBLISHED,
            parameters: &[Parameter::required("SessionID", Type::String)],
            result: Some(Type::Int),
        },
    ],
    synonyms: &[],
    also: &[],
};

/// The newer shape tells whether there was a session to end; the published one how many milliseconds it lasted.
async fn logout(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let gate = asked.gate();
    let caller = match asked.caller(audit::Operation::SignOut).await {
        Ok(caller) => caller,
        Err(Error::Unidentified) if asked.wants_newer_shape() => return Ok(Value::from(false)),
        Err(error) => return Err(error.into()),
    };
    gate.sign_out(&caller).await?;
    if asked.wants_newer_shape() {
        return Ok(Value::from(true));
    }
    let lasted = caller.session().map_or(0, |session| gate.now().duration_since(session.created).as_millis());
    Ok(Value::from(i32::try_from(lasted).unwrap_or(i32::MAX)))
}
