//! The policy, against a second reading of the contracts' sentences. R4 to R13; ecgrid-rest 3 #10, #11.

use passgate_gate::password::{MAX_BYTES, Password};
use passgate_gate::policy::{Names, Policy, PolicySettings, Profile};
use unicode_normalization::UnicodeNormalization as _;

use crate::choices::{choose, texts};

/// The pattern and the lengths are as documented whatever the text; both normal forms of a text get one judgement;
/// lists only take away; a name is refused in any letter case.
///
/// # Panics
///
/// Where one of these does not hold.
pub fn holds(data: &[u8]) {
    let Some((settings, rest)) = choose(data, 4) else { return };
    let [password, login, company] = texts(rest);
    let (strict, min_length) = (settings & 1 == 1, if settings & 2 == 2 { 8 } else { 1 });
    let bare = policy(PolicySettings { min_length, common_passwords: false, strict: false });
    let full = policy(PolicySettings { min_length, common_passwords: true, strict });
    let names = Names { login: &login, company_id: &company, ..Names::NONE };
    for profile in Profile::ALL {
        let taken = accepts(&bare, profile, &password, &names);
        assert_eq!(taken, is_documented(profile, &password, min_length), "{profile:?} against its sentences");
        assert!(!accepts(&full, profile, &password, &names) || taken, "{profile:?}: a list lets something in");
        let decomposed: String = password.nfd().collect();
        assert_eq!(
            accepts(&full, profile, &decomposed, &names),
            accepts(&full, profile, &password, &names),
            "{profile:?}: NFD"
        );
        let ascii_login = login.is_ascii() && !login.is_empty();
        if ascii_login && (password.eq_ignore_ascii_case(&login)) {
            assert!(!accepts(&full, profile, &password, &names), "{profile:?}: a name as a password");
        }
    }
}

fn policy(settings: PolicySettings) -> Policy {
    Policy::new(settings).expect("settings within their range")
}

fn accepts(policy: &Policy, profile: Profile, password: &str, names: &Names<'_>) -> bool {
    match policy.accept(profile, Password::from(password), names) {
        Ok(accepted) => {
            assert_eq!(
                accepted.expose(),
                password.nfc().collect::<String>(),
                "another password is hashed than was sent"
            );
            true
        }
        Err(violations) => {
            let all: Vec<_> = violations.iter().collect();
            assert!(all.is_sorted() && all.first() == Some(&violations.first()), "violations out of order");
            false
        }
    }
}

/// The contracts' sentences, once more and slowly.
fn is_documented(profile: Profile, sent: &str, min_length: usize) -> bool {
    let password: Vec<char> = sent.nfc().collect();
    let bytes: usize = password.iter().map(|c| c.len_utf8()).sum();
    let has = |class: fn(char) -> bool| password.iter().any(|&c| class(c));
    let (lower, upper) =
        (has(|c| "abcdefghijklmnopqrstuvwxyz".contains(c)), has(|c| "ABCDEFGHIJKLMNOPQRSTUVWXYZ".contains(c)));
    let (digit, other) = (has(|c| "0123456789".contains(c)), has(|c| !c.is_ascii_alphanumeric()));
    let (least, most, composed) = match profile {
        Profile::Pattern => (1, usize::MAX, lower && upper && digit && other),
        Profile::LetterAndDigit => (8, 35, (lower || upper) && digit && !has(char::is_whitespace)),
        Profile::SignIn => (15, usize::MAX, true),
        Profile::NoComposition => (1, usize::MAX, true),
    };
    let refused = |c: char| {
        let bidi = [0x61C, 0x200E, 0x200F].contains(&u32::from(c))
            || (0x202A..=0x202E).contains(&u32::from(c))
            || (0x2066..=0x2069).contains(&u32::from(c));
        let noncharacter = (0xFDD0..=0xFDEF).contains(&u32::from(c)) || u32::from(c) % 0x1_0000 >= 0xFFFE;
        c.is_control() || c == '\u{2028}' || c == '\u{2029}' || bidi || noncharacter
    };
    !password.is_empty()
        && bytes <= MAX_BYTES
        && (least.max(min_length)..=most).contains(&password.len())
        && composed
        && !password.iter().any(|&c| refused(c))
}
