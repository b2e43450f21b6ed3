//! Responses. What they say stands in [`result`] and [`fault`]; here is what HTTP sees of it.
//!
//! Contract: soap-clients 1, 3, 11.

mod envelope;
mod fault;
mod result;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use zeroize::Zeroizing;

pub(crate) use fault::{fault, not_an_envelope, version_mismatch};
pub(crate) use result::success;

/// A response without a body.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    response
}

pub(crate) fn method_not_allowed(allowed: &'static str) -> Response {
    let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

/// The same response as to GET, with its length but without its body.
pub(crate) fn without_body(response: Response) -> Response {
    let (head, _) = response.into_parts();
    Response::from_parts(head, Body::empty())
}

pub(crate) fn plain_fault(text: &str) -> Response {
    let body = Zeroizing::new(text.as_bytes().to_vec());
    full(StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", body)
}

pub(crate) fn html(page: String) -> Response {
    full(StatusCode::OK, "text/html; charset=utf-8", Zeroizing::new(page.into_bytes()))
}

pub(crate) fn xml(body: Zeroizing<Vec<u8>>) -> Response {
    full(StatusCode::OK, "text/xml; charset=utf-8", body)
}

fn full(status: StatusCode, content_type: &'static str, body: Zeroizing<Vec<u8>>) -> Response {
    let length = HeaderValue::from(body.len());
    // The bytes own the buffer, which wipes itself when the last of it was sent.
    let mut response = Response::new(Body::from(Bytes::from_owner(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CONTENT_LENGTH, length);
    response
}
