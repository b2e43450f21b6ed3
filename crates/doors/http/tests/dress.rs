//! What every answer of every door wears.

#![expect(clippy::unwrap_used, reason = "a test that cannot prepare its case fails")]

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{HeaderValue, Request, StatusCode, header};
use passgate_door_http::{Arrival, Client, Connection, HSTS, TrustedProxies, answer_panics_with, dress, retry_after};
use tower::ServiceExt;

fn doors() -> Router {
    let loud = Router::new().route("/loud/{id}", get(|| async { [(header::SERVER, "Loud/1.0")] }));
    let broken = Router::new().route(
        "/broken",
        get(|| async {
            assert!(std::hint::black_box(false), "broken on purpose");
        }),
    );
    let worded = answer_panics_with(
        Router::new().route(
            "/worded",
            get(|| async {
                assert!(std::hint::black_box(false), "broken");
            }),
        ),
        || axum::response::IntoResponse::into_response((StatusCode::INTERNAL_SERVER_ERROR, "in the door's words")),
    );
    let who = Router::new()
        .route("/who", get(|at: Arrival| async move { format!("{} {}", at.client.source, at.request.as_str()) }));
    dress(loud.merge(broken).merge(worded).merge(who), TrustedProxies::parse(["127.0.0.1"]).unwrap())
}

fn request(path: &str) -> Request<Body> {
    let connection = Connection { peer: "127.0.0.1:9".parse().unwrap(), secure: false };
    let request =
        Request::builder().uri(path).header("x-forwarded-for", "198.51.100.1").header("x-api-key", "s3cr3t-header");
    request.extension(connection).body(Body::empty()).unwrap()
}

async fn text(response: axum::response::Response) -> String {
    String::from_utf8(axum::body::to_bytes(response.into_body(), 9999).await.unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn every_answer_has_its_id_and_the_common_headers_and_tells_no_version() {
    // R93, R98, R103, R113
    for path in ["/loud/1", "/broken", "/worded", "/nowhere"] {
        let answer = doors().oneshot(request(path)).await.unwrap();
        let headers = answer.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        let policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        assert_eq!(headers["content-security-policy"], policy, "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(headers["passgate-request-id"].len(), 32, "{path}");
        assert!(!headers.contains_key("server"), "{path}");
    }
}

#[tokio::test]
async fn answers_ask_for_https_for_a_year_where_it_is_spoken_and_nowhere_else() {
    // R97; the doors here trust the proxy 127.0.0.1.
    for (peer, secure, claimed, asks) in [
        ("203.0.113.9:1", true, None, true),
        ("203.0.113.9:1", false, None, false),
        ("203.0.113.9:1", false, Some("https"), false),
        ("127.0.0.1:1", false, Some("https"), true),
        ("127.0.0.1:1", false, Some("http"), false),
    ] {
        for path in ["/loud/1", "/broken", "/worded", "/nowhere"] {
            let mut request = request(path);
            request.extensions_mut().insert(Connection { peer: peer.parse().unwrap(), secure });
            if let Some(scheme) = claimed {
                request.headers_mut().insert("x-forwarded-proto", HeaderValue::from_static(scheme));
            }
            let answer = doors().oneshot(request).await.unwrap();
            let asked = answer.headers().get(header::STRICT_TRANSPORT_SECURITY);
            assert_eq!(asked.is_some_and(|value| value == HSTS), asks, "{peer} {secure} {claimed:?} {path}");
            assert!(asks || asked.is_none(), "{peer} {path}");
        }
    }
}

#[tokio::test]
async fn a_panic_costs_one_request_and_each_door_words_it() {
    let app = doors();
    let broken = app.clone().oneshot(request("/broken")).await.unwrap();
    assert_eq!(broken.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(text(broken).await, "");
    let worded = app.clone().oneshot(request("/worded")).await.unwrap();
    assert_eq!(text(worded).await, "in the door's words");
    assert_eq!(app.oneshot(request("/loud/1")).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_handler_learns_the_client_and_the_id_that_the_answer_carries() {
    let answer = doors().oneshot(request("/who")).await.unwrap();
    let id = answer.headers()["passgate-request-id"].to_str().unwrap().to_owned();
    assert_eq!(text(answer).await, format!("198.51.100.1 {id}"));
}

#[tokio::test]
async fn without_a_connection_the_client_is_unknown_and_nothing_trusts_it() {
    let bare = Router::new().route("/", get(|client: Client| async move { format!("{client:?}") }));
    let answer = bare.oneshot(Request::builder().uri("/").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(text(answer).await, format!("{:?}", Client::unknown()));
    assert!(!Client::unknown().loopback && !Client::unknown().secure);
}

#[test]
fn retry_after_is_whole_seconds_rounded_up_and_never_none() {
    for (wait, expected) in [(0, "1"), (1, "1"), (1000, "1"), (1001, "2"), (59_999, "60")] {
        assert_eq!(retry_after(Duration::from_millis(wait)), HeaderValue::from_static(expected), "{wait}");
    }
}
