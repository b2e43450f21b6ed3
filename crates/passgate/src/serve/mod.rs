//! The server loop: accepts connections, keeps to the limits, drains on a stop signal.
//!
//! Our own and not `axum::serve`, which installs no timer: slow senders would keep a connection for ever.
//! HTTP/1 only, in TLS too: framing, pace and limits are guarded for it alone. No route and no rule lives
//! here. Start at [`run`]; what is checked of each request stands in `guard`.

mod bodies;
mod framing;
mod guard;
mod pace;
mod signals;
mod tls;
mod traffic;
mod transport;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use passgate_door_http::Connection;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use crate::config::sections::Server;

use self::guard::Guard;
use self::pace::{Pace, Watched};
pub use self::signals::{outlive_hangup, stop_signal};
pub use self::tls::{Renewal, Standing, Tls, TlsError};
pub use self::traffic::Traffic;
pub use self::transport::Transport;

/// What one client may take (R89, R128), and how it has to speak (R87).
#[derive(Debug, Clone)]
pub struct Limits {
    /// In TLS, or in clear and then from whom. [`Transport::Plain`] until it is set.
    pub transport: Transport,
    /// Open connections; the next one is answered 503.
    pub connections: usize,
    /// Bytes of the headers of one request; more is answered 431.
    pub header_bytes: usize,
    /// Header fields of one request; more is answered 431.
    pub header_fields: usize,
    /// Bytes of path and query; more is answered 414.
    pub target_bytes: usize,
    /// In which the headers must arrive.
    pub header_time: Duration,
    /// In which the body must arrive.
    pub body_time: Duration,
    /// For which a connection may do nothing.
    pub idle_time: Duration,
    /// For which everything is still served after the stop, so that proxies see in time that they should not ask.
    pub unready_time: Duration,
    /// Until the end of the serving after the stop, the time above included.
    pub drain_time: Duration,
    /// Where connections are counted.
    pub traffic: Arc<Traffic>,
}

impl From<&Server> for Limits {
    fn from(settings: &Server) -> Self {
        Self {
            transport: Transport::Plain,
            connections: settings.connections,
            header_bytes: settings.header_bytes,
            header_fields: settings.header_fields,
            target_bytes: settings.target_bytes,
            header_time: Duration::from_secs(settings.header_seconds),
            body_time: Duration::from_secs(settings.body_seconds),
            idle_time: Duration::from_secs(settings.idle_seconds),
            unready_time: Duration::from_secs(settings.unready_seconds),
            drain_time: Duration::from_secs(settings.drain_seconds),
            traffic: Arc::default(),
        }
    }
}

/// For which connections that were taken last are listened to, so that what they have sent already is answered.
const LAST_LOOK: Duration = Duration::from_millis(50);

/// How the serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// Every request that had begun was answered.
    Whole,
    /// The time for draining was over first.
    Cut,
}

/// Serves until `stop` is done and for `unready_time` more, in which each answer is the last on its connection;
/// then lets running requests finish: no new connection, no further request on an open one (R121).
pub async fn run(listener: TcpListener, app: Router, limits: Limits, stop: impl Future<Output = ()>) -> Drained {
    // Dropped at the end: who has not even shaken hands is not waited for.
    let (ending, ended) = watch::channel(());
    let reception = Reception {
        app,
        rooms: Arc::new(Semaphore::new(limits.connections)),
        graceful: GracefulShutdown::new(),
        leaving: Arc::default(),
        ended,
        limits: Arc::new(limits),
    };
    let limits = &reception.limits;
    tokio::select! {
        () = stop => {}
        never = reception.welcome(&listener) => match never {},
    }
    let cut = Instant::now() + limits.drain_time;
    reception.leaving.store(true, Ordering::Relaxed);
    tokio::select! {
        () = tokio::time::sleep(limits.unready_time) => {}
        never = reception.welcome(&listener) => match never {},
    }
    // Who waits in the system's queue would be cut off by the end of the listener.
    loop {
        tokio::select! {
            biased;
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => reception.serve(stream, peer),
                Err(_) => break,
            },
            () = std::future::ready(()) => break,
        }
    }
    drop((listener, ending));
    tokio::time::sleep(LAST_LOOK).await;
    match tokio::time::timeout_at(cut, reception.graceful.shutdown()).await {
        Ok(()) => Drained::Whole,
        Err(_) => Drained::Cut,
    }
}

