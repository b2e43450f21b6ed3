//! What the log shows of a request. A program of its own, since another test that logs nothing may switch a
//! place in the code off for all threads at the moment when this one switches it on.

#![expect(clippy::unwrap_used, reason = "a test that cannot prepare its case fails")]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Request;
use passgate_door_http::{TrustedProxies, dress};
use tower::ServiceExt;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(line);
        Ok(line.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_shows_the_id_and_the_route_but_no_path_query_or_header() {
    // R95, R112
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let doors = dress(Router::new().route("/loud/{id}", get(|| async {})), TrustedProxies::default());
    let request = Request::builder().uri("/loud/s3cr3t-path?key=s3cr3t-query").header("x-api-key", "s3cr3t-header");
    let answer = doors.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    drop(guard);
    let id = answer.headers()["passgate-request-id"].to_str().unwrap().to_owned();
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains(&id) && log.contains("/loud/{id}") && log.contains("status=200"), "{log}");
    assert!(!log.contains("s3cr3t"), "{log}");
}
