//! The two forms of lists, and what of a line counts.

use std::fmt;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use passgate_gate::policy::fold;
use zeroize::Zeroizing;

/// Hexadecimal digits of a SHA-1.
const DIGITS: usize = 40;

/// What the lines of a list hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Passwords in UTF-8, case-folded and in NFC, in the order of their bytes.
    Plain,
    /// SHA-1 of passwords in hexadecimal, in their order, perhaps with a count as `HASH:COUNT`: the form of
    /// well-known downloads. SHA-1 guards nothing here; it is how the list is spelt.
    Sha1,
}

impl Form {
    /// By the first line of a file.
    pub(super) fn of(line: &[u8]) -> Self {
        if hash_of(line).is_some() { Self::Sha1 } else { Self::Plain }
    }

    /// The part of a line that is compared, if the line has this form.
    pub(super) fn part(self, line: &[u8]) -> Option<&[u8]> {
        match self {
            Self::Sha1 => hash_of(line),
            Self::Plain => {
                let text = std::str::from_utf8(line).ok()?;
                (!text.is_empty() && *fold(text) == text).then_some(line)
            }
        }
    }

    /// What stands in the list if a password is on it.
    pub(super) fn key(self, password: &str) -> Zeroizing<String> {
        match self {
            Self::Plain => Zeroizing::new(password.to_owned()),
            Self::Sha1 => {
                let mut key = Zeroizing::new(String::with_capacity(DIGITS));
                for byte in digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes()).as_ref() {
                    for half in [byte >> 4, byte & 15] {
                        key.push(char::from_digit(half.into(), 16).unwrap_or('0').to_ascii_uppercase());
                    }
                }
                key
            }
        }
    }

    /// What a line that has not the form should have been.
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Self::Plain => "one password in UTF-8, folded as by `passgate breach-list fold`",
            Self::Sha1 => "40 hexadecimal digits, perhaps followed by :COUNT",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "passwords",
            Self::Sha1 => "SHA-1 of passwords",
        })
    }
}

fn hash_of(line: &[u8]) -> Option<&[u8]> {
    let (hash, rest) = line.split_at_checked(DIGITS)?;
    let count = rest.is_empty() || rest.strip_prefix(b":").is_some_and(|count| count.iter().all(u8::is_ascii_digit));
    (count && hash.iter().all(u8::is_ascii_hexdigit)).then_some(hash)
}