/// Where connections arrive.
struct Reception {
    app: Router,
    limits: Arc<Limits>,
    rooms: Arc<Semaphore>,
    graceful: GracefulShutdown,
    leaving: Arc<AtomicBool>,
    ended: watch::Receiver<()>,
}

impl Reception {
    async fn welcome(&self, listener: &TcpListener) -> Infallible {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => self.serve(stream, peer),
                Err(error) => {
                    // Mostly a lack of file descriptors: others will end, and spinning would not help them.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    fn serve(&self, stream: TcpStream, peer: SocketAddr) {
        let limits = &self.limits;
        let Ok(room) = Arc::clone(&self.rooms).try_acquire_owned() else {
            limits.traffic.refuse();
            tracing::warn!("all connections are taken");
            if limits.transport.tls().is_none() {
                tokio::spawn(refuse(stream));
            }
            return;
        };
        let open = limits.traffic.enter();
        // A small answer must not wait for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let served = Served {
            app: self.app.clone(),
            peer,
            limits: Arc::clone(limits),
            leaving: Arc::clone(&self.leaving),
            watcher: self.graceful.watcher(),
        };
        let mut ended = self.ended.clone();
        tokio::spawn(async move {
            // Whoever shakes hands has a room like the others, and no accept waits for it.
            if let Some(tls) = served.limits.transport.tls().cloned() {
                let secured = tokio::select! {
                    _ = ended.changed() => return,
                    secured = tls.secure(stream) => secured,
                };
                match secured {
                    Ok(stream) => served.converse(stream, true).await,
                    Err(error) => tracing::debug!(%error, "a connection did not become secure"),
                }
            } else {
                served.converse(stream, false).await;
            }
            drop((room, open));
        });
    }
}

/// One connection that has found room.
struct Served {
    app: Router,
    peer: SocketAddr,
    limits: Arc<Limits>,
    leaving: Arc<AtomicBool>,
    watcher: Watcher,
}

impl Served {
    /// Answers request after request until one side ends it.
    async fn converse<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(self, stream: S, secure: bool) {
        let Self { app, peer, limits, leaving, watcher } = self;
        let pace = Arc::new(Pace::default());
        let io = TokioIo::new(Watched::new(stream, Arc::clone(&pace), &limits));
        let mut http = hyper::server::conn::http1::Builder::new();
        http.timer(TokioTimer::new())
            // The second net: `Watched` closes earlier, and tells waiting from sending.
            .header_read_timeout(limits.idle_time + limits.header_time)
            .max_headers(limits.header_fields)
            // Some clients say that they have said all (`nc -N`, old SOAP stacks) and wait for the answer. The price:
            // a client that is gone is noticed by the answer only. Rooms and the hashing queue are bounded all the same.
            .half_close(true)
            // The scanner keeps to the limit exactly; hyper's is what one connection may cost.
            .max_buf_size(2 * limits.header_bytes);
        let guard = Guard { app, connection: Connection { peer, secure }, limits, pace, leaving };
        if let Err(error) = watcher.watch(http.serve_connection(io, guard)).await {
            tracing::debug!(timeout = error.is_timeout(), parse = error.is_parse(), "a connection ended early");
        }
    }
}

/// Says in a few bytes that there is no room, without reading what was asked (R131).
async fn refuse(mut stream: TcpStream) {
    const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n\
        cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n";
    let answer = async {
        stream.write_all(FULL).await?;
        stream.shutdown().await
    };
    let _ = tokio::time::timeout(Duration::from_secs(1), answer).await;
}
