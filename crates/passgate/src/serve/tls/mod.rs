//! TLS that ends in this process (R87).
//!
//! TLS 1.2 and 1.3, with the suites of rustls, which are all forward-secret and authenticated; no early data,
//! since it could be replayed; HTTP/1.1 alone, whose framing the accept loop guards. Reading the files is
//! in `files`, taking new ones without a restart in `renewal`.

mod files;
mod renewal;
mod validity;

use std::fmt;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, crypto::aws_lc_rs};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::config::sections::ServerTls;

pub use self::files::TlsError;
use self::files::{Files, Stamp};
pub use self::renewal::Renewal;
pub use self::validity::Standing;

/// The first byte of every TLS connection: a record of the handshake.
const HANDSHAKE: u8 = 22;

/// What a client hears that speaks plain HTTP here. Its request is not even read.
const PLAIN: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 30\r\n\
    cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\nThis port speaks https alone.\n";

/// What turns a connection into a secure one, with the certificate that is in force.
pub struct Tls {
    acceptor: TlsAcceptor,
    current: Arc<Current>,
    files: Files,
    /// What the files looked like just before they were read first.
    first: Stamp,
    handshake_time: Duration,
    look_every: Duration,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("files", &self.files).finish_non_exhaustive()
    }
}

impl Tls {
    /// With the certificate and key of these settings, read now. `None` if they name none.
    pub fn start(settings: &ServerTls) -> Result<Option<Self>, TlsError> {
        if !settings.named() {
            return Ok(None);
        }
        let files = Files { certificate: settings.certificate.clone(), key: settings.key.clone() };
        let first = files.stamp();
        let current = Arc::new(Current(RwLock::new(Arc::new(files.read()?))));
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(TlsError::Setup)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Current>::clone(&current));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Some(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            current,
            files,
            first,
            handshake_time: Duration::from_secs(settings.handshake_seconds),
            look_every: Duration::from_secs(settings.reload_seconds),
        }))
    }

    /// Reads the files anew. New connections get what they hold; if they hold nothing that is good now, the old
    /// stays.
    pub fn reload(&self, now: Timestamp) -> Result<(), TlsError> {
        let new = Arc::new(self.files.read()?);
        // At the start such a one is taken: a server that answers with it is easier to mend than none.
        if new.end_entity_cert().is_ok_and(|certificate| validity::outside(certificate, now)) {
            return Err(TlsError::OutsideItsTime(self.files.certificate.clone()));
        }
        *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// When the certificate in force ends; `None` for never, and if it cannot be told.
    pub fn ends(&self) -> Option<Timestamp> {
        validity::end(self.current.certificate().end_entity_cert().ok()?)
    }

    /// How the certificate in force stands. R87.
    pub fn standing(&self, now: Timestamp) -> Standing {
        let current = self.current.certificate();
        current.end_entity_cert().map_or(Standing::Good(None), |certificate| validity::standing(certificate, now))
    }

    /// Makes the connection secure, within the time for it.
    pub(super) async fn secure(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let secured = async {
            let mut first = [0];
            if stream.peek(&mut first).await? == 1 && first[0] != HANDSHAKE {
                return refuse_plain(stream).await;
            }
            self.acceptor.accept(stream).await
        };
        tokio::time::timeout(self.handshake_time, secured).await?
    }
}

/// Says so in one line. What was sent is read for nothing, and not for long: closed with bytes unread, the
/// connection would be reset before the line is seen.
async fn refuse_plain<S>(mut stream: TcpStream) -> io::Result<S> {
    let answer = async {
        stream.write_all(PLAIN).await?;
        stream.shutdown().await?;
        tokio::io::copy(&mut (&mut stream).take(64 * 1024), &mut tokio::io::sink()).await
    };
    let _ = tokio::time::timeout(Duration::from_secs(1), answer).await;
    Err(io::ErrorKind::InvalidData.into())
}

/// The certificate for the next connection.
struct Current(RwLock<Arc<CertifiedKey>>);

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Current(..)")
    }
}

impl Current {
    fn certificate(&self) -> Arc<CertifiedKey> {
        // A std lock: it is held for a copy of the pointer, and nothing awaits.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.certificate())
    }
}
