//! New certificates without a restart.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;

use crate::house::{Certificates, FOREVER, TestServer, asked, until};

/// The subject of the certificate that a new connection is shown.
fn subject(certificates: &Certificates, address: &str) -> String {
    let output = certificates.openssl(address, &[]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.lines().find_map(|line| line.strip_prefix("subject=CN = ")).unwrap_or(&said).to_owned()
}

fn log(data: &Path) -> String {
    fs::read_to_string(data.with_extension("log")).unwrap()
}

#[track_caller]
fn await_that(what: &str, mut done: impl FnMut() -> bool) {
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
    server.tls.as_ref().unwrap().reload().unwrap();
    let new = certificates.connect(server.address).await;
    assert_ne!(new.get_ref().1.peer_certificates().unwrap()[0], before);
    server.go_on.notify_one();
    until(&mut open, "done").await;
    open.write_all(&asked("/")).await.unwrap();
    until(&mut open, "here").await;
}
