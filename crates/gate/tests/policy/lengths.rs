//! How long a password must and may be.

use passgate_gate::policy::{PolicySettings, Profile, UnusableSettings, Violation};

use crate::{check, violations_of, with};

/// A password of so many code points that has all four kinds of characters and is on no list.
fn composed(length: usize) -> String {
    "Vq7-".chars().chain("xwkzj".chars().cycle()).take(length).collect()
}

#[test]
fn each_profile_counts_code_points_from_its_least_to_its_most() {
    // ecgrid-rest 3 #10, omnitracs-soap 3 #3, R8, R10.
    let cases = [
        (Profile::Pattern, 8, None),
        (Profile::LetterAndDigit, 8, Some(35)),
        (Profile::SignIn, 15, None),
        (Profile::NoComposition, 8, None),
    ];
    for (profile, min, max) in cases {
        check(profile, &composed(min - 1), &[Violation::TooShort { min }]);
        check(profile, &composed(min), &[]);
        check(profile, &composed(35), &[]);
        let over = max.map(|max| Violation::TooManyCharacters { max });
        check(profile, &composed(36), over.as_slice());
        check(profile, &composed(1_024), over.as_slice());
    }
}

#[test]
fn what_is_counted_is_code_points_after_composition() {
    // ecgrid-rest 3 #10: neither bytes nor what was sent decomposed.
    check(Profile::Pattern, "Grün-4😀x", &[]);
    check(Profile::Pattern, "Gru\u{308}n-4x", &[Violation::TooShort { min: 8 }]);
    check(Profile::LetterAndDigit, &format!("a1{}", "😀".repeat(33)), &[]);
    check(Profile::LetterAndDigit, &format!("a1{}", "u\u{308}".repeat(33)), &[]);
}

#[test]
fn a_password_has_at_most_1024_bytes_after_composition() {
    // ecgrid-rest 4.1, ecgridos-soap 4.3, R4.
    let too_long = Violation::TooLong { max_bytes: 1_024 };
    for profile in [Profile::Pattern, Profile::SignIn, Profile::NoComposition] {
        check(profile, &composed(1_024), &[]);
        check(profile, &composed(1_025), &[too_long]);
        // 4 + 2 * 510 bytes, of which the sender may have made 4 + 3 * 510.
        check(profile, &format!("Vq7-{}", "u\u{308}".repeat(510)), &[]);
        check(profile, &format!("Vq7-{}", "u\u{308}".repeat(511)), &[too_long]);
    }
}

#[test]
fn a_least_length_of_one_leaves_the_pattern_alone() {
    // README deviation 2, R8.
    let policy = with(PolicySettings { min_length: 1, ..PolicySettings::default() });
    assert_eq!(violations_of(&policy, Profile::Pattern, "aB3-"), []);
    assert_eq!(violations_of(&policy, Profile::Pattern, "aB3"), [Violation::Composition]);
    assert_eq!(violations_of(&policy, Profile::NoComposition, "k"), []);
}

#[test]
fn a_lower_least_length_does_not_lower_what_a_profile_documents() {
    // omnitracs-soap 3 #3, R8.
    let policy = with(PolicySettings { min_length: 1, ..PolicySettings::default() });
    assert_eq!(violations_of(&policy, Profile::LetterAndDigit, &composed(7)), [Violation::TooShort { min: 8 }]);
    assert_eq!(violations_of(&policy, Profile::SignIn, &composed(14)), [Violation::TooShort { min: 15 }]);
}

#[test]
fn a_higher_least_length_holds_for_every_profile() {
    // omnitracs-soap 3 #3, R8.
    let policy = with(PolicySettings { min_length: 20, ..PolicySettings::default() });
    for profile in Profile::ALL {
        assert_eq!(violations_of(&policy, profile, &composed(19)), [Violation::TooShort { min: 20 }], "{profile:?}");
        assert_eq!(violations_of(&policy, profile, &composed(20)), [], "{profile:?}");
    }
}

#[test]
fn a_least_length_that_some_profile_could_never_meet_is_no_setting() {
    // omnitracs-soap 3 #3: 35 characters at most.
    for given in [0, 36] {
        let settings = PolicySettings { min_length: given, ..PolicySettings::default() };
        let refusal = passgate_gate::policy::Policy::new(settings).expect_err("out of range");
        assert_eq!(refusal, UnusableSettings::MinLength { given });
    }
}
