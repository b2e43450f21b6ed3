//! New certificates without a restart.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use passgate::serve::{Tls, TlsError};
use passgate_gate::clock::{Clock as _, SystemClock};
use tokio::io::AsyncWriteExt as _;

use crate::house::{Certificates, FOREVER, TestServer, asked, until};

/// The subject of the certificate that a new connection is shown.
fn subject(certificates: &Certificates, address: &str) -> String {
    let output = certificates.openssl(address, &[]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.lines().find_map(|line| line.strip_prefix("subject=CN = ")).unwrap_or(&said).to_owned()
}

pub(crate) fn log(data: &Path) -> String {
    fs::read_to_string(data.with_extension("log")).unwrap()
}

#[track_caller]
pub(crate) fn await_that(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < FOREVER, "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_hangup_brings_the_new_certificate_and_a_bad_one_leaves_the_old() {
    // R87. Looks at the files are an hour apart, so that it is the signal that brings it.
    let certificates = Certificates::new();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let slow = [("PASSGATE_SERVER_TLS_RELOAD_SECONDS", "3600"), ("PASSGATE_LOG_LEVEL", "info")];
    let server = certificates.dev(&data, &slow);
    await_that("the first is served", || subject(&certificates, &server.address) == "first");
    certificates.issue("second");
    assert_eq!(subject(&certificates, &server.address), "first");
    server.signal("HUP");
    await_that("the second is served", || subject(&certificates, &server.address) == "second");

    fs::write(certificates.certificate(), "-----BEGIN CERTIFICATE-----\nAAAA\n").unwrap();
    server.signal("HUP");
    await_that("the log says why", || log(&data).contains("the old one stays"));
    assert!(log(&data).contains("no certificate in PEM"), "{}", log(&data));
    assert_eq!(subject(&certificates, &server.address), "second");
}

#[test]
fn files_that_change_are_taken_and_a_stranger_to_its_certificate_is_not() {
    // R87.
    let certificates = Certificates::new();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = certificates.dev(&data, &[("PASSGATE_SERVER_TLS_RELOAD_SECONDS", "1")]);
    await_that("the first is served", || subject(&certificates, &server.address) == "first");
    let other = Certificates::new();
    fs::copy(other.key(), certificates.key()).unwrap();
    await_that("the log says why", || log(&data).contains("does not belong to the certificate"));
    assert_eq!(subject(&certificates, &server.address), "first");
    certificates.issue("third");
    await_that("the third is served", || subject(&certificates, &server.address) == "third");
    assert!(!log(&data).contains("PRIVATE KEY"), "{}", log(&data));
}

#[tokio::test]
async fn an_open_connection_goes_on_under_a_new_certificate() {
    // R87.
    let certificates = Certificates::new();
    let server = TestServer::secure(&certificates, |_, _| {}).await;
    let mut open = certificates.connect(server.address).await;
    open.write_all(&asked("/slow")).await.unwrap();
    server.begun.notified().await;
    let before = open.get_ref().1.peer_certificates().unwrap()[0].clone();
    certificates.issue("second");
    server.tls.as_ref().unwrap().reload(SystemClock.now()).unwrap();
    let new = certificates.connect(server.address).await;
    assert_ne!(new.get_ref().1.peer_certificates().unwrap()[0], before);
    server.go_on.notify_one();
    until(&mut open, "done").await;
    open.write_all(&asked("/")).await.unwrap();
    until(&mut open, "here").await;
}

#[test]
fn a_new_certificate_outside_its_time_is_not_taken_in_the_place_of_a_good_one() {
    // R87.
    let certificates = Certificates::new();
    certificates.issue_between("first", 2020, 2040);
    let tls = Tls::start(&certificates.settings()).unwrap().unwrap();
    let now = "2030-06-01T00:00:00Z".parse().unwrap();
    assert_eq!(tls.ends(), Some("2040-01-01T00:00:00Z".parse().unwrap()));
    for (from, to) in [(2020, 2030), (2031, 2050)] {
        certificates.issue_between("second", from, to);
        let refused = tls.reload(now);
        assert!(matches!(refused, Err(TlsError::OutsideItsTime(_))), "{from} to {to}: {refused:?}");
        assert_eq!(tls.ends(), Some("2040-01-01T00:00:00Z".parse().unwrap()));
    }
    certificates.issue_between("third", 2030, 2050);
    tls.reload(now).unwrap();
    assert_eq!(tls.ends(), Some("2050-01-01T00:00:00Z".parse().unwrap()));
}

#[test]
fn a_server_with_an_expired_certificate_starts_and_says_so() {
    let certificates = Certificates::new();
    certificates.issue_between("first", 2020, 2021);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let _server = certificates.dev(&data, &[]);
    await_that("the log says so", || log(&data).contains("the certificate has expired"));
}

#[tokio::test]
async fn a_client_that_comes_back_resumes_its_session() {
    // Only the session: early data, which could be replayed, is off. RFC 8446 8.
    let certificates = Certificates::new();
    let server = TestServer::secure(&certificates, |_, _| {}).await;
    let connector = certificates.connector();
    let mut kinds = Vec::new();
    for _ in 0..2 {
        let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
        let mut stream = connector.connect(name, server.connect().await).await.unwrap();
        stream.write_all(&asked("/")).await.unwrap();
        until(&mut stream, "here").await;
        kinds.push(stream.get_ref().1.handshake_kind());
    }
    assert_eq!(kinds[1], Some(rustls::HandshakeKind::Resumed), "{kinds:?}");
}
