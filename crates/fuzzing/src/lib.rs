//! What every parser promises of any bytes: one function per parser, which panics where a promise is broken.
//!
//! `fuzz/` calls them with bytes that a fuzzer makes up, `tests/corpus.rs` with the ones that it kept (R126). A promise
//! is more than not to panic: what is taken means what an independent reading says it means, and comes back the same
//! when it is written out and read again.
//!
//! Deliberately not here: single rows of the contracts. Each crate has them in its own tests.

mod choices;
pub mod configuration;
pub mod form_body;
pub mod policy;
pub mod rest_body;
mod service;
pub mod sign_in_name;
pub mod soap_envelope;
pub mod stored_hash;
pub mod token;
pub mod trail_line;
pub mod ws_security;

/// A promise of one parser, to be held for any bytes.
pub type Promise = fn(&[u8]);

/// Every promise under the name of its fuzz target, which is also the folder of its corpus.
pub const PROMISES: [(&str, Promise); 10] = [
    ("configuration", configuration::holds),
    ("form_body", form_body::holds),
    ("policy", policy::holds),
    ("rest_body", rest_body::holds),
    ("sign_in_name", sign_in_name::holds),
    ("soap_envelope", soap_envelope::holds),
    ("stored_hash", stored_hash::holds),
    ("token", token::holds),
    ("trail_line", trail_line::holds),
    ("ws_security", ws_security::holds),
];
