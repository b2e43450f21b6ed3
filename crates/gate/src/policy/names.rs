//! The names that make a password easy to guess: of its user, its company and the product.

use super::folding::fold;
use super::profile::Profile;

/// The names under which people know what they sign in to. Contract: ecgrid-rest 3 #23, R13.
pub const PRODUCTS: [&str; 4] = ["Passgate", "ECGrid", "ECGridOS", "Omnitracs"];

/// The shortest name that counts inside a longer password. Contract: R13.
const LEAST_PART: usize = 5;

/// What the target of a set is called. An empty name is none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Names<'a> {
    /// The login of the ECGrid APIs and of the sign-in page.
    pub login: &'a str,
    /// The id of up to ten characters by which the Omnitracs services know the user.
    pub portal_user_id: &'a str,
    /// The company id of the tenant.
    pub company_id: &'a str,
    /// The name of the tenant.
    pub company_name: &'a str,
}

impl Names<'_> {
    /// Nobody's: the names of the product alone are left.
    pub const NONE: Names<'static> = Names { login: "", portal_user_id: "", company_id: "", company_name: "" };

    /// Whether the folded password gives one of the names away: as the whole of it, and where the profile
    /// says so also as a part, by a name, or a word of a name, of five letters or more.
    pub(super) fn are_told_by(&self, folded_password: &str, profile: Profile) -> bool {
        let own = [self.login, self.portal_user_id, self.company_id, self.company_name];
        own.into_iter().chain(PRODUCTS).filter(|name| !name.is_empty()).any(|name| {
            let name = fold(name);
            *name == folded_password || (profile.refuses_names_as_parts() && holds_part(folded_password, &name))
        })
    }
}

fn holds_part(folded_password: &str, folded_name: &str) -> bool {
    let words = folded_name.split(|c: char| !c.is_alphanumeric());
    words
        .chain(std::iter::once(folded_name))
        .any(|part| part.chars().count() >= LEAST_PART && folded_password.contains(part))
}
