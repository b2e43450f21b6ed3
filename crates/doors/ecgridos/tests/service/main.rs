//! The ECGridOS door, from outside: real requests through the dressed router to a real gate over a real SQLite file, with
//! the real hashing lane. Only the clock is ours.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod audit;
mod authority;
mod description;
mod forms;
mod house;
mod must_change;
mod other_operations;
mod shapes;
mod sign_in;
mod transport;
mod user_password;
