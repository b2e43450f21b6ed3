//! Bodies of bounded size that wipe themselves: a request may carry a password.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use zeroize::{Zeroize, Zeroizing};

/// How long a client may take to send its whole body (R89).
pub const BODY_TIME: Duration = Duration::from_secs(20);

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Longer than the limit, by its own word or in fact. Nothing of it was kept.
    #[error("the body is too large")]
    TooLarge,
    /// The client went away, or broke the framing, before the end.
    #[error("the body ended early")]
    Incomplete,
    /// The client was slower than [`BODY_TIME`].
    #[error("the body took too long")]
    TooSlow,
    /// `Content-Encoding` other than identity: nothing is ever unpacked here (R91).
    #[error("the content encoding is not supported")]
    Encoded,
}

impl BodyError {
    /// The status by which a door tells it. Contract: ecgridos-soap 4.4, omnitracs-soap 4.3.
    pub fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Encoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Incomplete => StatusCode::BAD_REQUEST,
        }
    }

    /// The stable word for the audit record of the refusal.
    pub fn word(self) -> &'static str {
        match self {
            Self::TooLarge => "body-too-large",
            Self::Encoded => "content-encoding",
            Self::TooSlow => "body-too-slow",
            Self::Incomplete => "body-incomplete",
        }
    }
}

/// Reads at most `limit` bytes into memory that wipes itself. A `Content-Length` over the limit is refused unread.
///
/// Memory in use stays under four times the limit (R129).
pub async fn read_body(headers: &HeaderMap, body: Body, limit: usize) -> Result<Zeroizing<Vec<u8>>, BodyError> {
    if !is_identity(headers) {
        return Err(BodyError::Encoded);
    }
    let announced = announced_length(headers);
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(BodyError::TooLarge);
    }
    let first = announced.and_then(|length| usize::try_from(length).ok()).unwrap_or(4096).min(limit);
    tokio::time::timeout(BODY_TIME, collect(body, first, limit)).await.unwrap_or(Err(BodyError::TooSlow))
}

async fn collect(mut body: Body, first: usize, limit: usize) -> Result<Zeroizing<Vec<u8>>, BodyError> {
    let mut read = Zeroizing::new(Vec::with_capacity(first));
    while let Some(frame) = body.frame().await {
        let Ok(chunk) = frame.map_err(|_| BodyError::Incomplete)?.into_data() else {
            continue;
        };
        if chunk.len() > limit - read.len() {
            return Err(BodyError::TooLarge);
        }
        append(&mut read, chunk, limit);
    }
    Ok(read)
}

/// Grows by hand: a `Vec` that grows by itself leaves the old copy in memory.
fn append(read: &mut Zeroizing<Vec<u8>>, chunk: Bytes, limit: usize) {
    let needed = read.len() + chunk.len();
    if needed > read.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(read.capacity() * 2).min(limit)));
        larger.extend_from_slice(read);
        *read = larger;
    }
    read.extend_from_slice(&chunk);
    // Possible only where nobody shares the chunk's memory, so this is an effort and no promise.
    if let Ok(mut chunk) = chunk.try_into_mut() {
        chunk.as_mut().zeroize();
    }
}

fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}

fn is_identity(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).iter().all(|value| {
        value.to_str().is_ok_and(|value| value.split(',').all(|coding| coding.trim().eq_ignore_ascii_case("identity")))
    })
}
