//! `Version`: which version of the documented API this is. Needs no session and carries no secret.
//!
//! Contract: ecgridos-soap 2.4, 3 #22.

use passgate_soap::{Operation, Signature, Type, Value};

use crate::service::{ALL, Served};

pub(crate) const SERVED: Served =
    Served { declaration: &OPERATION, perform: |_| Box::pin(async { Ok(Value::from(VERSION)) }) };

/// The version of the API, which says nothing about this program.
pub(crate) const VERSION: &str = "4.1";

static OPERATION: Operation = Operation {
    name: "Version",
    documentation: "Tells the version of the API.",
    safe: true,
    signatures: &[Signature { variants: ALL, parameters: &[], result: Some(Type::String) }],
    synonyms: &[],
    also: &[],
};
