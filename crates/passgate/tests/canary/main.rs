//! No plaintext anywhere: marker secrets go through every door with logging at its most detailed, and are then
//! searched for in the log, in every file of the data folder, in what the command line says of the audit trail, in
//! the metrics and in every answer. R5, R95, R112, R116.
//!
//! The search can fail: `search.rs` finds planted markers in every form first.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

mod doors;
mod house;
mod search;

#[path = "../support/mod.rs"]
mod support;

use house::House;

#[test]
fn no_password_key_token_or_session_id_is_left_anywhere() {
    // R112, R95, R43, R75; authorisation 3.1 (API key row).
    let mut house = House::open();
    doors::rest(&mut house);
    doors::ecgridos(&mut house);
    doors::omnitracs(&mut house);
    doors::command_line(&mut house);
    doors::probes(&mut house);
    house.search();
    house.close();
    house.search();
}
