//! From when to when a certificate is good.
//!
//! Asked of the verifier that clients use, without any authority: it looks at the dates first, and says which
//! it saw. So no second parser of certificates is needed.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, RootCertStore};

/// The last second of the year 9999, which means "never" in a certificate.
const NEVER: Duration = Duration::from_secs(253_402_300_799);

/// From when on its end is told of, unless its whole life is short.
const EARLY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How a certificate stands at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Clients take it; until then, if that can be told.
    Good(Option<Timestamp>),
    /// Clients take it, until then. 30 days are left, or a third of its life if that is less: a renewal that
    /// works has come before.
    EndsSoon(Timestamp),
    /// Clients refuse it since then.
    Over(Timestamp),
    /// Clients refuse it until then.
    NotYet(Timestamp),
}

/// How it stands.
pub(super) fn standing(certificate: &CertificateDer<'_>, now: Timestamp) -> Standing {
    let begin = begin(certificate);
    match (begin, end(certificate)) {
        (Some(begin), _) if now < begin => Standing::NotYet(begin),
        (_, None) => Standing::Good(None),
        (_, Some(end)) if end <= now => Standing::Over(end),
        (begin, Some(end)) => {
            let third = begin.map_or(EARLY, |begin| end.duration_since(begin) / 3);
            if end.duration_since(now) <= third.min(EARLY) {
                Standing::EndsSoon(end)
            } else {
                Standing::Good(Some(end))
            }
        }
    }
}

/// When it begins; `None` if it cannot be told.
fn begin(certificate: &CertificateDer<'_>) -> Option<Timestamp> {
    match judge(certificate, Duration::ZERO)? {
        CertificateError::NotValidYetContext { not_before, .. } => {
            Timestamp::from_second(i64::try_from(not_before.as_secs()).ok()?).ok()
        }
        _ => None,
    }
}

/// When it ends; `None` for never, and if it cannot be told.
pub(super) fn end(certificate: &CertificateDer<'_>) -> Option<Timestamp> {
    match judge(certificate, NEVER)? {
        CertificateError::ExpiredContext { not_after, .. } => {
            Timestamp::from_second(i64::try_from(not_after.as_secs()).ok()?).ok()
        }
        _ => None,
    }
}

/// Whether a client would refuse it at this time for its dates alone.
pub(super) fn outside(certificate: &CertificateDer<'_>, now: Timestamp) -> bool {
    let now = Duration::from_secs(u64::try_from(now.as_second()).unwrap_or(0));
    matches!(
        judge(certificate, now),
        Some(
            CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. }
        )
    )
}

fn judge(certificate: &CertificateDer<'_>, at: Duration) -> Option<CertificateError> {
    let certificate = ParsedCertificate::try_from(certificate).ok()?;
    let (nobody, at) = (RootCertStore::empty(), UnixTime::since_unix_epoch(at));
    let known = aws_lc_rs::default_provider().signature_verification_algorithms.all;
    match verify_server_cert_signed_by_trust_anchor(&certificate, &nobody, &[], at, known) {
        Err(Error::InvalidCertificate(reason)) => Some(reason),
        Ok(()) | Err(_) => None,
    }
}
