//! Malformed and hostile input through a real server, over raw sockets. After each one the answer is the documented one,
//! exactly one audit record tells of it (R108), the server lives, and the old password still works.
//!
//! One theme, one file. Single rows of the contracts stand with each door's own tests; `house.rs` is how a row is
//! judged here.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

mod header_tokens;
mod house;
mod http;
mod json;
mod requests;
mod smuggling;
mod tokens;
mod xml;

#[path = "../support/mod.rs"]
mod support;
