//! A certificate and its key, read from PEM files.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};
use zeroize::{Zeroize as _, Zeroizing};

/// Far above any chain: a file that is larger is something else.
const LARGEST: u64 = 1024 * 1024;

/// Where the two are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Files {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// By which one sees that a file was replaced or written to; `None` for a file that is not there.
pub(super) type Stamp = [Option<(u64, u64, i64, i64)>; 2];

/// Why there is no TLS with these files.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{0}: cannot be read")]
    Unreadable(PathBuf, #[source] io::Error),
    /// Others than the server could take the key.
    #[error("{0} {1}; it must be the server's or root's, of mode 0600, or 0640 for a group of its own")]
    Exposed(PathBuf, String),
    /// The certificate file holds no certificate, or a broken one.
    #[error("{0}: no certificate in PEM (BEGIN CERTIFICATE) can be read from it")]
    Certificate(PathBuf),
    /// The key file holds no key, a broken one or an encrypted one.
    #[error("{0}: no private key in PEM without a passphrase (BEGIN PRIVATE KEY) can be read from it")]
    Key(PathBuf),
    /// A key of a kind or size that is not taken.
    #[error("{0}: the key is not taken; use ECDSA P-256 or P-384, Ed25519, or RSA of 2048 bits or more")]
    Weak(PathBuf, #[source] Error),
    /// The two do not belong together.
    #[error("the key {key} does not belong to the certificate {certificate}")]
    Strangers {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// A new certificate that no client would take.
    #[error("{0}: the certificate has expired, or is not valid yet")]
    OutsideItsTime(PathBuf),
    /// rustls cannot be set up.
    #[error("TLS cannot be set up")]
    Setup(#[source] Error),
}

impl Files {
    /// The pair, checked for belonging together.
    pub(super) fn read(&self) -> Result<CertifiedKey, TlsError> {
        let chain = chain(&self.certificate)?;
        let signer = {
            let mut key = key(&self.key)?;
            let signer = any_supported_type(&key);
            key.zeroize();
            signer.map_err(|error| TlsError::Weak(self.key.clone(), error))?
        };
        let pair = CertifiedKey::new(chain, signer);
        match pair.keys_match() {
            // Some keys do not tell which certificate they belong to.
            Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(pair),
            Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
                Err(TlsError::Strangers { certificate: self.certificate.clone(), key: self.key.clone() })
            }
            Err(_) => Err(TlsError::Certificate(self.certificate.clone())),
        }
    }

    /// What the files look like now.
    pub(super) fn stamp(&self) -> Stamp {
        [&self.certificate, &self.key].map(|path| {
            let about = fs::metadata(path).ok()?;
            Some((about.ino(), about.size(), about.mtime_nsec() + about.mtime() * 1_000_000_000, about.ctime()))
        })
    }
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = contents(path, open(path)?)?;
    let chain = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(|| TlsError::Certificate(path.to_owned()))
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let file = open(path)?;
    // Asked of the open file: the path could lead to another one by now.
    let about = file.metadata().map_err(|error| TlsError::Unreadable(path.to_owned(), error))?;
    let (mode, owner) = (about.mode() & 0o7777, about.uid());
    if mode & 0o137 != 0 {
        return Err(TlsError::Exposed(path.to_owned(), format!("has mode {mode:04o}")));
    }
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Err(TlsError::Exposed(path.to_owned(), format!("belongs to user {owner}")));
    }
    let text = contents(path, file)?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|_| TlsError::Key(path.to_owned()))
}

fn open(path: &Path) -> Result<File, TlsError> {
    File::open(path).map_err(|error| TlsError::Unreadable(path.to_owned(), error))
}

fn contents(path: &Path, file: File) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    // Room for all of it at once: a vector that grows leaves copies of the key behind.
    let size = file.metadata().map_or(0, |about| about.size()).min(LARGEST);
    let mut text = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1));
    let read = file.take(LARGEST).read_to_end(&mut text);
    read.map_err(|error| TlsError::Unreadable(path.to_owned(), error))?;
    Ok(text)
}
