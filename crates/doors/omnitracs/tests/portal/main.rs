//! The portal door, from outside: real requests through the dressed router to a real gate over a real SQLite file, with
//! the real hashing lane. Only the clock is ours.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod audit;
mod authentication;
mod authority;
mod engine;
mod fixtures;
mod force_pwd_reset;
mod furniture;
mod house;
mod http;
mod overload;
mod password_rules;
mod wsdl;
