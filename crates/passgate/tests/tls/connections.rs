//! Limits and the drain, in TLS; the bytes come when the test wants them to.

use std::time::Duration;

use passgate::serve::Drained;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::house::{Certificates, FOREVER, TestServer, asked, rest, until};

#[tokio::test]
async fn who_does_not_shake_hands_is_closed_while_others_are_served() {
    // R89: a handshake has a time limit of its own, and no accept waits for it.
    let certificates = Certificates::new();
    let server = TestServer::secure(&certificates, |tls, _| tls.handshake_seconds = 1).await;
    // Nothing at all; half of a record; a record that trickles.
    let mut silent = server.connect().await;
    let mut halfway = server.connect().await;
    halfway.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
    let mut dripping = server.connect().await;
    let trickled = async {
        for byte in [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3].into_iter().chain(std::iter::repeat(7)) {
            if dripping.write_all(&[byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    for _ in 0..3 {
        let mut other = certificates.connect(server.address).await;
        other.write_all(&asked("/")).await.unwrap();
        until(&mut other, "here").await;
    }
    tokio::time::timeout(FOREVER, trickled).await.expect("the server ends the connection");
    assert_eq!(rest(&mut silent).await, "");
    assert_eq!(rest(&mut halfway).await, "");
}

#[tokio::test]
async fn a_handshake_that_has_begun_takes_one_of_the_connections() {
    // R89, R128.
    let certificates = Certificates::new();
    let server = TestServer::secure(&certificates, |_, limits| limits.connections = 1).await;
    let silent = server.connect().await;
    assert_eq!(rest(&mut server.connect().await).await, "", "there is no room, and nothing is said in clear");
    drop(silent);
    let freed = async {
        loop {
            let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
            let stream = server.connect().await;
            if let Ok(mut stream) = certificates.connector().connect(name, stream).await {
                stream.write_all(&asked("/")).await.unwrap();
                return until(&mut stream, "here").await;
            }
        }
    };
    tokio::time::timeout(FOREVER, freed).await.expect("its room is free again");
}

#[tokio::test]
async fn headers_and_waiting_have_their_limits_in_tls_too() {
    // R89.
    let certificates = Certificates::new();
    let server = TestServer::secure(&certificates, |_, limits| {
        limits.header_time = Duration::from_millis(300);
        limits.idle_time = Duration::from_millis(300);
    })
    .await;
    for sent in ["", "GET / HTTP/1.1\r\nHost: localhost\r\nX: "] {
        let mut slow = certificates.connect(server.address).await;
        slow.write_all(sent.as_bytes()).await.unwrap();
        let answer = rest(&mut slow).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    let mut idle = certificates.connect(server.address).await;
    idle.write_all(&asked("/")).await.unwrap();
    until(&mut idle, "here").await;
    assert_eq!(rest(&mut idle).await, "");
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_let_go() {
    // R89, R131: what TLS has encrypted and the socket does not take must not wait for ever.
    let certificates = Certificates::new();
    let server = TestServer::secure(&certificates, |_, limits| {
        limits.connections = 1;
        limits.idle_time = Duration::from_millis(300);
    })
    .await;
    let mut greedy = certificates.connect(server.address).await;
    greedy.write_all(&asked("/large")).await.unwrap();
    let mut byte = [0; 1];
    greedy.read_exact(&mut byte).await.unwrap();
    let freed = async {
        loop {
            let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
            if certificates.connector().connect(name, server.connect().await).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(FOREVER, freed).await.expect("its room is free again");
}

#[tokio::test]
async fn a_stop_lets_running_requests_finish_and_waits_for_no_handshake() {
    // R121.
    let certificates = Certificates::new();
    let mut server = TestServer::secure(&certificates, |_, _| {}).await;
    let mut running = certificates.connect(server.address).await;
    running.write_all(&asked("/slow")).await.unwrap();
    let mut idle = certificates.connect(server.address).await;
    idle.write_all(&asked("/")).await.unwrap();
    until(&mut idle, "here").await;
    let mut silent = server.connect().await;
    server.begun.notified().await;
    server.stop.take().unwrap().send(()).unwrap();
    assert_eq!(rest(&mut idle).await, "", "an idle connection ends at once");
    assert_eq!(rest(&mut silent).await, "", "and so does one that has not shaken hands");
    server.go_on.notify_one();
    let answer = rest(&mut running).await;
    assert!(answer.ends_with("done") && answer.contains("connection: close"), "{answer}");
    assert_eq!(server.running.await.unwrap(), Drained::Whole);
}
