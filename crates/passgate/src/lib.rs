//! The program: command line, configuration, wiring, telemetry, shutdown.
//!
//! No rule lives here: every command that changes something goes through the gate, like any door. Start at
//! [`cli`]; how the parts are put together stands in [`wiring`], what a connection has to keep to in [`serve`].

pub mod breach_list;
pub mod cli;
pub mod config;
pub mod hardening;
pub mod keys;
pub mod private_file;
pub mod serve;
pub mod telemetry;
pub mod trail;
pub mod watching;
pub mod wiring;
