//! The ECGrid REST door over a real gate, a real SQLite file and the real hashing lane: one test or table for each
//! row of the contract.

#![expect(clippy::unwrap_used, reason = "a test that cannot prepare its case fails")]

mod app;
mod audit;
mod auth_change_password;
mod auth_login;
mod auth_refresh;
mod auth_session;
mod authority;
mod credentials;
mod every_answer;
mod routes;
mod users_create;
mod users_generate_key;
mod users_generate_password;
mod users_get;
mod users_reset;
mod users_set_password;
mod users_update;
