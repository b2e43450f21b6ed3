//! The gate: the one place through which every change of a password passes, whichever door it came by.
//!
//! Pure rules ([`level`], [`authority`], [`policy`], [`throttle`]) and the operations that use them
//! ([`Gate`]), with traits for what they need: [`store::Store`], [`hasher::Hasher`], [`clock::Clock`],
//! [`rng::Rng`]. No HTTP, no XML, no SQL. Start reading at [`operations`].

pub mod audit;
pub mod authority;
pub mod caller;
mod calls;
pub mod clock;
pub mod digest;
pub mod error;
mod gate;
pub mod hasher;
pub mod ids;
pub mod level;
pub mod networks;
pub mod observer;
pub mod operations;
pub mod password;
pub mod policy;
pub mod rate;
mod remembered;
pub mod rng;
pub mod secret;
pub mod session;
pub mod settings;
mod sources;
pub mod store;
pub mod throttle;
mod turns;
pub mod user;

pub use caller::{Caller, Origin, Proof};
pub use error::{Denied, Error, Field};
pub use gate::Gate;
pub use settings::Settings;
