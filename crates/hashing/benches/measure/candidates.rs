//! The candidates that need nothing but Rust.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use argon2_rust::params::Memory;
use zeroize::Zeroize;

use super::{Candidate, Case, SALT, Worker};

/// In the order of the table; the first is what the others are compared with.
pub(crate) fn in_rust() -> Vec<Candidate> {
    vec![
        Candidate { name: "argon2, memory per hash", worker: argon2_allocating },
        Candidate { name: "argon2, memory reused", worker: argon2_reused },
        Candidate { name: "argon2, memory reused, wiped after each hash", worker: argon2_wiped },
        Candidate { name: "argon2-rust, memory per hash", worker: fast_allocating },
        Candidate { name: "argon2-rust, memory reused, wiped after each hash", worker: fast_reused },
    ]
}

fn argon2(case: Case) -> Option<Argon2<'static>> {
    let params = Params::new(case.memory_kib, case.passes, case.lanes, Some(32)).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

pub(crate) fn argon2_allocating(case: Case) -> Option<Worker> {
    let argon2 = argon2(case)?;
    Some(Box::new(move |password| {
        let mut tag = [0; 32];
        argon2.hash_password_into(password, SALT, &mut tag).expect("the parameters are valid");
        tag
    }))
}

pub(crate) fn argon2_reused(case: Case) -> Option<Worker> {
    let argon2 = argon2(case)?;
    let mut blocks = vec![Block::new(); case.memory_kib as usize];
    Some(Box::new(move |password| {
        let mut tag = [0; 32];
        argon2.hash_password_into_with_memory(password, SALT, &mut tag, &mut blocks).expect("the parameters are valid");
        tag
    }))
}

fn argon2_wiped(case: Case) -> Option<Worker> {
    let argon2 = argon2(case)?;
    let mut blocks = vec![Block::new(); case.memory_kib as usize];
    Some(Box::new(move |password| {
        let mut tag = [0; 32];
        argon2.hash_password_into_with_memory(password, SALT, &mut tag, &mut blocks).expect("the parameters are valid");
        blocks.iter_mut().for_each(Zeroize::zeroize);
        tag
    }))
}

fn fast(case: Case) -> Option<argon2_rust::Argon2> {
    let params = argon2_rust::Params::builder()
        .memory(Memory::kib(case.memory_kib.into()))
        .passes(case.passes)
        .lanes(case.lanes)
        .threads(1)
        .build()
        .ok()?;
    Some(argon2_rust::Argon2::new(argon2_rust::Algorithm::Argon2id, argon2_rust::Version::V0x13, params))
}

fn fast_allocating(case: Case) -> Option<Worker> {
    let fast = fast(case)?;
    Some(Box::new(move |password| {
        let mut tag = [0; 32];
        fast.hash_into(password, SALT, &mut tag).expect("the parameters are valid");
        tag
    }))
}

fn fast_reused(case: Case) -> Option<Worker> {
    let mut hasher = fast(case)?.hasher();
    Some(Box::new(move |password| {
        let mut tag = [0; 32];
        hasher.hash_into(password, SALT, &mut tag).expect("the parameters are valid");
        tag
    }))
}
