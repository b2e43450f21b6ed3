//! The one password policy, which serves every door (R16).
//!
//! [`Policy::accept`] is the only way from a [`Password`] to a [`NewPassword`]. What differs between doors
//! is said by a named [`Profile`], what differs between installations by [`PolicySettings`], and nothing
//! else. Each check walks the password once; no pattern engine sees one (R18). How a refusal is told is
//! each door's own affair.

mod breach_list;
mod characters;
mod common_passwords;
mod folding;
mod generate;
mod names;
mod profile;
mod settings;
mod violation;

pub(crate) use breach_list::is_listed;
pub use breach_list::{BreachList, BreachListError};
pub use folding::fold;
pub use generate::{DEFAULT_LENGTH, LONG_LENGTH, LengthOutOfRange, MAX_LENGTH};
pub use names::{Names, PRODUCTS};
pub use profile::Profile;
pub use settings::{MAX_MIN_LENGTH, PolicySettings, UnusableSettings};
pub use violation::{Violation, Violations};

use crate::password::{MAX_BYTES, NewPassword, Password};
use common_passwords::is_common;

/// The sample passwords of the vendors' pages, folded: public, yet taken unless the policy is strict.
/// Contract: ecgrid-rest 3 #23, omnitracs-soap 3 #3, D4.
const VENDOR_SAMPLES: [&str; 2] = ["newpassw0rd!", "newpassword1"];

/// The policy of one installation.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    settings: PolicySettings,
}

impl Policy {
    /// The policy with these settings, if any password could pass under them.
    pub fn new(settings: PolicySettings) -> Result<Self, UnusableSettings> {
        settings.check()?;
        Ok(Self { settings })
    }

    /// The settings in force.
    pub fn settings(&self) -> &PolicySettings {
        &self.settings
    }

    /// The fewest code points that this profile takes here. Contract: ecgrid-rest 3 #10, omnitracs-soap 3 #3, R8.
    pub fn min_length(&self, profile: Profile) -> usize {
        self.settings.min_length.max(profile.least_length())
    }

    /// Judges a password that shall be set for the user with these names.
    ///
    /// All violations are found, in the order of the contracts, so that [`Violations::first`] is the one to
    /// answer. An empty or oversized password is judged no further: the rest would follow from that, and
    /// the work per call stays bounded. Contract: ecgrid-rest 4.1, ecgridos-soap 4.3, omnitracs-soap 4.2.
    pub fn accept(&self, profile: Profile, password: Password, names: &Names<'_>) -> Result<NewPassword, Violations> {
        match Violations::of(self.judge(profile, password.expose(), names)) {
            Some(violations) => Err(violations),
            None => Ok(NewPassword::accepted(password)),
        }
    }

    /// Whether this is a sample of a vendor's page: what passes, but leaves a warning in the audit (D4).
    pub fn is_vendor_sample(password: &Password) -> bool {
        password.expose().len() <= MAX_BYTES && VENDOR_SAMPLES.contains(&fold(password.expose()).as_str())
    }

    fn judge(&self, profile: Profile, password: &str, names: &Names<'_>) -> Vec<Violation> {
        if password.is_empty() {
            return vec![Violation::Empty];
        }
        if password.len() > MAX_BYTES {
            return vec![Violation::TooLong { max_bytes: MAX_BYTES }];
        }
        let length = password.chars().count();
        let min = self.min_length(profile);
        let max = profile.most_length().unwrap_or(usize::MAX);
        let folded = fold(password);
        let mut found = Vec::new();
        let mut note = |broken: bool, violation: Violation| {
            if broken {
                found.push(violation);
            }
        };
        note(length < min, Violation::TooShort { min });
        note(length > max, Violation::TooManyCharacters { max });
        note(password.chars().any(characters::is_refused), Violation::RefusedCharacter);
        note(profile.refuses_white_space(password), Violation::WhiteSpace);
        note(!profile.is_composed(password), Violation::Composition);
        note(self.is_easy_to_guess(&folded), Violation::Common);
        note(self.settings.common_passwords && names.are_told_by(&folded, profile), Violation::Name);
        found
    }

    fn is_easy_to_guess(&self, folded: &str) -> bool {
        (self.settings.common_passwords && is_common(folded))
            || (self.settings.strict && VENDOR_SAMPLES.contains(&folded))
    }
}
