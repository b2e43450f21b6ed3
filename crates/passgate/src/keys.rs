//! The server's own keys: files of mode 0600 in `keys/`, a folder of mode 0700 in the data folder.
//!
//! `tokens-N.key` sign REST tokens, `pepper-N.key` key the password hashes, `checkpoints-N.key` sign the audit
//! trail. The highest number is in use, lower ones are kept to verify what they made: to rotate, add a file
//! (R3, R40). They are random, made
//! once by `init`, and never part of the configuration or of the database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use passgate_gate::rng::Rng;
use zeroize::Zeroizing;

use crate::private_file;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing REST tokens.
    Tokens,
    /// The pepper of password hashes.
    Pepper,
    /// Signing checkpoints of the audit trail.
    Checkpoints,
}

impl Purpose {
    /// All purposes, each of which has at least one key.
    pub const ALL: [Self; 3] = [Self::Tokens, Self::Pepper, Self::Checkpoints];

    fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Pepper => "pepper",
            Self::Checkpoints => "checkpoints",
        }
    }
}

/// One key: 256 random bits and the number by which its work is recognised.
pub struct Key {
    /// The number in the file's name.
    pub id: u32,
    /// The key itself.
    pub secret: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, ..)", self.id)
    }
}

/// The keys of one purpose: never empty.
#[derive(Debug)]
pub struct Ring {
    /// The one in use.
    pub current: Key,
    /// Those that only verify, newest first.
    pub older: Vec<Key>,
}

/// All keys of an installation.
#[derive(Debug)]
pub struct Keys {
    /// For REST tokens.
    pub tokens: Ring,
    /// For password hashes.
    pub pepper: Ring,
    /// For the audit trail.
    pub checkpoints: Ring,
}

/// Why there are no keys to start with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Others on this machine could read it.
    #[error(
        "{path} {what}; keys are for the server's own account alone: `chmod {wanted} {path}`, and make a new key if others had access"
    )]
    Exposed {
        /// The file or folder.
        path: PathBuf,
        /// Its mode or owner.
        what: String,
        /// The mode that is right.
        wanted: &'static str,
    },
    /// A purpose has no key.
    #[error(
        "{folder} holds no {purpose}-N.key; `passgate init` makes keys for a new installation, and an old one needs its own back: without them no stored password verifies"
    )]
    Missing {
        /// The folder of the keys.
        folder: PathBuf,
        /// `tokens` or `pepper`.
        purpose: &'static str,
    },
    /// No key in it.
    #[error("{path} is no key: 64 hexadecimal digits are wanted")]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// The system refused.
    #[error("cannot read or write {path}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        #[source]
        source: io::Error,
    },
}

/// The folder of the keys within a data folder.
pub fn folder(data: &Path) -> PathBuf {
    data.join("keys")
}

/// Makes the first key of each purpose. Keys that exist stay.
pub fn create(data: &Path, rng: &dyn Rng) -> Result<(), KeyError> {
    let folder = folder(data);
    private_file::make_folder(&folder).map_err(at(&folder))?;
    Purpose::ALL.into_iter().try_for_each(|purpose| create_first(data, purpose, rng).map(drop))
}

/// Makes the first key of one purpose where there is none; whether it did.
pub fn create_first(data: &Path, purpose: Purpose, rng: &dyn Rng) -> Result<bool, KeyError> {
    let folder = folder(data);
    let none = files(&folder, purpose)?.is_empty();
    if none {
        add(&folder, purpose, 1, rng)?;
    }
    Ok(none)
}

/// Reads all keys, and refuses those that others can read.
pub fn load(data: &Path) -> Result<Keys, KeyError> {
    let folder = folder(data);
    refuse_exposed(&folder, "700")?;
    Ok(Keys {
        tokens: ring(&folder, Purpose::Tokens)?,
        pepper: ring(&folder, Purpose::Pepper)?,
        checkpoints: ring(&folder, Purpose::Checkpoints)?,
    })
}

fn add(folder: &Path, purpose: Purpose, id: u32, rng: &dyn Rng) -> Result<(), KeyError> {
    let mut secret = Zeroizing::new([0; 32]);
    rng.fill(secret.as_mut());
    let mut text = Zeroizing::new(passgate_gate::digest::hex(secret.as_ref()));
    text.push('\n');
    let path = folder.join(format!("{}-{id}.key", purpose.name()));
    private_file::write(&path, text.as_bytes()).map_err(at(&path))
}

fn ring(folder: &Path, purpose: Purpose) -> Result<Ring, KeyError> {
    let mut keys = files(folder, purpose)?
        .into_iter()
        .rev()
        .map(|(id, path)| read(id, &path))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter();
    let current =
        keys.next().ok_or_else(|| KeyError::Missing { folder: folder.to_owned(), purpose: purpose.name() })?;
    Ok(Ring { current, older: keys.collect() })
}

/// By number; other files in the folder are none of our business.
fn files(folder: &Path, purpose: Purpose) -> Result<BTreeMap<u32, PathBuf>, KeyError> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        let id = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_prefix(purpose.name())?.strip_prefix('-')?.strip_suffix(".key")?.parse().ok());
        if let Some(id) = id {
            found.insert(id, path);
        }
    }
    Ok(found)
}

fn read(id: u32, path: &Path) -> Result<Key, KeyError> {
    refuse_exposed(path, "600")?;
    let text = Zeroizing::new(fs::read_to_string(path).map_err(at(path))?);
    let mut secret = Zeroizing::new([0; 32]);
    let digits = text.trim().as_bytes();
    let whole = digits.len() == 64
        && digits.chunks(2).zip(secret.iter_mut()).all(|(pair, byte)| {
            std::str::from_utf8(pair)
                .ok()
                .filter(|pair| pair.bytes().all(|digit| digit.is_ascii_hexdigit()))
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                .is_some_and(|value| {
                    *byte = value;
                    true
                })
        });
    if whole { Ok(Key { id, secret }) } else { Err(KeyError::Malformed { path: path.to_owned() }) }
}

fn refuse_exposed(path: &Path, wanted: &'static str) -> Result<(), KeyError> {
    match private_file::exposure(path).map_err(at(path))? {
        None => Ok(()),
        Some(what) => Err(KeyError::Exposed { path: path.to_owned(), what, wanted }),
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> KeyError {
    move |source| KeyError::Io { path: path.to_owned(), source }
}
