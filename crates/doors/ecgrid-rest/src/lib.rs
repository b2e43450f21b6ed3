//! The ECGrid REST v2 door: `/v2/...` as the vendor documents it. Contract: ecgrid-rest.
//!
//! Each endpoint is one file that reads its request, calls one operation of the gate and renders the answer.
//! Deliberately not here: any rule about who may do what, or what a password must look like. Those are the gate's.

mod envelope;
mod json;
mod problem;
mod token;

pub use json::UnknownProperties;
pub use token::{SigningKey, TokenKeys};
