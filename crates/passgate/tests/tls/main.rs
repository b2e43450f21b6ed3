//! TLS that ends in Passgate, asked by real clients: curl, `openssl s_client`, Python's `ssl`, and a rustls of
//! our own where it matters when bytes come.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

mod clients;
mod connections;
mod expiry;
mod house;
mod plain;
mod renewal;
mod start;
#[path = "../support/mod.rs"]
mod support;
