//! The named profiles: everything in which the policy differs between doors (R16).

use super::characters::{Classes, is_white_space};

/// Which of the documented rules a new password has to meet. Bytes, refused characters, common passwords
/// and names are judged alike under each.
///
/// | Profile | Code points | Characters | Names refused |
/// |---|---|---|---|
/// | `Pattern` | `min_length` and more | a-z, A-Z, 0-9 and any other | as the whole password |
/// | `LetterAndDigit` | 8 (or a higher `min_length`) to 35 | A-Z or a-z, and 0-9; no white space | as the whole password |
/// | `SignIn` | 15 (or a higher `min_length`) and more | free | also as parts of it |
/// | `NoComposition` | `min_length` and more | free | as the whole password |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The pattern that both ECGrid APIs document: a lower-case letter, an upper-case letter, a digit, and
    /// one character that is none of these. Letters and digits are those of ASCII; a space or a letter
    /// beyond ASCII is the fourth kind. Contract: ecgrid-rest 3 #10 and #11, ecgridos-soap 3 #7, R9.
    Pattern,
    /// The rule of the Omnitracs services: 8 to 35 characters, a letter, a digit, no white space anywhere.
    /// Contract: omnitracs-soap 3 #3, R10.
    LetterAndDigit,
    /// What users choose for themselves on the sign-in page: long, and otherwise as they like.
    /// Contract: ecgrid-rest 3 #10 (last sentence), R8, R13.
    SignIn,
    /// Length and lists only, for doors that an operator frees from composition. Contract: R14.
    NoComposition,
}

impl Profile {
    /// All of them, in the order of the table above.
    pub const ALL: [Self; 4] = [Self::Pattern, Self::LetterAndDigit, Self::SignIn, Self::NoComposition];

    pub(super) fn least_length(self) -> usize {
        match self {
            Self::Pattern | Self::NoComposition => 1,
            Self::LetterAndDigit => 8,
            Self::SignIn => 15,
        }
    }

    pub(super) fn most_length(self) -> Option<usize> {
        match self {
            Self::LetterAndDigit => Some(super::MAX_MIN_LENGTH),
            Self::Pattern | Self::SignIn | Self::NoComposition => None,
        }
    }

    pub(super) fn refuses_white_space(self, password: &str) -> bool {
        match self {
            Self::LetterAndDigit => password.chars().any(is_white_space),
            Self::Pattern | Self::SignIn | Self::NoComposition => false,
        }
    }

    pub(super) fn is_composed(self, password: &str) -> bool {
        let classes = Classes::of(password);
        match self {
            Self::Pattern => classes.lower && classes.upper && classes.digit && classes.special,
            Self::LetterAndDigit => (classes.lower || classes.upper) && classes.digit,
            Self::SignIn | Self::NoComposition => true,
        }
    }

    pub(super) fn refuses_names_as_parts(self) -> bool {
        match self {
            Self::SignIn => true,
            Self::Pattern | Self::LetterAndDigit | Self::NoComposition => false,
        }
    }
}
