//! Signing checkpoints with Ed25519, and verifying them with the public part alone.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use jiff::Timestamp;
use passgate_gate::audit::AuditId;
use passgate_gate::digest::{Digest, hex};
use passgate_store::Checkpoint;

use crate::keys::{Key, Ring};

/// The word before a public key in a file.
const KIND: &str = "ed25519";

/// Signs checkpoints.
pub struct Signer {
    pair: Ed25519KeyPair,
    fingerprint: String,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({}, ..)", self.fingerprint)
    }
}

impl Signer {
    /// The signer with this key: its 32 bytes are the seed of RFC 8032.
    ///
    /// # Panics
    /// Never: every 32 bytes are a seed.
    pub fn new(key: &Key) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(key.secret.as_ref()).expect("any 32 bytes are a seed");
        let fingerprint = public(&pair).fingerprint();
        Self { pair, fingerprint }
    }

    /// What verifies its signatures.
    pub fn public(&self) -> PublicKey {
        public(&self.pair)
    }

    /// States that a chain has a record with this hash at this place.
    pub fn sign(&self, id: AuditId, hash: Digest, time: Timestamp) -> Checkpoint {
        let time = Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time);
        let signature = self.pair.sign(Checkpoint::statement(id, &hash, time).as_bytes());
        Checkpoint { id, hash, time, signer: self.fingerprint.clone(), signature: signature.as_ref().to_vec() }
    }
}

fn public(pair: &Ed25519KeyPair) -> PublicKey {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(pair.public_key().as_ref());
    PublicKey(bytes)
}

/// The public part of a key. No secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// The beginning of the SHA-256 of the key, by which checkpoints name it.
    pub fn fingerprint(&self) -> String {
        hex(&Digest::of(&self.0).as_bytes()[..8])
    }
}

/// As it stands in a file: `ed25519` and 64 hexadecimal digits.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{KIND} {}", hex(&self.0))
    }
}

/// Whom to believe: the keys whose checkpoints count.
#[derive(Debug, Clone, Default)]
pub struct Trusted(Vec<PublicKey>);

/// Why a checkpoint does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// It names a key that is none of the trusted ones.
    #[error("is signed by a key that is not known here")]
    Unknown,
    /// It is not what that key signed.
    #[error("has a signature that does not verify")]
    Forged,
}

impl Trusted {
    /// All keys of an installation, older ones too.
    pub fn of(ring: &Ring) -> Self {
        Self(std::iter::once(&ring.current).chain(&ring.older).map(|key| Signer::new(key).public()).collect())
    }

    /// Reads public keys, one a line; empty lines and those that begin with `#` aside. `None`: something
    /// else is among them, or there is none.
    pub fn parse(text: &str) -> Option<Self> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys = lines
            .map(|line| unhex(line.strip_prefix(KIND)?.trim()).and_then(|key| Some(PublicKey(key.try_into().ok()?))));
        let keys = keys.collect::<Option<Vec<_>>>()?;
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The keys, the one in use first.
    pub fn keys(&self) -> &[PublicKey] {
        &self.0
    }

    /// Whether one of the keys signed it.
    pub fn verify(&self, checkpoint: &Checkpoint) -> Result<(), Distrust> {
        let key = self.0.iter().find(|key| key.fingerprint() == checkpoint.signer).ok_or(Distrust::Unknown)?;
        let statement = Checkpoint::statement(checkpoint.id, &checkpoint.hash, checkpoint.time);
        UnparsedPublicKey::new(&ED25519, key.0)
            .verify(statement.as_bytes(), &checkpoint.signature)
            .map_err(|_| Distrust::Forged)
    }
}

/// Reads lower-case hexadecimal.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let plain = digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    if !plain || !digits.len().is_multiple_of(2) {
        return None;
    }
    let pairs = digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    pairs.collect()
}
