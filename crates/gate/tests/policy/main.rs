//! The password policy as the doors meet it, through [`Policy::accept`] and [`Policy::generate`] alone.
//!
//! `matrix.rs` holds the table of passwords and profiles; the other files take one rule each.

mod characters;
mod generated;
mod lengths;
mod lists;
mod matrix;
mod names;
mod order;
mod pattern;

use passgate_gate::password::Password;
use passgate_gate::policy::{Names, Policy, PolicySettings, Profile, Violation};

/// The names of the target in all tests that do not say otherwise.
const NAMES: Names<'static> =
    Names { login: "j.smith", portal_user_id: "JSMITH", company_id: "NORTHCO", company_name: "Northern Freight" };

fn with(settings: PolicySettings) -> Policy {
    Policy::new(settings).expect("the settings of a test can be used")
}

/// Everything that is wrong with the password, under the settings that are the default.
fn violations(profile: Profile, password: &str) -> Vec<Violation> {
    violations_of(&Policy::default(), profile, password)
}

fn violations_of(policy: &Policy, profile: Profile, password: &str) -> Vec<Violation> {
    match policy.accept(profile, Password::from(password), &NAMES) {
        Ok(accepted) => {
            assert_eq!(accepted.expose(), Password::from(password).expose(), "what is accepted is what was sent");
            Vec::new()
        }
        Err(violations) => violations.iter().collect(),
    }
}

#[track_caller]
fn check(profile: Profile, password: &str, expected: &[Violation]) {
    assert_eq!(violations(profile, password), expected, "{profile:?} {password:?}");
}
