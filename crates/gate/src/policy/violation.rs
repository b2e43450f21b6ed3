//! What can be wrong with a new password.

use std::fmt;

/// One rule that a password breaks. Doors map it to their own words in one match.
///
/// The order of the variants is the order in which the contracts judge.
/// Contract: ecgrid-rest 4.1 (`newPassword` rows), ecgridos-soap 4.3, omnitracs-soap 4.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Violation {
    /// Nothing was sent.
    Empty,
    /// More bytes of UTF-8, after NFC, than any door takes.
    TooLong {
        /// The most bytes.
        max_bytes: usize,
    },
    /// Fewer code points, after NFC, than the profile asks for under these settings.
    TooShort {
        /// The fewest code points.
        min: usize,
    },
    /// More code points than the profile documents.
    TooManyCharacters {
        /// The most code points.
        max: usize,
    },
    /// A control, line-separator, noncharacter or bidi-control code point.
    RefusedCharacter,
    /// White space, where the profile takes none.
    WhiteSpace,
    /// A kind of character that the profile asks for is missing.
    Composition,
    /// On the list of common passwords or on the local breach list, letter case aside; or, if strict, a
    /// vendor's sample.
    Common,
    /// The login, company or product name.
    Name,
}

impl Violation {
    /// The rule's name in audit records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong { .. } => "too-long",
            Self::TooShort { .. } => "too-short",
            Self::TooManyCharacters { .. } => "too-many-characters",
            Self::RefusedCharacter => "refused-character",
            Self::WhiteSpace => "white-space",
            Self::Composition => "composition",
            Self::Common => "common",
            Self::Name => "name",
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Every rule that one password breaks: at least one, in the order of the contracts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violations {
    first: Violation,
    rest: Vec<Violation>,
}

impl Violations {
    /// `None` if nothing was found.
    pub(super) fn of(found: Vec<Violation>) -> Option<Self> {
        let mut found = found.into_iter();
        let first = found.next()?;
        Some(Self { first, rest: found.collect() })
    }

    /// Nothing but that it is listed.
    pub(crate) fn listed() -> Self {
        Self { first: Violation::Common, rest: Vec::new() }
    }

    /// The one that a door answers where it can tell only one.
    pub fn first(&self) -> Violation {
        self.first
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Violation> + '_ {
        std::iter::once(self.first).chain(self.rest.iter().copied())
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the new password breaks the policy: {}", self.first)?;
        self.rest.iter().try_for_each(|violation| write!(f, ", {violation}"))
    }
}

impl std::error::Error for Violations {}
