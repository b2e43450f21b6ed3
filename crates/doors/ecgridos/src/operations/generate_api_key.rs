//! `GenerateAPIKey`: a new API key for a user, shown this once; the one before it dies.
//!
//! Contract: ecgridos-soap 2.4, 3 #21; authorisation 4.5.

use passgate_gate::audit;
use passgate_gate::authority::Act;
use passgate_soap::{Operation, Parameter, Signature, Type, Value};
use zeroize::Zeroizing;

use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::service::{ALL, Served};

pub(crate) const SERVED: Served =
    Served { declaration: &OPERATION, perform: |asked| Box::pin(generate_api_key(asked)) };

static OPERATION: Operation = Operation {
    name: "GenerateAPIKey",
    documentation: "Makes a new API key for a user and returns it, once.",
    safe: false,
    signatures: &[Signature {
        variants: ALL,
        parameters: &[Parameter::required("SessionID", Type::String), Parameter::required("UserID", Type::Int)],
        result: Some(Type::String),
    }],
    synonyms: &[],
    also: &[],
};

async fn generate_api_key(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let gate = asked.gate();
    let caller = asked.caller(audit::Operation::GenerateApiKey).await?;
    gate.permit(&caller, Act::Edit).await?;
    let target = asked.user(&caller).await?;
    let key = gate.generate_api_key(&caller, &target).await?;
    Ok(Value::Secret(Zeroizing::new(key.expose().to_owned())))
}
