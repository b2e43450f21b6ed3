//! The ECGridOS SOAP door: users, sessions and keys, in the three namespaces and two shapes that its clients know.
//!
//! It reads a call, asks the gate, and writes what the gate decided in the words of ECGridOS. No rule lives here.
//! Start reading at [`router`], then `operations/user_password.rs`; every operation is one file there. What SOAP itself
//! needs (envelopes, forms, WSDL, help pages) is `passgate-soap`'s, declared in `service.rs`.
//!
//! Contract: ecgridos-soap.

mod asked;
mod door;
mod fault;
mod operations;
mod refusal;
mod service;
mod types;

pub use door::{Settings, router};
pub use service::{PATH, SERVICE};
