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
