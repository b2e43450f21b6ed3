//! Plain HTTP where it has no place.

use std::net::{IpAddr, UdpSocket};

use passgate::config::sections::Server;
use passgate::serve::{Limits, Transport};
use passgate_door_http::TrustedProxies;
use tokio::io::AsyncWriteExt as _;

use crate::house::{Certificates, TestServer, rest};

const ASKED: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn a_plain_request_to_a_tls_port_is_told_so_and_never_served() {
    // R87: no redirect, no answer of any door.
    let certificates = Certificates::new();
    let server = TestServer::secure(&certificates, |_, _| {}).await;
    for sent in [ASKED.to_owned(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), "x".repeat(20_000)] {
        let mut client = server.connect().await;
        client.write_all(sent.as_bytes()).await.unwrap();
        client.shutdown().await.unwrap();
        let answer = rest(&mut client).await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\nThis port speaks https alone.\n"), "{answer}");
        assert!(!answer.contains("location") && !answer.contains("strict-transport"), "{answer}");
    }
}

#[tokio::test]
async fn bytes_that_only_begin_like_a_handshake_end_the_connection() {
    // R90.
    let certificates = Certificates::new();
    let server = TestServer::secure(&certificates, |_, _| {}).await;
    let mut client = server.connect().await;
    client.write_all(&[22, 3, 1, 0, 5, 9, 9, 9, 9, 9]).await.unwrap();
    let answer = rest(&mut client).await;
    assert!(!answer.contains("HTTP"), "{answer}");
}

/// Of this machine, and not loopback; nothing is sent to find it.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("198.51.100.1:9").ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified())
}

async fn answer_beyond_loopback(own: IpAddr, transport: Transport) -> String {
    let limits = Limits { transport, ..Limits::from(&Server::default()) };
    let server = TestServer::start((own, 0).into(), limits).await;
    let mut client = server.connect().await;
    client.write_all(ASKED.as_bytes()).await.unwrap();
    rest(&mut client).await
}

#[tokio::test]
async fn plain_http_is_taken_from_the_configured_proxies_alone() {
    // R65, R87; contracts/README, deviation 20.
    let Some(own) = own_address() else {
        eprintln!("this machine has no address but loopback: nothing to ask from");
        return;
    };
    let from = |proxies: &[&str]| Transport::PlainFrom(TrustedProxies::parse(proxies).unwrap());
    let stranger = answer_beyond_loopback(own, from(&["203.0.113.0/24"])).await;
    assert!(stranger.starts_with("HTTP/1.1 403 ") && !stranger.contains("here"), "{stranger}");
    assert!(stranger.contains("use https") && !stranger.contains("location"), "{stranger}");
    let proxy = answer_beyond_loopback(own, from(&[&own.to_string()])).await;
    assert!(proxy.starts_with("HTTP/1.1 200 "), "{proxy}");
    let anybody = answer_beyond_loopback(own, Transport::Plain).await;
    assert!(anybody.starts_with("HTTP/1.1 200 "), "{anybody}");
}

#[test]
fn the_settings_say_who_may_speak_in_clear() {
    // R87.
    let of = |address: &str, allowed: bool, proxies: &[&str]| {
        let proxies = proxies.iter().map(|&proxy| proxy.to_owned()).collect();
        let settings = Server {
            listen: address.parse().unwrap(),
            allow_plain_http: allowed,
            trusted_proxies: proxies,
            ..Server::default()
        };
        Transport::of(&settings).unwrap()
    };
    assert!(matches!(of("127.0.0.1:1", false, &[]), Transport::Plain));
    assert!(matches!(of("[::1]:1", false, &["10.0.0.1"]), Transport::Plain));
    assert!(matches!(of("0.0.0.0:1", true, &["10.0.0.1"]), Transport::Plain));
    assert!(matches!(of("0.0.0.0:1", false, &["10.0.0.1"]), Transport::PlainFrom(_)));
    assert!(matches!(of("0.0.0.0:1", false, &[]), Transport::PlainFrom(_)));
}
