//! Traces, as a receiver gets them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;

use crate::house::{House, holds_none};

/// A receiver of OTLP over HTTP that keeps what it is sent, until the last sender has gone.
fn receiver() -> (String, mpsc::Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (keep, kept) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).unwrap_or(0) == 0 {
                    break;
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                head.push_str(&line);
                if line == "\r\n" {
                    break;
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            let _ = stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            if keep.send((head, body)).is_err() {
                return;
            }
        }
    });
    (address, kept)
}

#[test]
fn a_set_is_traced_from_request_to_store_without_a_secret() {
    // R95, R112
    let (address, kept) = receiver();
    let mut house = House::open(&[("PASSGATE_TELEMETRY_OTLP_ENDPOINT", &address)]);
    let mut secrets = house.busy();
    secrets.push("mallory9".to_owned());
    house.server.signal("TERM");
    assert_eq!(house.server.ended(), Some(0));
    let sent: Vec<_> = kept.try_iter().collect();
    assert!(!sent.is_empty(), "the end sends what is left");
    assert!(sent.iter().all(|(head, _)| head.starts_with("POST /v1/traces ")));
    let bytes: Vec<u8> = sent.into_iter().flat_map(|(_, body)| body).collect();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    for told in [
        "POST /v2/users/password",
        "identify",
        "permit",
        "set_password",
        "hash",
        "store",
        "replace_password",
        "passgate",
        "door",
        "ecgrid-rest",
        "operation",
        "set-password",
        "outcome",
        "sign-in-failed",
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "client.address",
        "url.scheme",
        "db.system.name",
        "db.operation.name",
    ] {
        assert!(text.contains(told), "no {told}");
    }
    holds_none("the traces", &text, &secrets);
}
