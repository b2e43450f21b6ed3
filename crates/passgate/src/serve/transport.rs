//! How the bytes of a listener travel: in TLS, or in clear and then from whom.

use std::net::IpAddr;
use std::sync::Arc;

use passgate_door_http::TrustedProxies;

use super::tls::{Tls, TlsError};
use crate::config::sections::Server;

/// How a client may speak to a listener (R87).
#[derive(Debug, Clone)]
pub enum Transport {
    /// In clear, whoever it is: for loopback, and where it was set on purpose.
    Plain,
    /// In clear from this machine and from the proxies that end TLS; anybody else is refused.
    PlainFrom(TrustedProxies),
    /// In TLS alone.
    Tls(Arc<Tls>),
}

impl Transport {
    /// What the settings say, with the certificate read.
    pub fn of(settings: &Server) -> Result<Self, TlsError> {
        if let Some(tls) = Tls::start(&settings.tls)? {
            return Ok(Self::Tls(Arc::new(tls)));
        }
        if settings.allow_plain_http || settings.listen.ip().is_loopback() {
            return Ok(Self::Plain);
        }
        // A list that cannot be read was refused with the configuration; here it trusts nobody.
        Ok(Self::PlainFrom(TrustedProxies::parse(&settings.trusted_proxies).unwrap_or_default()))
    }

    /// Whether what this peer sends in clear is answered at all.
    pub(super) fn hears(&self, peer: IpAddr) -> bool {
        match self {
            Self::Plain | Self::Tls(_) => true,
            Self::PlainFrom(proxies) => peer.to_canonical().is_loopback() || proxies.contains(peer),
        }
    }

    pub(super) fn tls(&self) -> Option<&Arc<Tls>> {
        match self {
            Self::Tls(tls) => Some(tls),
            Self::Plain | Self::PlainFrom(_) => None,
        }
    }
}
