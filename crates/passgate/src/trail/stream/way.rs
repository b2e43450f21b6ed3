//! The way to a receiver on another machine: TLS, as records would else travel in clear (R87, R112).
//!
//! TLS 1.2 and 1.3 with the suites of rustls. The receiver's certificate must be in its time, name the host and
//! lead to an authority of the settings; no setting takes less. What is spoken on the way is no matter of this.

use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Whether a host of a setting is this machine, where plain ways are taken.
pub(super) fn is_near(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What makes a connection to one host secure.
pub(super) struct Tls {
    name: ServerName<'static>,
    /// `None`: those of the system.
    authorities: Option<PathBuf>,
    protocols: Vec<Vec<u8>>,
    /// `None` after a failure: the authorities are then read anew, so that new ones need no restart.
    connector: Option<TlsConnector>,
}

impl Tls {
    /// To this host, on which these protocols are spoken (RFC 7301).
    ///
    /// # Errors
    /// When the name is none, or when there is no authority.
    pub(super) fn to(host: &str, authorities: Option<&Path>, protocols: &[&[u8]]) -> io::Result<Self> {
        let name = ServerName::try_from(host.trim_matches(['[', ']'])).map_err(io::Error::other)?.to_owned();
        let protocols: Vec<_> = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        let connector = Some(connector(authorities, &protocols)?);
        Ok(Self { name, authorities: authorities.map(Path::to_owned), protocols, connector })
    }

    /// Shakes hands.
    pub(super) async fn secure(&mut self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let connector = if let Some(connector) = self.connector.take() {
            connector
        } else {
            let (authorities, protocols) = (self.authorities.clone(), self.protocols.clone());
            let read = tokio::task::spawn_blocking(move || connector(authorities.as_deref(), &protocols));
            read.await.map_err(io::Error::other)??
        };
        let secured = connector.connect(self.name.clone(), stream).await?;
        self.connector = Some(connector);
        Ok(secured)
    }
}

fn connector(authorities: Option<&Path>, protocols: &[Vec<u8>]) -> io::Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = authorities {
        let named = |error: &dyn std::fmt::Display| io::Error::other(format!("{}: {error}", path.display()));
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| named(&error))? {
            let certificate = certificate.map_err(|error| named(&error))?;
            roots.add(certificate).map_err(|error| named(&error))?;
        }
        if roots.is_empty() {
            return Err(named(&"no certificate in PEM (BEGIN CERTIFICATE) can be read from it"));
        }
    } else {
        // Systems carry some that no verifier takes; what counts is that one is left.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            let text = "the system knows no authority for certificates: name a file in audit.stream.authorities_file";
            return Err(io::Error::other(text));
        }
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    // A session that is taken up again shows no certificate, so an expired one would go on for days.
    config.resumption = Resumption::disabled();
    config.alpn_protocols = protocols.to_vec();
    Ok(TlsConnector::from(Arc::new(config)))
}
