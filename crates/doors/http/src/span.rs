//! What becomes known of a request after its span was made: door and operation, the outcome, the status.
//!
//! Words of ours alone: none is the client's text (R112).

use std::future::Future;

use http::StatusCode;
use passgate_gate::audit::{Door, Operation};
use tracing::Span;

tokio::task_local! {
    /// The span of the request that this task answers.
    static REQUEST: Span;
}

/// Answers a request whose span this is.
pub(crate) async fn within<T>(span: Span, answering: impl Future<Output = T>) -> T {
    REQUEST.scope(span, answering).await
}

/// What the request asks for.
pub(crate) fn note_operation(door: Door, operation: Operation) {
    let _ = REQUEST.try_with(|request| {
        request.record("door", door.name()).record("operation", operation.name());
    });
}

/// How the gate decided, in its stable word: in the span of its own step and in that of the request. Nothing
/// where no request is answered.
pub fn note_outcome(word: &'static str) {
    let _ = REQUEST.try_with(|request| {
        let step = Span::current();
        if step.id() != request.id() {
            step.record("outcome", word);
        }
        request.record("outcome", word);
    });
}

/// The answer. Only what is our fault is an error of the request, as OpenTelemetry has it for servers.
pub(crate) fn note_status(request: &Span, status: StatusCode) {
    request.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        request.record("otel.status_code", "ERROR");
    }
}
