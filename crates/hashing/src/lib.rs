//! The hashing lane: Argon2id in a fixed budget of memory and time.
//!
//! [`HashingLane`] is the gate's [`passgate_gate::hasher::Hasher`]. It owns its threads, one per slot, each
//! with its Argon2 blocks allocated once and reused; a bounded queue in front of them admits or refuses at
//! once. Nothing else in the tree hashes a password, and nothing here knows who may set one.
//!
//! Start reading at [`HashingLane`]; a request then passes `queue` (who may wait, who is next), `lane` (the
//! threads), `slot` (what one thread does) and `engine` (the Argon2 implementations).

mod cost;
mod engine;
mod figures;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod hashing_lane;
mod known_answers;
mod lane;
mod observer;
mod pepper;
mod priority;
mod queue;
mod settings;
mod slot;
mod stored;

pub use cost::{Cost, CostError};
pub use engine::Implementation;
pub use figures::Figures;
pub use hashing_lane::{HashingLane, StartError};
pub use observer::Observer;
pub use pepper::{Pepper, PepperError, PepperId, PepperKey};
pub use settings::Settings;
