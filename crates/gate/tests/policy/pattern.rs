//! The documented pattern against what the policy makes of it.

use std::sync::LazyLock;

use fancy_regex::Regex;
use passgate_gate::password::Password;
use passgate_gate::policy::{Names, Policy, PolicySettings, Profile};
use proptest::prelude::*;

use crate::with;

/// As the vendor's pages print it. Contract: ecgrid-rest 1, ecgridos-soap 1.
static DOCUMENTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^a-zA-Z0-9]).+$").expect("the pattern can be read")
});

fn matches_documented(password: &str) -> bool {
    DOCUMENTED.is_match(password).expect("a short match ends")
}

/// The pattern alone: every other rule is off.
fn pattern_alone() -> Policy {
    with(PolicySettings { min_length: 1, common_passwords: false, strict: false })
}

fn passes(policy: &Policy, password: &str) -> bool {
    policy.accept(Profile::Pattern, Password::from(password), &Names::NONE).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn printable_ascii_passes_exactly_if_the_documented_pattern_matches(password in "[ -~]{0,24}") {
        // ecgrid-rest 3 #11, R9.
        prop_assert_eq!(passes(&pattern_alone(), &password), matches_documented(&password));
    }
}

#[test]
fn every_short_word_of_the_characters_around_the_classes_agrees_with_the_pattern() {
    // ecgrid-rest 3 #11, R9: the first, the last, and the neighbours of each class, in words of up to four.
    const EDGES: &[u8] = b" !/09:@AZ[`az{~";
    let policy = pattern_alone();
    let mut words = vec![String::new()];
    for _ in 0..4 {
        words = words
            .iter()
            .flat_map(|word| EDGES.iter().map(move |&edge| format!("{word}{}", char::from(edge))))
            .collect();
        for word in &words {
            assert_eq!(passes(&policy, word), matches_documented(word), "{word:?}");
        }
    }
    assert_eq!(words.len(), EDGES.len().pow(4));
}
