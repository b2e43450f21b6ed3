//! What an operator may change about the policy.

/// The policy's settings of one installation; the defaults are the contracts'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySettings {
    /// The fewest code points after NFC, on every door; 1 leaves the documented pattern alone, of which
    /// the operator is warned at start. Contract: README deviation 2, R8.
    pub min_length: usize,
    /// Refuses common passwords and the names of user, company and product. Contract: README deviation 5.
    pub common_passwords: bool,
    /// Refuses the vendors' sample passwords too. Contract: ecgrid-rest 3 #23, R12.
    pub strict: bool,
}

impl Default for PolicySettings {
    fn default() -> Self {
        Self { min_length: 8, common_passwords: true, strict: false }
    }
}

/// The highest `min_length`: the Omnitracs profile takes no more than this, so a higher one would let
/// nothing pass there. Contract: omnitracs-soap 3 #3.
pub const MAX_MIN_LENGTH: usize = 35;

/// Settings under which some door could never set a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnusableSettings {
    /// `min_length` is out of its range.
    #[error("min_length is {given}, but must be between 1 and {MAX_MIN_LENGTH}")]
    MinLength {
        /// What was set.
        given: usize,
    },
}

impl PolicySettings {
    pub(super) fn check(&self) -> Result<(), UnusableSettings> {
        if (1..=MAX_MIN_LENGTH).contains(&self.min_length) {
            Ok(())
        } else {
            Err(UnusableSettings::MinLength { given: self.min_length })
        }
    }
}
