//! The envelope around every answer. Contract: ecgrid-rest 3 #1.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};
use passgate_gate::store::Receipt;
use serde::Serialize;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// Success in the users and keys groups: exactly `success` and `data`.
pub(crate) fn data<T: Serialize>(data: T) -> Response {
    #[derive(Serialize)]
    struct Envelope<T> {
        success: bool,
        data: T,
    }
    answer(StatusCode::OK, &Envelope { success: true, data })
}

/// Success in the auth group: all four members, with a confirmation in words or none.
pub(crate) fn auth_data<T: Serialize>(data: T, message: &str) -> Response {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Envelope<'m, T> {
        success: bool,
        data: T,
        error_code: &'m str,
        message: &'m str,
    }
    answer(StatusCode::OK, &Envelope { success: true, data, error_code: "", message })
}

const AUDIT_ID: HeaderName = HeaderName::from_static("passgate-audit-id");
const CREDENTIAL_VERSION: HeaderName = HeaderName::from_static("passgate-credential-version");

/// What a set tells beyond the envelope. Contract: ecgrid-rest 3 #25.
pub(crate) fn with_receipt(mut answer: Response, receipt: &Receipt) -> Response {
    let id = HeaderValue::from_str(&receipt.audit.to_string()).expect("numbers and a hyphen are a header value");
    answer.headers_mut().insert(AUDIT_ID, id);
    answer.headers_mut().insert(CREDENTIAL_VERSION, HeaderValue::from(receipt.credential_version));
    answer
}

/// Failure: all four members, everywhere. Contract: ecgrid-rest 4.
pub(crate) fn failure(status: StatusCode, code: &str, message: &str) -> Response {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Envelope<'m> {
        success: bool,
        error_code: &'m str,
        message: &'m str,
        data: Option<()>,
    }
    answer(status, &Envelope { success: false, error_code: code, message, data: None })
}

fn answer<T: Serialize>(status: StatusCode, envelope: &T) -> Response {
    let body = serde_json::to_vec(envelope).expect("plain structs of texts and numbers serialize");
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, JSON);
    answer
}
