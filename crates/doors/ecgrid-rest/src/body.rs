//! From the bytes of a request to the fields of its JSON object: size, media type, form. Contract: ecgrid-rest 4.1.

use axum::body::Body;
use http::HeaderMap;
use passgate_door_http::{content_type, read_body};
use zeroize::Zeroizing;

use crate::json::{Fields, UnknownProperties};
use crate::problem::Problem;

/// The longest body. R89.
const LONGEST: usize = 64 * 1024;

/// A body that was read whole. It wipes itself, for it may hold a password.
pub(crate) struct JsonBody {
    bytes: Zeroizing<Vec<u8>>,
    unknown: UnknownProperties,
}

impl JsonBody {
    /// Reads a body. Only one that holds something has to say that it is JSON.
    pub(crate) async fn read(headers: &HeaderMap, body: Body, unknown: UnknownProperties) -> Result<Self, Problem> {
        let bytes = read_body(headers, body, LONGEST).await?;
        if !bytes.is_empty() && !is_json(headers) {
            return Err(Problem::not_json());
        }
        Ok(Self { bytes, unknown })
    }

    /// The fields of these names. No body is no JSON object.
    pub(crate) fn fields(&self, names: &'static [&'static str]) -> Result<Fields<'_>, Problem> {
        Fields::read(&self.bytes, names, self.unknown)
    }

    /// The same where the contract lets the body be empty.
    pub(crate) fn optional_fields(&self, names: &'static [&'static str]) -> Result<Fields<'_>, Problem> {
        if self.bytes.is_empty() { Ok(Fields::none()) } else { self.fields(names) }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Ok(Some(kind)) = content_type(headers) else { return false };
    kind.essence() == "application/json" && kind.is_utf8()
}
