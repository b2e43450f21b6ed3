//! Secrets that the gate gives out: session ids and API keys. Shown once, kept as [`Digest`].

use std::fmt;

use zeroize::Zeroizing;

use crate::digest::{Digest, hex};
use crate::rng::Rng;

/// A session id or an API key in full. Wipes itself and prints nothing.
pub struct Token(Zeroizing<String>);

impl Token {
    /// What a caller sent as a credential.
    pub fn sent(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// 128 random bits in the shape of a lower-case GUID, with no version bits. R30, ecgrid-rest 3 #7.
    pub fn guid(rng: &dyn Rng) -> Self {
        let mut bytes = Zeroizing::new([0; 16]);
        rng.fill(bytes.as_mut());
        let digits = Zeroizing::new(hex(bytes.as_ref()));
        let mut text = Zeroizing::new(String::with_capacity(36));
        for (start, end) in [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)] {
            if start > 0 {
                text.push('-');
            }
            text.push_str(&digits[start..end]);
        }
        Self(text)
    }

    /// The text itself: for the one answer that shows it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it. A GUID is the same secret in either letter case.
    pub fn digest(&self) -> Digest {
        if self.is_guid() {
            let folded = Zeroizing::new(self.0.to_ascii_lowercase());
            return Digest::of(folded.as_bytes());
        }
        Digest::of(self.0.as_bytes())
    }

    /// The first characters, as lists show a key. Contract: ecgrid-rest 3 #8.
    pub fn hint(&self) -> String {
        self.0.chars().take(12).collect()
    }

    fn is_guid(&self) -> bool {
        self.0.len() == 36
            && self.0.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::rng::OsRng;

    #[test]
    fn all_128_bits_of_a_guid_are_random_and_none_says_a_version() {
        // R30: over 10,000 ids a fair bit strays from half by more than 300 once in a thousand million times.
        let mut ones = [0_u32; 128];
        let mut seen = HashSet::new();
        for _ in 0..10_000 {
            let token = Token::guid(&OsRng);
            let digits = token.expose().replace('-', "");
            let bits = u128::from_str_radix(&digits, 16).unwrap();
            for (at, count) in ones.iter_mut().enumerate() {
                *count += u32::from(bits >> at & 1 == 1);
            }
            assert!(seen.insert(token.digest()), "an id came twice");
        }
        for (at, count) in ones.into_iter().enumerate() {
            assert!(count.abs_diff(5_000) < 310, "bit {at} was set {count} times in 10,000");
        }
    }

    #[test]
    fn a_guid_is_one_secret_in_either_letter_case_and_nothing_else_is() {
        let digest = |text: &str| Token::sent(Zeroizing::new(text.to_owned())).digest();
        let guid = "c6bef721-0018-1686-611c-4dae6145a8bb";
        assert_eq!(digest(guid), digest(&guid.to_uppercase()));
        assert_ne!(digest("ek_live_abc"), digest("EK_LIVE_ABC"));
        assert_ne!(digest(guid), digest(&guid.replace('-', "")));
    }
}
