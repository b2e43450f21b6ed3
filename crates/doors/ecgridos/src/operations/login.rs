//! `Login`: opens a session for a name and a password.
//!
//! Contract: ecgridos-soap 2.4, 3 #6, #10, 4.5; authorisation 3.1.

use passgate_gate::audit;
use passgate_gate::operations::SignIn;
use passgate_gate::session::SessionKind;
use passgate_soap::{Operation, Parameter, Signature, Type, Value};
use zeroize::Zeroizing;

use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::service::{NEWER_ONLY, PUBLISHED, Served};

pub(crate) const SERVED: Served = Served { declaration: &OPERATION, perform: |asked| Box::pin(login(asked)) };

static OPERATION: Operation = Operation {
    name: "Login",
    documentation: "Opens a session and returns its SessionID.",
    safe: false,
    signatures: &[
        Signature {
            variants: NEWER_ONLY,
            parameters: &[
                Parameter::required("UserName", Type::String),
                Parameter::required("Password", Type::String),
                Parameter::optional("SenderSolution", Type::String),
                Parameter::optional("SenderVersion", Type::String),
                Parameter::optional("SenderCompanyName", Type::String),
                Parameter::optional("SenderContact", Type::String),
                Parameter::optional("SenderContactEmail", Type::String),
            ],
            result: Some(Type::String),
        },
        Signature {
            variants: PUBLISHED,
            parameters: &[
                Parameter::required("LoginName", Type::String),
                Parameter::required("Password", Type::String),
            ],
            result: Some(Type::String),
        },
    ],
    synonyms: &[&NAMES],
    also: &[
        Parameter::optional("Login", Type::String),
        Parameter::optional("Email", Type::String),
        Parameter::optional("UserID", Type::String),
    ],
};

/// The parameters that a login name comes in; the first one that is given counts.
const NAMES: [&str; 5] = ["LoginName", "UserName", "Login", "Email", "UserID"];

async fn login(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let name = NAMES.into_iter().find_map(|name| asked.call.text(name)).unwrap_or_default();
    let sign_in = SignIn { kind: SessionKind::Soap, name: name.to_owned(), password: asked.password("Password") };
    let origin = asked.origin(audit::Operation::SignIn);
    let signed_in = asked.gate().sign_in(&origin, &sign_in).await?;
    // Only of a caller who proved to be somebody: what strangers write here does not belong in a log.
    if let Some(solution) = asked.call.text("SenderSolution") {
        let solution: String = solution.chars().take(50).collect();
        tracing::info!(solution, "the client of a session named itself");
    }
    Ok(Value::Secret(Zeroizing::new(signed_in.token.expose().to_owned())))
}
