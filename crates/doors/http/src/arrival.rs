//! A request as it arrived: from whom, and under which id.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderName, HeaderValue};
use passgate_gate::Origin;
use passgate_gate::audit::{Door, Operation};
use passgate_gate::ids::RequestId;
use passgate_gate::rng::OsRng;

use crate::client::Client;
use crate::span::note_operation;

/// The header of every answer that carries the request's id, which the log shows too (R113).
pub const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("passgate-request-id");

/// From whom a request came, and under which id it is answered, logged and recorded.
///
/// As an extractor it never fails; a request that no [`crate::dress`] surrounds gets an id of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The other end.
    pub client: Client,
    /// Always made here: an id that clients choose could be given twice.
    pub request: RequestId,
}

impl Arrival {
    /// What the gate records of an attempt that came with this request.
    pub fn origin(&self, door: Door, operation: Operation) -> Origin {
        note_operation(door, operation);
        let source = self.client.source;
        Origin {
            door,
            operation,
            // Nobody knows from where: no address rather than one that is none.
            source: (!source.is_unspecified()).then_some(source),
            request: self.request.clone(),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Arrival {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let client = Client::from_request_parts(parts, state).await?;
        let request = parts.extensions.get_or_insert_with(new_request_id).clone();
        Ok(Self { client, request })
    }
}

pub(crate) fn new_request_id() -> RequestId {
    RequestId::random(&OsRng)
}

pub(crate) fn id_header(id: &RequestId) -> HeaderValue {
    HeaderValue::from_str(id.as_str()).expect("hex digits are a header value")
}
