//! The pepper: keys outside the database that go into every hash, so that a copy of the database alone
//! verifies nothing (R3). Reading them from a file is the program's work.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroizing;

/// The shortest key that is worth having: 128 bits.
const SHORTEST: usize = 16;
/// Longer ones gain nothing: Argon2 compresses the key to 64 bytes.
const LONGEST: usize = 64;

/// The name of a pepper key, stored beside each hash made with it: 1 to 8 ASCII letters, digits, `-`, `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PepperId(String);

impl PepperId {
    /// Checks the name.
    pub fn new(name: &str) -> Result<Self, PepperError> {
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if name.is_empty() || name.len() > 8 || !plain {
            return Err(PepperError::Name);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PepperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One pepper key. Wipes itself and prints nothing.
pub struct PepperKey(Zeroizing<Vec<u8>>);

impl PepperKey {
    /// 16 to 64 bytes; 32 random ones are right.
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Result<Self, PepperError> {
        if !(SHORTEST..=LONGEST).contains(&bytes.len()) {
            return Err(PepperError::Length);
        }
        Ok(Self(bytes))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PepperKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PepperKey(..)")
    }
}

/// Why a pepper cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PepperError {
    /// The name of a key.
    #[error("a pepper key's name is 1 to 8 ASCII letters, digits, '-' or '_'")]
    Name,
    /// The key itself.
    #[error("a pepper key is 16 to 64 bytes long")]
    Length,
    /// Two keys of one name: one of them would silently verify nothing.
    #[error("two pepper keys have the same name")]
    Twice,
}

/// The pepper keys: at most one is current and goes into new hashes, the others still verify old ones. R3.
///
/// To rotate, make a new current key and keep the old one with [`Pepper::and_older`] until no row names it;
/// rows move over at the next successful sign-in (R2).
#[derive(Debug, Default)]
pub struct Pepper {
    current: Option<PepperId>,
    keys: BTreeMap<PepperId, PepperKey>,
}

impl Pepper {
    /// No pepper: hashes depend on the password and the salt alone.
    pub fn none() -> Self {
        Self::default()
    }

    /// New hashes use this key.
    pub fn current(id: PepperId, key: PepperKey) -> Self {
        Self { current: Some(id.clone()), keys: BTreeMap::from([(id, key)]) }
    }

    /// Hashes made with this key verify as well.
    pub fn and_older(mut self, id: PepperId, key: PepperKey) -> Result<Self, PepperError> {
        if self.keys.insert(id, key).is_some() {
            return Err(PepperError::Twice);
        }
        Ok(self)
    }

    /// The name that new hashes carry.
    pub(crate) fn current_id(&self) -> Option<&PepperId> {
        self.current.as_ref()
    }

    /// What goes into a hash that names `id`; nothing when the hash names none. `None` when the key is not
    /// here, which must never be mistaken for "no pepper".
    pub(crate) fn secret(&self, id: Option<&PepperId>) -> Option<&[u8]> {
        match id {
            None => Some(&[]),
            Some(id) => self.keys.get(id).map(PepperKey::expose),
        }
    }
}
