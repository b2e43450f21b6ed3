//! What the program is made of besides our own code: the packages of `Cargo.lock`, and what is asked of them.
//!
//! `rules` asks what can be asked without a network (licences, sources, checksums, duplicates), `advisories` holds
//! the packages against a database of known weaknesses, `inventory` lists what the shipped program links. What
//! is allowed stands in `supply-chain.toml`, with a day on which each exception ends (R123).

pub(crate) mod advisories;
pub(crate) mod inventory;
mod licences;
mod linked;
pub(crate) mod packages;
pub(crate) mod rules;
mod written;
