//! Verified WS-Security passwords, remembered for a short time as keyed digests, so that a batch of calls
//! does not hash each time. Contract: omnitracs-soap 3 #22, R21.
//!
//! Only a shortcut past the hash: account, lock, throttle and credential version are read from the store
//! at each use all the same.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::ids::UserId;
use crate::password::Password;
use crate::rng::Rng;

const MOST: usize = 10_000;

pub(crate) struct Remembered {
    life: SignedDuration,
    key: Zeroizing<[u8; 32]>,
    entries: Mutex<HashMap<UserId, Entry>>,
}

struct Entry {
    digest: Hmac<Sha256>,
    until: Timestamp,
}

impl Remembered {
    pub(crate) fn new(life: SignedDuration, rng: &dyn Rng) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill(key.as_mut());
        Self { life, key, entries: Mutex::default() }
    }

    /// Whether this very password of this very credential version was verified a short while ago.
    pub(crate) fn holds(&self, user: UserId, version: i64, password: &Password, now: Timestamp) -> bool {
        let sent = self.digest(user, version, password).finalize().into_bytes();
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = entries.get(&user) else { return false };
        if now >= entry.until {
            entries.remove(&user);
            return false;
        }
        entry.digest.clone().verify_slice(&sent).is_ok()
    }

    pub(crate) fn note(&self, user: UserId, version: i64, password: &Password, now: Timestamp) {
        if self.life.is_zero() {
            return;
        }
        let digest = self.digest(user, version, password);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST {
            entries.retain(|_, entry| now < entry.until);
        }
        if entries.len() < MOST {
            entries.insert(user, Entry { digest, until: now + self.life });
        }
    }

    fn digest(&self, user: UserId, version: i64, password: &Password) -> Hmac<Sha256> {
        let mut digest = Hmac::<Sha256>::new_from_slice(self.key.as_ref()).expect("HMAC takes a key of any length");
        digest.update(&user.get().to_be_bytes());
        digest.update(&version.to_be_bytes());
        digest.update(password.expose().as_bytes());
        digest
    }
}
