//! An authority that issues certificates for a server of the test, in files of their own.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use tempfile::TempDir;

/// A folder with an authority's certificate, and one certificate of a server with its key.
pub struct Certificates {
    folder: TempDir,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Certificates {
    /// The server's is for `localhost` and `127.0.0.1`, its subject is `first`.
    ///
    /// # Panics
    /// When the test cannot be set up, as everything here.
    #[expect(clippy::new_without_default, reason = "each makes an authority of its own")]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut about = CertificateParams::new(Vec::new()).expect("no names");
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // No two of the same name.
        about.distinguished_name.push(DnType::CommonName, folder.path().display().to_string());
        let key = KeyPair::generate().expect("a key");
        let authority = CertifiedIssuer::self_signed(about, key).expect("a certificate");
        let certificates = Self { folder, authority };
        fs::write(certificates.root(), certificates.authority.pem()).expect("a file");
        certificates.issue("first");
        certificates
    }

    /// Puts another certificate in the place of the one before.
    ///
    /// # Panics
    /// When the test cannot be set up.
    pub fn issue(&self, subject: &str) {
        self.issue_with(subject, &KeyPair::generate().expect("a key"), |_| {});
    }

    /// The same, for these names alone.
    ///
    /// # Panics
    /// When the test cannot be set up.
    pub fn issue_for(&self, subject: &str, names: &[&str]) {
        let names = CertificateParams::new(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
        let names = names.expect("names").subject_alt_names;
        self.issue_with(subject, &KeyPair::generate().expect("a key"), |about| about.subject_alt_names = names);
    }

    /// The same, good from the first of January of the one year to that of the other.
    ///
    /// # Panics
    /// When the test cannot be set up.
    pub fn issue_between(&self, subject: &str, from: i32, to: i32) {
        self.issue_with(subject, &KeyPair::generate().expect("a key"), |about| {
            about.not_before = rcgen::date_time_ymd(from, 1, 1);
            about.not_after = rcgen::date_time_ymd(to, 1, 1);
        });
    }

    /// The same, good for three months until then.
    ///
    /// # Panics
    /// When the test cannot be set up.
    pub fn issue_until(&self, subject: &str, end: jiff::Timestamp) {
        let since = Duration::from_secs(u64::try_from(end.as_second()).expect("after 1970"));
        let end = rcgen::date_time_ymd(1970, 1, 1) + since;
        self.issue_with(subject, &KeyPair::generate().expect("a key"), |about| {
            about.not_before = end - Duration::from_hours(90 * 24);
            about.not_after = end;
        });
    }

    /// The same with an RSA key.
    ///
    /// # Panics
    /// When the test cannot be set up.
    pub fn issue_rsa(&self, subject: &str) {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).expect("a key");
        self.issue_with(subject, &key, |_| {});
    }

    fn issue_with(&self, subject: &str, key: &KeyPair, change: impl FnOnce(&mut CertificateParams)) {
        let names = ["localhost", "127.0.0.1"].map(str::to_owned);
        let mut about = CertificateParams::new(names.to_vec()).expect("names");
        about.distinguished_name.push(DnType::CommonName, subject);
        change(&mut about);
        let certificate = about.signed_by(key, &self.authority).expect("a certificate");
        let beside = self.folder.path().join("beside");
        for (text, path) in [(key.serialize_pem(), self.key()), (certificate.pem(), self.certificate())] {
            fs::write(&beside, text).expect("a file");
            fs::set_permissions(&beside, Permissions::from_mode(0o600)).expect("its mode");
            fs::rename(&beside, path).expect("its place");
        }
    }

    /// The authority's certificate.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root.pem")
    }

    /// The server's.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    /// Its key.
    pub fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }
}
