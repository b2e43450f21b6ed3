//! Stored hashes: one spelling each, never dearer than the ceiling. R6, R128.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use passgate_hashing::Cost;
use passgate_hashing::fuzzing::read;

use crate::choices::{choose, text};

/// What is taken is written back letter by letter, is long enough to mean something, and costs no more than allowed.
pub fn holds(data: &[u8]) {
    match choose(data, 2) {
        Some((0, rest)) => any_value(&text(rest)),
        Some((_, rest)) => any_value(&format!("$argon2id$v=19${}", text(rest))),
        None => {}
    }
}

fn any_value(value: &str) {
    let Some(taken) = read(value, Cost::HIGH) else { return };
    assert_eq!(taken.written, value, "two spellings of one hash");
    assert!((8..=64).contains(&taken.salt.len()) && (16..=64).contains(&taken.tag.len()), "lengths");
    let (memory_kib, passes, lanes) = taken.cost;
    assert!(passes >= 1 && (1..=16).contains(&lanes) && memory_kib >= 8 * lanes, "parameters that Argon2 has not");
    assert!(memory_kib <= Cost::HIGH.memory_kib(), "more memory than the ceiling");
    let most = u64::from(Cost::HIGH.memory_kib()) * u64::from(Cost::HIGH.passes());
    assert!(u64::from(memory_kib) * u64::from(passes) <= most, "more work than the ceiling");
    let keyid = taken.pepper.map(|name| format!(",keyid={}", STANDARD_NO_PAD.encode(name))).unwrap_or_default();
    let expected = format!(
        "$argon2id$v=19$m={memory_kib},t={passes},p={lanes}{keyid}${}${}",
        STANDARD_NO_PAD.encode(&taken.salt),
        STANDARD_NO_PAD.encode(&taken.tag)
    );
    assert_eq!(expected, value, "what was read is not what stands there");
}
