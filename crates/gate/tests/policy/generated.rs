//! Passwords that the gate makes up.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use passgate_gate::password::Password;
use passgate_gate::policy::{
    DEFAULT_LENGTH, LONG_LENGTH, LengthOutOfRange, MAX_LENGTH, Names, Policy, PolicySettings, Profile,
};
use passgate_gate::rng::{OsRng, Rng};

use crate::with;

#[test]
fn ten_thousand_of_each_length_fit_the_policy_and_no_longer_one_repeats() {
    // ecgrid-rest 3 #18, R17.
    // Spread over the cores: it is more than a million passwords.
    let next = AtomicUsize::new(4);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(length) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&at| at <= MAX_LENGTH) {
                    ten_thousand_fit_and_differ(length);
                }
            });
        }
    });
}

fn ten_thousand_fit_and_differ(length: usize) {
    let policy = with(PolicySettings { min_length: 1, ..PolicySettings::default() });
    let mut seen = HashSet::new();
    for _ in 0..10_000 {
        let password = policy.generate(&OsRng, length).expect("a length in range");
        let accepted = policy.accept(Profile::Pattern, password, &Names::NONE).expect("it fits");
        assert_eq!(accepted.expose().len(), length);
        assert!(seen.insert(accepted.expose().to_owned()) || length < 12, "repeated at length {length}");
    }
}

#[test]
fn a_generated_password_fits_every_profile_that_takes_its_length() {
    // ecgrid-rest 3 #18: the whole policy.
    let policy = Policy::default();
    for (profile, length) in [
        (Profile::LetterAndDigit, 8),
        (Profile::LetterAndDigit, 35),
        (Profile::SignIn, 15),
        (Profile::SignIn, LONG_LENGTH),
        (Profile::NoComposition, DEFAULT_LENGTH),
    ] {
        for _ in 0..1_000 {
            let password = policy.generate(&OsRng, length).expect("a length in range");
            assert!(policy.accept(profile, password, &Names::NONE).is_ok(), "{profile:?}");
        }
    }
}

#[test]
fn lengths_reach_from_the_least_that_is_set_but_never_below_four_to_128() {
    // ecgrid-rest 3 #18, ecgridos-soap 4.4.
    for (min_length, min) in [(1, 4), (3, 4), (4, 4), (8, 8), (20, 20)] {
        let policy = with(PolicySettings { min_length, ..PolicySettings::default() });
        for length in [0, min - 1, MAX_LENGTH + 1, usize::MAX] {
            assert_eq!(policy.generate(&OsRng, length).unwrap_err(), LengthOutOfRange { min, max: 128 });
        }
        for length in [min, MAX_LENGTH] {
            assert!(policy.generate(&OsRng, length).is_ok());
        }
    }
    assert_eq!((DEFAULT_LENGTH, LONG_LENGTH), (12, 24));
}

#[test]
fn it_can_be_read_aloud_and_pasted_anywhere() {
    // R17; our own rule: nothing that is taken for another letter, nothing that shells, addresses or XML read.
    for _ in 0..2_000 {
        let password = Policy::default().generate(&OsRng, LONG_LENGTH).expect("a length in range");
        let text = password.expose();
        assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || "-.:,@".contains(c)));
        assert!(!text.contains(['0', 'O', 'o', '1', 'l', 'I']));
        assert!(text.starts_with(|c: char| c.is_ascii_alphanumeric()));
        assert!(text.ends_with(|c: char| c.is_ascii_alphanumeric()));
    }
}

#[test]
fn letters_of_one_class_are_equally_likely() {
    // R17: no bias. Of 240,000 letters each comes some 4,000 times, with a standard deviation of some 60.
    let mut counts: BTreeMap<char, f64> = BTreeMap::new();
    for _ in 0..10_000 {
        let password = Policy::default().generate(&OsRng, LONG_LENGTH).expect("a length in range");
        for c in password.expose().chars() {
            *counts.entry(c).or_default() += 1.0;
        }
    }
    for class in ["abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-.:,@"] {
        let counted: Vec<f64> = class.chars().map(|c| counts.remove(&c).unwrap_or_default()).collect();
        let (lowest, highest) =
            (counted.iter().copied().fold(f64::MAX, f64::min), counted.iter().copied().fold(0.0, f64::max));
        assert!(highest < lowest * 1.3, "{class} {counted:?}");
    }
    assert!(counts.is_empty(), "letters of no class: {counts:?}");
}

/// A generator that has broken down.
struct Stuck(u8);

impl Rng for Stuck {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0);
    }
}

#[test]
fn a_generator_that_repeats_itself_makes_no_password() {
    // R17: neither a weak password nor an endless loop.
    for byte in [0, 7, 255] {
        let made = std::panic::catch_unwind(|| Policy::default().generate(&Stuck(byte), 12).map(|_: Password| ()));
        assert!(made.is_err());
    }
}
