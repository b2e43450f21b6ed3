//! `NowUTC`: what time it is here. Needs no session and carries no secret.
//!
//! Contract: ecgridos-soap 2.4, 3 #17, #22.

use passgate_soap::{Operation, Signature, Type, Value};

use crate::service::{ALL, Served};

pub(crate) const SERVED: Served =
    Served { declaration: &OPERATION, perform: |asked| Box::pin(async { Ok(Value::from(asked.gate().now())) }) };

static OPERATION: Operation = Operation {
    name: "NowUTC",
    documentation: "Tells the time of the server, in UTC.",
    safe: true,
    signatures: &[Signature { variants: ALL, parameters: &[], result: Some(Type::DateTime) }],
    synonyms: &[],
    also: &[],
};
