//! One gate, three doors and the command line: one table of cases is sent through all of them, and each must come
//! to the same decision and leave the same audit record. Contract: authorisation 3, 4.
//!
//! The tables stand in `authority` (every caller and target), `policy` (every rule for a new password) and `states`
//! (locks, throttles, statuses, licences, pending changes). [`case`] says what is asked of every door alike; each
//! door's own words for a decision stand in the file of its name. Where the contracts let the doors differ, the
//! case says so in its expectation. Server and command line are the program itself over one data folder.

#[path = "../support/mod.rs"]
mod support;

mod authority;
mod case;
mod command_line;
mod doors;
mod ecgridos;
mod house;
mod omnitracs;
mod people;
mod policy;
mod rest;
mod states;
