//! The Omnitracs Services Portal door: SOAP calls that prove their caller by a WS-Security UsernameToken.
//!
//! It reads a call, asks the gate, and writes what the gate decided in the words of the portal. No rule lives here.
//! Start reading at [`router`], then `set_user_password.rs`, which is how every operation looks. What SOAP itself needs
//! (envelopes, faults, WSDL, the token) is `passgate-soap`'s, declared in `service.rs`.
//!
//! Contract: omnitracs-soap.

mod door;
mod faults;
mod refusal;
mod service;
mod set_user_password;

pub use door::{Settings, router};
pub use service::{DESCRIPTION_PATH, PATH, SERVICE};
