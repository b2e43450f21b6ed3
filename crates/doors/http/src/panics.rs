//! A panic costs one request, never the process.

use std::panic::AssertUnwindSafe;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use futures_util::FutureExt;

/// Answers a panic below this point with `answer`, so that each door fails in its own words (R94, R113).
///
/// The panic's text goes to the panic hook only: it may hold what the client sent.
pub fn answer_panics_with<S: Clone + Send + Sync + 'static>(router: Router<S>, answer: fn() -> Response) -> Router<S> {
    router.layer(from_fn(move |request: Request, next: Next| async move {
        // Nothing survives of a request that panicked: its future is dropped, what it shared is behind locks.
        AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!("a request panicked");
            answer()
        })
    }))
}
