//! Passwords on their way to the hash: secret bytes that wipe themselves and cannot be printed.
//!
//! [`Password`] is what somebody typed, [`NewPassword`] is one that the policy has accepted and the only
//! thing that may be hashed, [`PasswordHash`] is what is stored. What a password must look like stands in
//! [`crate::policy`].

use std::fmt;

use unicode_normalization::{UnicodeNormalization, is_nfc};
use zeroize::{Zeroize, Zeroizing};

/// The longest password, in bytes of UTF-8 after NFC. Contract: ecgrid-rest 3 #10, R4.
pub const MAX_BYTES: usize = 1_024;

/// A password as somebody sent it, in Unicode Normalization Form C and otherwise unchanged (R4).
///
/// It may be empty or of any length: whether it is good enough to be set is the policy's question, and
/// at sign-in it is compared as it is.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes over what was sent; composed and decomposed forms of one text become the same password.
    pub fn new(sent: Zeroizing<String>) -> Self {
        if is_nfc(&sent) {
            return Self(sent);
        }
        // Reserved in full before writing: a growing string would leave unwiped copies behind. NFC of
        // UTF-8 text grows at most threefold (UAX #15, section 12).
        let mut normal = Zeroizing::new(String::with_capacity(sent.len().saturating_mul(3)));
        normal.extend(sent.nfc());
        Self(normal)
    }

    /// The text itself: for the policy and for the hash, for nobody else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A copy for a place that needs its own, wiped on its own.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(Zeroizing::new(self.0.as_str().to_owned()))
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self::new(Zeroizing::new(text.to_owned()))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// A password that the policy accepted. Made by [`crate::policy::Policy::accept`] alone; the hasher takes
/// nothing else, so no password can be set unjudged.
pub struct NewPassword(Password);

impl NewPassword {
    /// For the policy only.
    pub(crate) fn accepted(password: Password) -> Self {
        Self(password)
    }

    /// The text itself: for the hash.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The accepted password as one that can be compared with a stored hash.
    pub fn as_password(&self) -> &Password {
        &self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(..)")
    }
}

/// A stored hash as a PHC string. No password, yet enough to guess at one offline: it is not printed either.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash that the hasher made, or that the store kept.
    pub fn from_phc(text: String) -> Self {
        Self(text)
    }

    /// The PHC string: for the store and the hasher.
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl Drop for PasswordHash {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composed_and_decomposed_forms_are_one_password() {
        assert_eq!(Password::from("Gru\u{308}n-Wald-42").expose(), "Gr\u{fc}n-Wald-42");
    }

    #[test]
    fn case_spaces_and_width_are_kept() {
        assert_eq!(Password::from("  Ａbc ").expose(), "  Ａbc ");
    }

    #[test]
    fn no_secret_is_printed() {
        let all = format!("{:?} {:?}", Password::from("Larch-tree-42"), PasswordHash::from_phc("$argon2id$x".into()));
        assert_eq!(all, "Password(..) PasswordHash(..)");
    }
}
