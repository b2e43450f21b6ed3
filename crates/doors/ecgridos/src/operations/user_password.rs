//! `UserPassword`: sets the password of a user, in the form with three parameters and in the one with six.
//!
//! Contract: ecgridos-soap 1, 3 #5, 4.3 and the order of checks at the end of 3.

use passgate_gate::audit;
use passgate_gate::authority::Act;
use passgate_gate::caller::Caller;
use passgate_gate::operations::{Demand, SetPassword};
use passgate_gate::password::Password;
use passgate_soap::{Operation, Parameter, Signature, Type, Value};

use crate::asked::Asked;
use crate::refusal::{Code, Refusal};
use crate::service::{NEWER_ONLY, PUBLISHED, Served};

pub(crate) const SERVED: Served = Served { declaration: &OPERATION, perform: |asked| Box::pin(user_password(asked)) };

static OPERATION: Operation = Operation {
    name: "UserPassword",
    documentation: "Sets the password of a user whom the caller administers.",
    safe: false,
    signatures: &[
        Signature {
            variants: NEWER_ONLY,
            parameters: &[
                Parameter::required("SessionID", Type::String),
                Parameter::required("UserID", Type::Int),
                Parameter::required("NewPassword", Type::String),
            ],
            result: Some(Type::Boolean),
        },
        Signature {
            variants: PUBLISHED,
            parameters: &[
                Parameter::required("SessionID", Type::String),
                Parameter::required("UserID", Type::Int),
                Parameter::optional("CurrentRecoveryAnswer", Type::String),
                Parameter::required("Password", Type::String),
                Parameter::optional("RecoveryQuestion", Type::String),
                Parameter::optional("RecoveryAnswer", Type::String),
            ],
            result: Some(Type::Boolean),
        },
    ],
    synonyms: &[&["NewPassword", "Password"]],
    also: &[],
};

/// Characters of a recovery question or answer. Contract: ecgridos-soap 2.6.
const MOST_RECOVERY: usize = 50;

async fn user_password(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let gate = asked.gate();
    let caller = asked.caller(audit::Operation::SetPassword).await?;
    gate.permit(&caller, Act::SetPassword).await?;
    let target = asked.user(&caller).await?;
    // Judged here too, so that what is wrong with other fields is told to nobody who may not know the user.
    gate.permit_over(&caller, Act::SetPassword, &target).await?;
    let (password, parameter) = new_password(asked, &caller).await?;
    let recovery_question = recovery_question(asked, &caller).await?;
    let profile = asked.door.settings.profile;
    let set = SetPassword { target, password, profile, demand: Demand::ByRule, recovery_question };
    gate.set_password(&caller, set).await.map_err(|error| Refusal::of(error, parameter))?;
    Ok(Value::from(true))
}

/// The new password and the parameter that it came in.
async fn new_password(asked: &Asked<'_>, caller: &Caller) -> Result<(Password, &'static str), Refusal> {
    let call = asked.call;
    let parameter = match (call.text("NewPassword"), call.text("Password")) {
        (Some(new), Some(old_form)) if new != old_form => {
            let message = "NewPassword and Password differ.";
            return Err(asked.refuse(caller, "two-passwords", Code::DataError, "NewPassword", message).await);
        }
        (None, _) if is_six_parameter_form(asked) => "Password",
        (Some(_) | None, _) => "NewPassword",
    };
    Ok((asked.password(parameter), parameter))
}

fn is_six_parameter_form(asked: &Asked<'_>) -> bool {
    ["Password", "CurrentRecoveryAnswer", "RecoveryQuestion", "RecoveryAnswer"]
        .into_iter()
        .any(|name| asked.call.argument(name).is_some())
}

/// The question is kept if there is one. The answer is a secret for which nothing asks: only its length is looked at.
async fn recovery_question(asked: &Asked<'_>, caller: &Caller) -> Result<Option<String>, Refusal> {
    for name in ["RecoveryQuestion", "RecoveryAnswer"] {
        if asked.call.text(name).is_some_and(|text| text.chars().count() > MOST_RECOVERY) {
            let message = format!("Too long (max={MOST_RECOVERY}).");
            return Err(asked.refuse(caller, "recovery-too-long", Code::InvalidDataLength, name, message).await);
        }
    }
    Ok(asked.call.text("RecoveryQuestion").filter(|text| !text.is_empty()).map(str::to_owned))
}
