//! What is checked of each request before any door sees it, and what every door is told of the connection.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, Version, header, uri::Authority};
use hyper::body::Incoming;
use passgate_door_http::{Connection, HSTS, REQUEST_ID_HEADER};
use passgate_gate::ids::RequestId;
use passgate_gate::rng::OsRng;
use tower::ServiceExt as _;

use super::Limits;
use super::bodies::{Answer, InTime};
use super::pace::{Pace, Phase, Verdict};

/// The service of one connection.
pub(super) struct Guard {
    pub(super) app: Router,
    pub(super) connection: Connection,
    pub(super) limits: Arc<Limits>,
    pub(super) pace: Arc<Pace>,
    /// Each answer is the last on its connection: the server is about to end.
    pub(super) leaving: Arc<AtomicBool>,
}

impl hyper::service::Service<Request<Incoming>> for Guard {
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.pace.enter(Phase::Serving);
        let pace = Arc::clone(&self.pace);
        if let Err(refusal) = self.admit(&request) {
            self.limits.traffic.note_malformed();
            let mut answer = refusal.answer();
            if self.connection.secure {
                answer.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
            }
            return Box::pin(async move { Ok(answer.map(|body| Answer::new(body, pace))) });
        }
        let app = self.app.clone();
        let mut request = request.map(|body| InTime::wrap(body, self.limits.body_time));
        request.extensions_mut().insert(self.connection);
        let leaving = Arc::clone(&self.leaving);
        Box::pin(async move {
            let mut answer = match app.oneshot(request).await {
                Ok(answer) => answer,
                Err(never) => match never {},
            };
            if leaving.load(Ordering::Relaxed) {
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(answer.map(|body| Answer::new(body, pace)))
        })
    }
}

/// Why a request reaches no door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Framing,
    Plain,
    Head,
    Host,
    Connect,
    Target,
}

impl Guard {
    fn admit(&self, request: &Request<Incoming>) -> Result<(), Refusal> {
        match self.pace.next() {
            Verdict::Sound => {}
            Verdict::TooLarge => return Err(Refusal::Head),
            Verdict::Ambiguous => return Err(Refusal::Framing),
        }
        if !self.limits.transport.hears(self.connection.peer.ip()) {
            return Err(Refusal::Plain);
        }
        if request.method() == Method::CONNECT {
            return Err(Refusal::Connect);
        }
        let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
        if target > self.limits.target_bytes {
            return Err(Refusal::Target);
        }
        names_one_host(request).then_some(()).ok_or(Refusal::Host)
    }
}

/// RFC 9112 3.2: one Host, and only HTTP/1.0 may go without.
fn names_one_host<B>(request: &Request<B>) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => request.version() == Version::HTTP_10,
        (Some(host), None) => host.to_str().is_ok_and(|host| !host.contains('@') && host.parse::<Authority>().is_ok()),
        (Some(_), Some(_)) => false,
    }
}

impl Refusal {
    /// The connection ends with it: after broken framing nobody knows where the next request begins.
    fn answer(self) -> Response<Body> {
        let (status, text) = match self {
            Self::Framing => (StatusCode::BAD_REQUEST, "The framing of the request is not valid.\n"),
            // Never a redirect: the next call would send its password in clear again, and nobody would notice (R87).
            Self::Plain => {
                (StatusCode::FORBIDDEN, "Plain http is taken from the configured proxies alone: use https.\n")
            }
            Self::Head => (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too large.\n"),
            Self::Host => (StatusCode::BAD_REQUEST, "The request must name one host.\n"),
            Self::Connect => (StatusCode::METHOD_NOT_ALLOWED, "This is no proxy.\n"),
            Self::Target => (StatusCode::URI_TOO_LONG, "The address is too long.\n"),
        };
        let id = RequestId::random(&OsRng);
        tracing::info!(request = id.as_str(), status = status.as_u16(), reason = ?self, "refused before any door");
        let mut answer = Response::new(Body::from(text));
        if let Ok(id) = HeaderValue::from_str(id.as_str()) {
            answer.headers_mut().insert(REQUEST_ID_HEADER, id);
        }
        *answer.status_mut() = status;
        for (name, value) in [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::CACHE_CONTROL, "no-store"),
            (header::CONNECTION, "close"),
        ] {
            answer.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        if self == Self::Connect {
            answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST, PUT, DELETE"));
        }
        answer
    }
}
