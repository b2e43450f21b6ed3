//! `setUserPassword`: sets the password of a user of one's company.
//!
//! Contract: omnitracs-soap 1, 3 #6, #9, #10, 4.2.

use passgate_gate::audit;
use passgate_gate::authority::Act;
use passgate_gate::caller::Caller;
use passgate_gate::operations::{Demand, SetPassword, Target};
use passgate_gate::password::Password;
use passgate_soap::call::Call;
use passgate_soap::declaration::{Operation, Parameter, Signature, Type};
use passgate_soap::value::Value;

use crate::door::Door;
use crate::refusal::{Refusal, UNKNOWN};
use crate::service::{PORTAL, Served};

pub(crate) const SERVED: Served = Served {
    declaration: &OPERATION,
    recorded_as: audit::Operation::SetPassword,
    perform: |door, caller, call| Box::pin(set_user_password(door, caller, call)),
};

static OPERATION: Operation = Operation {
    name: "setUserPassword",
    documentation: "Sets the password of a user, and may ask the user to change it at the next login.",
    safe: false,
    signatures: &[Signature {
        variants: &[&PORTAL],
        parameters: &[
            Parameter::optional("companyId", Type::String),
            Parameter::required("userId", Type::String),
            Parameter::required("password", Type::String),
            Parameter::required("forcePwdReset", Type::Boolean),
        ],
        result: None,
    }],
    synonyms: &[],
    also: &[],
};

async fn set_user_password(door: &Door, caller: &Caller, call: &Call) -> Result<Value, Refusal> {
    door.gate.permit(caller, Act::SetPassword).await?;
    let target = Target::Portal {
        company: call.text("companyId").map(str::to_owned),
        user: call.text("userId").unwrap_or_default().to_owned(),
    };
    let Ok(force) = call.boolean("forcePwdReset") else {
        // What is wrong with the company or the user comes first. Contract: omnitracs-soap 3 #6.
        door.gate.permit_over(caller, Act::SetPassword, &target).await?;
        door.gate.refused(caller.origin(), Some(caller), "force-reset-no-boolean").await?;
        return Err(Refusal::exception(UNKNOWN));
    };
    let set = SetPassword {
        target,
        password: Password::new(call.secret("password").unwrap_or_default()),
        profile: door.settings.profile,
        demand: if force.unwrap_or(false) { Demand::Change } else { Demand::NoChange },
        recovery_question: None,
    };
    door.gate.set_password(caller, set).await?;
    Ok(Value::Nothing)
}
