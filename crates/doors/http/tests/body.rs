//! Bodies: bounded, whole, and never unpacked.

#![expect(clippy::unwrap_used, reason = "a test that cannot prepare its case fails")]

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, HeaderName, HeaderValue};
use passgate_door_http::{BodyError, read_body};

async fn read(headers: &[(&'static str, &'static str)], chunks: &[&'static str]) -> Result<String, BodyError> {
    let map: HeaderMap =
        headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
    let chunks: Vec<_> =
        chunks.iter().map(|chunk| Ok::<_, std::io::Error>(Bytes::from_static(chunk.as_bytes()))).collect();
    let read = read_body(&map, Body::from_stream(stream::iter(chunks)), 10).await?;
    Ok(String::from_utf8(read.to_vec()).unwrap())
}

#[tokio::test]
async fn a_body_up_to_the_limit_is_read_whole() {
    assert_eq!(read(&[], &["12345", "", "67890"]).await.unwrap(), "1234567890");
    assert_eq!(read(&[("content-length", "3")], &["abc"]).await.unwrap(), "abc");
    assert_eq!(read(&[], &[]).await.unwrap(), "");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_by_its_announcement_and_by_its_bytes() {
    // R89
    assert_eq!(read(&[("content-length", "11")], &[]).await, Err(BodyError::TooLarge));
    assert_eq!(read(&[], &["1234567890", "1"]).await, Err(BodyError::TooLarge));
    assert_eq!(read(&[("content-length", "3")], &["12345678901"]).await, Err(BodyError::TooLarge));
}

#[tokio::test]
async fn a_body_is_never_unpacked() {
    // R91
    assert_eq!(read(&[("content-encoding", "gzip")], &["x"]).await, Err(BodyError::Encoded));
    assert_eq!(read(&[("content-encoding", "identity, gzip")], &["x"]).await, Err(BodyError::Encoded));
    assert_eq!(read(&[("content-encoding", "Identity")], &["x"]).await.unwrap(), "x");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_incomplete() {
    let chunks = [Ok(Bytes::from_static(b"{\"a\"")), Err(std::io::Error::other("gone"))];
    let read = read_body(&HeaderMap::new(), Body::from_stream(stream::iter(chunks)), 10).await;
    assert_eq!(read.unwrap_err(), BodyError::Incomplete);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_dawdles_is_given_up() {
    // R89; the clock stands still, so nobody waits.
    let drip = stream::repeat(()).then(|()| async {
        tokio::time::sleep(Duration::from_secs(6)).await;
        Ok::<_, std::io::Error>(Bytes::from_static(b"a"))
    });
    assert_eq!(read_body(&HeaderMap::new(), Body::from_stream(drip), 10).await.unwrap_err(), BodyError::TooSlow);
}
