//! What surrounds every request of every door: id, span, client, panic, headers.

use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use passgate_gate::ids::RequestId;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::arrival::{REQUEST_ID_HEADER, id_header, new_request_id};
use crate::client::{Client, Connection, TrustedProxies};
use crate::panics::answer_panics_with;
use crate::span::{note_status, within};
use crate::unread::read_to_the_end;

/// The value of `Strict-Transport-Security` on every answer to a client whose bytes are encrypted: one year (R97).
pub const HSTS: &str = "max-age=31536000";

/// The value of `Content-Security-Policy` on every answer that has not one of its own: nothing is loaded, run, framed
/// or sent (R98). What is served here are answers for programs, and pages without script, style or form.
const CONTENT_POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Wraps all doors; the program does it once, outermost.
///
/// Each request gets what [`crate::Arrival`] gives its handler and a span without query string, header value or raw
/// path (R95, R112); each answer gets the id, `nosniff`, `no-store`, a content policy that allows nothing and no
/// referrer, [`HSTS`] if the client speaks https, and tells no version (R93, R97, R98, R103). A panic that no door
/// answered becomes an empty 500. A body that a door leaves unread is read for nothing, within bounds, so that the
/// answer arrives.
pub fn dress<S: Clone + Send + Sync + 'static>(router: Router<S>, proxies: TrustedProxies) -> Router<S> {
    answer_panics_with(router, || StatusCode::INTERNAL_SERVER_ERROR.into_response())
        .layer(from_fn_with_state(proxies, around))
}

async fn around(State(proxies): State<TrustedProxies>, mut request: Request, next: Next) -> Response {
    let id = new_request_id();
    let connection = request.extensions().get::<Connection>().copied();
    let client =
        connection.map_or_else(Client::unknown, |at| Client::resolve(at, request.headers(), request.uri(), &proxies));
    let secure = client.secure;
    let span = request_span(&request, &id, &client);
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(client);
    let told = span.clone();

    let answered = async move {
        let begun = Instant::now();
        let mut response = next.run(read_to_the_end(request)).await;
        note_status(&told, response.status());
        tracing::info!(status = response.status().as_u16(), milliseconds = begun.elapsed().as_millis(), "answered");
        dress_answer(&mut response, &id);
        if secure {
            response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
        }
        response
    };
    within(span.clone(), answered).instrument(span).await
}

/// Of the request: names of OpenTelemetry where it has some, in logs shorter ones (docs/watching.md). What is not
/// known yet is noted later, by [`crate::span`].
fn request_span(request: &Request, id: &RequestId, client: &Client) -> Span {
    // The pattern, not the path: a path is the client's text, and some clients put secrets there.
    let route = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str);
    let method = method_name(request);
    // At the highest level: whatever is logged at all, its line carries the request's id.
    tracing::error_span!(
        "request",
        otel.kind = "server",
        otel.name = format!("{method} {route}"),
        otel.status_code = Empty,
        id = id.as_str(),
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        client.address = %client.source,
        url.scheme = if client.secure { "https" } else { "http" },
        door = Empty,
        operation = Empty,
        outcome = Empty,
    )
}

/// A method of the client's own invention is its text too.
fn method_name(request: &Request) -> &'static str {
    const KNOWN: [&str; 8] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE"];
    KNOWN.into_iter().find(|name| *name == request.method().as_str()).unwrap_or("other")
}

fn dress_answer(response: &mut Response, id: &RequestId) {
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID_HEADER, id_header(id));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(CONTENT_POLICY));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    headers.remove(header::SERVER);
}
