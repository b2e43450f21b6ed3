//! Answers that say nothing but their status: what doors give where no words of their own are documented.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};

use crate::headers::retry_after;

/// An answer with this status and no body.
pub fn silent(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    response
}

/// An answer with this status and no body that says when to come again (R62, R131).
pub fn silent_until(status: StatusCode, wait: Duration) -> Response {
    let mut response = silent(status);
    response.headers_mut().insert(header::RETRY_AFTER, retry_after(wait));
    response
}
