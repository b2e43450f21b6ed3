//! Refusals that come before the body, over a real connection.

#![expect(clippy::unwrap_used, reason = "a test that cannot prepare its case fails")]

use axum::Router;
use axum::routing::post;
use passgate_door_http::{TrustedProxies, dress};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

async fn connect() -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let refusing = Router::new().route("/", post(|| async { (http::StatusCode::UNAUTHORIZED, "no") }));
    tokio::spawn(async move { axum::serve(listener, dress(refusing, TrustedProxies::default())).await });
    TcpStream::connect(address).await.unwrap()
}

/// Reads one answer, whose body is `no`.
async fn answer(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\nno") {
        let byte = stream.read_u8().await.expect("an answer, not a closed connection");
        read.push(byte);
    }
    String::from_utf8(read).unwrap()
}

#[tokio::test]
async fn a_refusal_does_not_break_the_connection_under_a_body_that_is_still_coming() {
    let mut stream = connect().await;
    for _ in 0..2 {
        stream.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 60000\r\n\r\n").await.unwrap();
        assert!(answer(&mut stream).await.starts_with("HTTP/1.1 401"));
        stream.write_all(&vec![b'x'; 60_000]).await.unwrap();
    }
}

#[tokio::test]
async fn nobody_who_waits_for_leave_is_given_it_by_a_refusal() {
    let mut stream = connect().await;
    let head = b"POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 60000\r\n\r\n";
    stream.write_all(head).await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 401"));
}
