//! Common passwords and the vendors' samples.

use std::collections::BTreeSet;

use passgate_gate::password::Password;
use passgate_gate::policy::{Policy, PolicySettings, Profile, Violation};

use crate::{check, violations, violations_of, with};

const LIST: &str = include_str!("../../data/common-passwords.txt");

/// The lines that some letter case makes fit a profile, in such a letter case.
fn fitting(profile: Profile) -> impl Iterator<Item = String> {
    LIST.lines().map(capitalised).filter(move |password| {
        !violations(profile, password).iter().any(|violation| !matches!(violation, Violation::Common | Violation::Name))
    })
}

/// With the first letter as a capital.
fn capitalised(folded: &str) -> String {
    let at = folded.find(|c: char| c.is_ascii_lowercase()).unwrap_or(0);
    let mut password = folded.to_owned();
    password[at..].get_mut(..1).unwrap_or_default().make_ascii_uppercase();
    password
}

#[test]
fn at_least_3000_common_passwords_fit_each_rule_of_composition() {
    // R12, at the default min_length.
    assert!(fitting(Profile::Pattern).count() >= 3_000);
    assert!(fitting(Profile::LetterAndDigit).count() >= 3_000);
    assert!(fitting(Profile::NoComposition).count() >= 3_000);
}

#[test]
fn every_common_password_is_refused_by_every_profile_in_any_letter_case() {
    // ecgrid-rest 3 #23, omnitracs-soap 3 #3, R12.
    let policy = Policy::default();
    for folded in LIST.lines() {
        for password in [folded.to_owned(), capitalised(folded), folded.to_ascii_uppercase()] {
            assert!(violations_of(&policy, Profile::Pattern, &password).contains(&Violation::Common), "{password}");
        }
    }
    for folded in LIST.lines().step_by(100) {
        for profile in Profile::ALL {
            assert!(violations(profile, folded).contains(&Violation::Common), "{profile:?} {folded}");
        }
    }
}

#[test]
fn the_first_guesses_of_an_attacker_are_refused_although_they_fit() {
    // ecgrid-rest 3 #23, R12.
    for password in [
        "Password1!",
        "pASSWORD1!",
        "Password123!",
        "Welcome1!",
        "Welcome@123",
        "Summer2024!",
        "Winter2025!",
        "P@ssw0rd1",
        "P@ssw0rd!",
        "Qwerty123!",
        "Admin@123",
        "Admin123!",
        "Abcd1234!",
        "Test@1234",
        "Changeme1!",
        "Letmein1!",
        "1qaz@WSX",
        "!QAZ2wsx",
        "Qwer1234!",
        "Aa123456!",
        "Iloveyou1!",
        "Omnitracs1!",
        "Spring2026!",
        "Pass@word1",
    ] {
        check(Profile::Pattern, password, &[Violation::Common]);
    }
    for password in ["password1", "Welcome123", "qwerty123", "abcd1234", "1q2w3e4r", "summer2024", "iloveyou2"] {
        check(Profile::LetterAndDigit, password, &[Violation::Common]);
    }
    for password in ["password", "12345678", "qwertyuiop", "iloveyou", "11111111"] {
        check(Profile::NoComposition, password, &[Violation::Common]);
    }
}

#[test]
fn letters_that_fold_to_a_common_password_are_that_password() {
    // ecgrid-rest 3 #23: full case folding after NFC; the Kelvin sign, the long s and a ligature.
    check(Profile::NoComposition, "monKey123", &[Violation::Common]);
    check(Profile::Pattern, "Paſſword1!", &[Violation::Common]);
    check(Profile::NoComposition, "mon\u{212A}ey123", &[Violation::Common]);
    check(Profile::NoComposition, "paßword1", &[Violation::Common]);
}

#[test]
fn only_the_whole_password_is_compared() {
    // ecgrid-rest 3 #23, R12.
    check(Profile::Pattern, "Password1! larch", &[]);
    check(Profile::Pattern, " Password1!", &[]);
    check(Profile::LetterAndDigit, "xpassword123x", &[]);
}

#[test]
fn the_samples_of_the_vendors_pass_unless_strict_and_are_known_as_such() {
    // ecgrid-rest 3 #23, omnitracs-soap 3 #3, D4.
    let strict = with(PolicySettings { strict: true, ..PolicySettings::default() });
    let strict_alone = with(PolicySettings { strict: true, common_passwords: false, ..PolicySettings::default() });
    for (profile, sample) in [(Profile::Pattern, "NewPassw0rd!"), (Profile::LetterAndDigit, "NewPassword1")] {
        check(profile, sample, &[]);
        assert!(Policy::is_vendor_sample(&Password::from(sample)));
        assert_eq!(violations_of(&strict, profile, sample), [Violation::Common]);
        assert_eq!(violations_of(&strict_alone, profile, sample), [Violation::Common]);
    }
    assert!(!Policy::is_vendor_sample(&Password::from("Larch-tree-42")));
    assert!(!Policy::is_vendor_sample(&Password::from("x".repeat(100_000).as_str())));
}

#[test]
fn the_setting_turns_the_lists_off() {
    // README deviation 5.
    let off = with(PolicySettings { common_passwords: false, ..PolicySettings::default() });
    assert_eq!(violations_of(&off, Profile::Pattern, "Password1!"), []);
    assert_eq!(violations_of(&off, Profile::NoComposition, "Northern Freight"), []);
}

#[test]
fn the_list_is_sorted_folded_and_in_printable_ascii() {
    // What the look-up takes for granted; make-list.py writes it so.
    let lines: Vec<&str> = LIST.lines().collect();
    assert!(lines.is_sorted());
    assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), lines.len());
    for line in lines {
        assert!(line.len() >= 4 && line.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase()), "{line:?}");
    }
}
