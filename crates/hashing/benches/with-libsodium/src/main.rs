//! The bench `implementations` with libsodium in its list. Needs a C compiler; libsodium comes with its crate.

#[path = "../../measure/mod.rs"]
mod measure;

use libsodium_rs::crypto_pwhash::argon2id;
use measure::{Candidate, Case, SALT, Worker};

fn main() {
    libsodium_rs::ensure_init().expect("libsodium starts");
    let mut candidates = measure::candidates::in_rust();
    candidates.push(Candidate { name: "libsodium, memory per hash", worker: libsodium });
    measure::run(&candidates);
}

/// One lane only, no secret, no memory of the caller's: that is all its interface offers.
fn libsodium(case: Case) -> Option<Worker> {
    if case.lanes != 1 {
        return None;
    }
    Some(Box::new(move |password| {
        let memory = case.memory_kib as usize * 1_024;
        let tag = argon2id::pwhash(32, password, SALT, case.passes.into(), memory).expect("the parameters are valid");
        tag.try_into().expect("32 bytes were asked for")
    }))
}
