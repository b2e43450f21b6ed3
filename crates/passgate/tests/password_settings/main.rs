//! What an operator may change about new passwords, through the program: composition per door (R14), and the
//! local list of breached passwords (R12).

#[path = "../support/mod.rs"]
mod support;

mod breach_list;
mod composition;
mod house;
