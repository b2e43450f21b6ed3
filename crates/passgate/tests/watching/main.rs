//! Watching a server as its operator does: metrics, health, log, doctor, tune. R95, R111 to R113.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

mod doctor;
mod health;
mod house;
mod logs;
mod metrics;
mod server;
#[cfg(feature = "otel")]
mod traces;

#[path = "../support/mod.rs"]
mod support;
