//! The gate: the one place through which every change of a password passes, whichever door it came by.
//!
//! Pure rules ([`level`], [`authority`], [`policy`], [`throttle`]) and the operations that use them
//! ([`Gate`]), with traits for what they need: [`store::Store`], [`hasher::Hasher`], [`clock::Clock`],
//! [`rng::Rng`]. No HTTP, no XML, no SQL. Start reading at [`operations`].

pub mod audit;
pub mod clock;
pub mod digest;
pub mod hasher;
pub mod ids;
pub mod level;
pub mod password;
pub mod policy;
pub mod rng;
pub mod secret;
pub mod session;
pub mod store;
pub mod throttle;
pub mod user;
