//! `GeneratePassword`: a password that satisfies every rule, kept nowhere.
//!
//! Contract: ecgridos-soap 2.4, 4.5.

use passgate_gate::audit;
use passgate_soap::{Operation, Parameter, Signature, Type, Value};
use zeroize::Zeroizing;

use crate::asked::Asked;
use crate::refusal::{Code, Refusal};
use crate::service::{ALL, Served};

pub(crate) const SERVED: Served =
    Served { declaration: &OPERATION, perform: |asked| Box::pin(generate_password(asked)) };

static OPERATION: Operation = Operation {
    name: "GeneratePassword",
    documentation: "Returns a random password that satisfies every rule.",
    safe: false,
    signatures: &[Signature {
        variants: ALL,
        parameters: &[Parameter::required("SessionID", Type::String), Parameter::optional("Length", Type::Short)],
        result: Some(Type::String),
    }],
    synonyms: &[],
    also: &[],
};

const LENGTH: i16 = 12;

async fn generate_password(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let caller = asked.caller(audit::Operation::GeneratePassword).await?;
    let Ok(length) = asked.call.short("Length") else {
        let message = "Length must be an integer.";
        return Err(asked.refuse(&caller, "length-no-integer", Code::InvalidDataType, "Length", message).await);
    };
    // A negative length is as far out of range as 0.
    let length = usize::try_from(length.unwrap_or(LENGTH)).unwrap_or_default();
    let password = asked.gate().generate_password(&caller, length).await?;
    Ok(Value::Secret(Zeroizing::new(password.expose().to_owned())))
}
