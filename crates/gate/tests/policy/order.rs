//! All that is wrong is found, and the contracts' first is the first.

use passgate_gate::password::Password;
use passgate_gate::policy::{Policy, PolicySettings, Profile, Violation};

use crate::{NAMES, check, violations_of, with};

#[test]
fn every_violation_is_found_in_the_order_of_the_contracts() {
    // ecgridos-soap 3 (order of checks), ecgrid-rest 4.1.
    check(
        Profile::Pattern,
        "jsmith",
        &[Violation::TooShort { min: 8 }, Violation::Composition, Violation::Common, Violation::Name],
    );
    check(
        Profile::Pattern,
        "pass\tw",
        &[Violation::TooShort { min: 8 }, Violation::RefusedCharacter, Violation::Composition],
    );
    check(
        Profile::LetterAndDigit,
        "a\t\u{3000}",
        &[Violation::TooShort { min: 8 }, Violation::RefusedCharacter, Violation::WhiteSpace, Violation::Composition],
    );
    check(
        Profile::LetterAndDigit,
        &" x".repeat(18),
        &[Violation::TooManyCharacters { max: 35 }, Violation::WhiteSpace, Violation::Composition],
    );
    check(Profile::SignIn, "dragon", &[Violation::TooShort { min: 15 }, Violation::Common]);
    check(Profile::SignIn, "omnitracs1!", &[Violation::TooShort { min: 15 }, Violation::Common, Violation::Name]);
}

#[test]
fn each_kind_of_violation_is_answered_before_the_kinds_behind_it() {
    // The order of the variants is the contracts'; whatever is found comes sorted.
    for profile in Profile::ALL {
        for password in ["a", "\t", "jsmith", "password", "omnitracs1!", "a \u{2028}"] {
            let refusal = Policy::default().accept(profile, Password::from(password), &NAMES).expect_err("refused");
            let all: Vec<Violation> = refusal.iter().collect();
            assert_eq!(refusal.first(), all[0]);
            assert!(all.is_sorted(), "{profile:?} {password:?} {all:?}");
        }
    }
}

#[test]
fn an_empty_password_is_just_that() {
    // ecgrid-rest 4.1 (required), ecgridos-soap 4.3 (8), omnitracs-soap 4.2 (007); under the lowest length too.
    let lowest = with(PolicySettings { min_length: 1, ..PolicySettings::default() });
    for profile in Profile::ALL {
        check(profile, "", &[Violation::Empty]);
        assert_eq!(violations_of(&lowest, profile, ""), [Violation::Empty]);
    }
}

#[test]
fn a_refusal_names_rules_and_never_the_password() {
    // style: secrets are in no message.
    let refusal = Policy::default().accept(Profile::Pattern, Password::from("jsmith"), &NAMES).expect_err("refused");
    assert_eq!(refusal.to_string(), "the new password breaks the policy: too-short, composition, common, name");
    assert!(!format!("{refusal:?}").contains("jsmith"));
}
