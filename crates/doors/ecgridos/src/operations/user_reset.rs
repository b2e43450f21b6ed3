//! `UserReset`: ends a user's sessions and lifts throttle and lock; keys stay.
//!
//! Contract: ecgridos-soap 2.6, 3 #11; authorisation 3.6, 3.7.

use passgate_gate::audit;
use passgate_gate::authority::Act;
use passgate_soap::{Operation, Parameter, Signature, Type, Value};

use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::service::{ALL, Served};

pub(crate) const SERVED: Served = Served { declaration: &OPERATION, perform: |asked| Box::pin(user_reset(asked)) };

static OPERATION: Operation = Operation {
    name: "UserReset",
    documentation: "Ends all sessions of a user and lifts its lock.",
    safe: false,
    signatures: &[Signature {
        variants: ALL,
        parameters: &[Parameter::required("SessionID", Type::String), Parameter::required("UserID", Type::Int)],
        result: Some(Type::Boolean),
    }],
    synonyms: &[],
    also: &[],
};

async fn user_reset(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let caller = asked.caller(audit::Operation::ResetUser).await?;
    asked.gate().permit(&caller, Act::Administer).await?;
    let target = asked.user(&caller).await?;
    asked.gate().reset_user(&caller, &target).await?;
    Ok(Value::from(true))
}
