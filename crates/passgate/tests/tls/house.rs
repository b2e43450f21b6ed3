//! Certificates, a server within the test that shows them, and clients that judge them.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use passgate::config::sections::{Server as Settings, ServerTls};
use passgate::serve::{Drained, Limits, Tls, Transport, run};
use passgate_door_http::{TrustedProxies, dress};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support;

/// Far beyond any limit under test: reached only by a server that hangs.
pub(crate) const FOREVER: Duration = Duration::from_mins(1);

/// An authority and a server's certificate, with clients that trust it.
pub(crate) struct Certificates(passgate_testing::certificates::Certificates);

impl std::ops::Deref for Certificates {
    type Target = passgate_testing::certificates::Certificates;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Certificates {
    pub(crate) fn new() -> Self {
        Self(passgate_testing::certificates::Certificates::new())
    }

    pub(crate) fn settings(&self) -> ServerTls {
        ServerTls { certificate: self.certificate(), key: self.key(), ..ServerTls::default() }
    }

    /// Variables for a server of its own process.
    pub(crate) fn variables(&self) -> [(&'static str, String); 2] {
        [
            ("PASSGATE_SERVER_TLS_CERTIFICATE", support::text(&self.certificate()).to_owned()),
            ("PASSGATE_SERVER_TLS_KEY", support::text(&self.key()).to_owned()),
        ]
    }

    /// A rustls client that trusts this authority alone.
    pub(crate) fn connector(&self) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.root()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
    }

    /// The same, connected.
    pub(crate) async fn connect(&self, address: SocketAddr) -> TlsStream<TcpStream> {
        let name = ServerName::try_from("localhost").unwrap();
        self.connector().connect(name, TcpStream::connect(address).await.unwrap()).await.unwrap()
    }

    /// `passgate dev` with this certificate.
    pub(crate) fn dev(&self, data: &Path, more: &[(&str, &str)]) -> support::Server {
        let ours = self.variables();
        let variables: Vec<_> =
            ours.iter().map(|(name, value)| (*name, value.as_str())).chain(more.iter().copied()).collect();
        let mut server = support::Server::dev(data, &variables);
        server.address = server.member("base_url").replace("https://", "");
        server
    }

    /// What curl says of this address: head and body.
    #[track_caller]
    pub(crate) fn curl(&self, arguments: &[&str]) -> String {
        let root = self.root();
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--include", "--max-time", "60", "--cacert", support::text(&root)])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", support::told(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// One handshake by OpenSSL with these arguments, at a security level that would allow anything.
    pub(crate) fn openssl(&self, address: &str, arguments: &[&str]) -> Output {
        Command::new("openssl")
            .args(["s_client", "-connect", address, "-CAfile", support::text(&self.root()), "-verify_return_error"])
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

/// The accept loop within the test. `/` answers, `/slow` waits to be told.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) running: JoinHandle<Drained>,
    pub(crate) go_on: Arc<Notify>,
    pub(crate) begun: Arc<Notify>,
    pub(crate) tls: Option<Arc<Tls>>,
}

impl TestServer {
    /// With this certificate and limits.
    pub(crate) async fn secure(certificates: &Certificates, change: impl FnOnce(&mut ServerTls, &mut Limits)) -> Self {
        let mut settings = certificates.settings();
        let mut limits = Limits::from(&Settings::default());
        change(&mut settings, &mut limits);
        limits.transport = Transport::Tls(Arc::new(Tls::start(&settings).unwrap().unwrap()));
        Self::start("127.0.0.1:0".parse().unwrap(), limits).await
    }

    pub(crate) async fn start(address: SocketAddr, limits: Limits) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (go_on, begun) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (wait, tell) = (Arc::clone(&go_on), Arc::clone(&begun));
        let slow = get(move || async move {
            tell.notify_one();
            wait.notified().await;
            "done"
        });
        let large = get(|| async { "x".repeat(8 * 1024 * 1024) });
        let app = Router::new().route("/", get(|| async { "here" })).route("/slow", slow).route("/large", large);
        let tls = match &limits.transport {
            Transport::Tls(tls) => Some(Arc::clone(tls)),
            Transport::Plain | Transport::PlainFrom(_) => None,
        };
        let (stop, stopped) = oneshot::channel();
        let app = dress(app, TrustedProxies::default());
        let running = tokio::spawn(run(listener, app, limits, async {
            let _ = stopped.await;
        }));
        Self { address, stop: Some(stop), running, go_on, begun, tls }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// Everything until the other end closes, or breaks it off.
pub(crate) async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut answer = Vec::new();
    let read = async {
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut piece).await {
            answer.extend_from_slice(&piece[..length]);
        }
    };
    tokio::time::timeout(FOREVER, read).await.expect("the server ends the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Reads until the answer ends like this.
pub(crate) async fn until(stream: &mut (impl AsyncRead + Unpin), ending: &str) -> String {
    let mut answer = String::new();
    let read = async {
        while !answer.ends_with(ending) {
            let mut byte = [0; 1];
            assert_eq!(stream.read(&mut byte).await.unwrap(), 1, "closed after {answer:?}");
            answer.push(char::from(byte[0]));
        }
    };
    tokio::time::timeout(FOREVER, read).await.expect("the answer comes");
    answer
}

/// `GET` of this path on a connection that stays.
pub(crate) fn asked(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes()
}
