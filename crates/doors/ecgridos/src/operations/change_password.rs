//! `ChangePassword`: changes the caller's own password.
//!
//! Contract: ecgridos-soap 2.4, 3 #11, 4.5; authorisation 3.5.

use passgate_gate::audit;
use passgate_gate::operations::ChangePassword;
use passgate_soap::{Operation, Parameter, Signature, Type, Value};

use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::service::{ALL, Served};

pub(crate) const SERVED: Served = Served { declaration: &OPERATION, perform: |asked| Box::pin(change_password(asked)) };

static OPERATION: Operation = Operation {
    name: "ChangePassword",
    documentation: "Changes the caller's own password.",
    safe: false,
    signatures: &[Signature {
        variants: ALL,
        parameters: &[
            Parameter::required("SessionID", Type::String),
            Parameter::required("OldPassword", Type::String),
            Parameter::required("NewPassword", Type::String),
        ],
        result: Some(Type::Boolean),
    }],
    synonyms: &[],
    also: &[],
};

async fn change_password(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let caller = asked.caller(audit::Operation::ChangePassword).await?;
    let change = ChangePassword {
        current: asked.password("OldPassword"),
        new: asked.password("NewPassword"),
        profile: asked.door.settings.profile,
    };
    asked.gate().change_password(&caller, change).await?;
    Ok(Value::from(true))
}
