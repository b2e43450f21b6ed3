//! Second places over TLS: nothing to a receiver that cannot prove who it is, everything to one that can. R87, R114.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use passgate_testing::certificates::Certificates;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::streams::{
    Connection, Receiver, await_that, keeping_post, messages, nothing_is_lost, post, syslog, whole_and_in_order,
};
use crate::support::text;
use crate::{World, lines};

type Sealed = StreamOwned<ServerConnection, TcpStream>;

/// The receiver's end of one handshake.
pub(crate) fn accept(stream: TcpStream, certificates: &Certificates) -> std::io::Result<Sealed> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let chain = CertificateDer::pem_file_iter(certificates.certificate()).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(certificates.key()).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

impl Connection for Sealed {
    fn cut(&mut self, way: usize) {
        if way == 1 {
            // All is read and nothing kept, as by a process that is killed then: the end comes without a word.
            let _ = self.read_to_end(&mut Vec::new());
        } else {
            // With something unread the close is a reset.
            let _ = self.sock.peek(&mut [0]);
        }
    }
}

/// Says that this was all.
pub(crate) fn end(stream: &mut Sealed) {
    stream.conn.send_close_notify();
    let _ = stream.flush();
}

#[test]
fn a_webhook_over_tls_loses_nothing_while_it_or_the_server_is_away() {
    // R87, R114
    nothing_is_lost("webhooks", Some(Arc::new(Certificates::new())), post, |address| {
        format!("https://{address}/audit")
    });
}

#[test]
fn a_webhook_whose_answers_were_lost_has_records_twice_and_none_too_few() {
    // R114: at least once
    nothing_is_lost("webhooks", Some(Arc::new(Certificates::new())), keeping_post, |address| {
        format!("https://{}/audit", address.replace("127.0.0.1", "localhost"))
    });
}

#[test]
fn syslog_over_tls_loses_nothing_while_the_receiver_or_the_server_is_away() {
    // R87, R114; RFC 5425
    nothing_is_lost("syslog", Some(Arc::new(Certificates::new())), syslog, |address| format!("tls://{address}"));
}

/// A receiver that reads everything and is killed before it has kept it, more than once in a row.
fn killed_again(stream: &mut dyn Connection, fails: usize) -> Option<String> {
    if fails > 0 {
        stream.cut(1);
        return None;
    }
    syslog(stream, 0)
}

#[test]
fn syslog_over_tls_loses_nothing_while_the_receiver_is_killed_again_and_again() {
    // R114: an end without close_notify is none of a receiver that knows how to end
    nothing_is_lost("syslog", Some(Arc::new(Certificates::new())), killed_again, |address| format!("tls://{address}"));
}

/// Nothing but a handshake comes to a receiver of these certificates; once they are mended, everything does.
#[track_caller]
fn refused_until_mended(setting: &str, address: fn(&str) -> String, alert: &str, spoil: fn(&Certificates)) {
    let certificates = Arc::new(Certificates::new());
    spoil(&certificates);
    let world = World::new();
    let take = if setting == "syslog" { syslog } else { post };
    let receiver = Receiver::start(0, Arc::default(), Some(certificates.clone()), take);
    world.set(setting, &format!("[\"{}\"]", address(&receiver.address)));
    world.believe(&certificates);
    let server = world.serve();
    world.records(&server, 2);
    await_that(|| receiver.broken.lock().unwrap().len() >= 2);
    assert!(receiver.received.lock().unwrap().is_empty(), "nothing is told to a stranger");
    let broken = receiver.broken.lock().unwrap().clone();
    assert!(broken.iter().all(|why| why.contains(alert)), "{alert}: {broken:?}");

    certificates.issue("mended");
    let last = world.last();
    await_that(|| receiver.has(1001, last));
    let kept = receiver.received.lock().unwrap().clone();
    whole_and_in_order(&kept, 1001, last);
}

fn webhook(address: &str) -> String {
    format!("https://{address}/audit")
}

fn tls(address: &str) -> String {
    format!("tls://{address}")
}

#[test]
fn an_expired_certificate_is_sent_nothing() {
    // R87
    let spoil = |certificates: &Certificates| certificates.issue_between("expired", 2020, 2021);
    refused_until_mended("webhooks", webhook, "CertificateExpired", spoil);
    refused_until_mended("syslog", tls, "CertificateExpired", spoil);
}

#[test]
fn a_certificate_of_another_host_is_sent_nothing() {
    // R87
    let spoil = |certificates: &Certificates| certificates.issue_for("other", &["other.example", "127.0.0.2"]);
    refused_until_mended("webhooks", webhook, "BadCertificate", spoil);
    refused_until_mended("syslog", tls, "BadCertificate", spoil);
}

#[test]
fn a_certificate_of_another_authority_is_sent_nothing() {
    // R87
    let stranger = |certificates: &Certificates| {
        let other = Certificates::new();
        std::fs::copy(other.certificate(), certificates.certificate()).unwrap();
        std::fs::copy(other.key(), certificates.key()).unwrap();
    };
    refused_until_mended("webhooks", webhook, "UnknownCA", stranger);
    refused_until_mended("syslog", tls, "UnknownCA", stranger);
}

#[test]
fn a_new_authority_is_believed_without_a_restart() {
    // R87
    let (old, new) = (Certificates::new(), Arc::new(Certificates::new()));
    let world = World::new();
    let receiver = Receiver::start(0, Arc::default(), Some(new.clone()), post);
    world.set("webhooks", &format!("[\"https://{}/\"]", receiver.address));
    world.set("authorities_file", "\"authorities.pem\"");
    let file = world.data.join("authorities.pem");
    std::fs::copy(old.root(), &file).unwrap();
    let server = world.serve();
    world.records(&server, 2);
    await_that(|| !receiver.broken.lock().unwrap().is_empty());
    std::fs::copy(new.root(), &file).unwrap();
    let last = world.last();
    await_that(|| receiver.has(1001, last));
}

#[test]
fn a_receiver_that_speaks_plain_is_told_nothing() {
    // R87: TLS is not given up where the other end has none
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let certificates = Certificates::new();
    world.set("webhooks", &format!("[\"{}\"]", webhook(&address)));
    world.set("syslog", &format!("[\"{}\"]", tls(&address)));
    world.believe(&certificates);
    let server = world.serve();
    world.records(&server, 2);
    for _ in 0..4 {
        let (mut stream, _) = listener.accept().unwrap();
        let mut first = [0; 3];
        stream.read_exact(&mut first).unwrap();
        assert_eq!(first[..2], [22, 3], "the first bytes are a handshake");
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    }
}

#[test]
fn a_redirect_is_not_followed_and_counts_as_not_received() {
    // R112: the token goes where the operator said, and nowhere else
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = elsewhere.local_addr().unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    world.set("webhooks", &format!("[\"http://{}/audit\"]", listener.local_addr().unwrap()));
    let server = world.serve();
    world.records(&server, 2);
    for status in ["301 Moved Permanently", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let (mut stream, _) = listener.accept().unwrap();
        let mut some = [0; 4096];
        assert!(stream.read(&mut some).unwrap() > 0);
        write!(stream, "HTTP/1.1 {status}\r\nlocation: http://{target}/\r\ncontent-length: 0\r\n\r\n").unwrap();
    }
    // It comes again, to the same place.
    let (mut stream, _) = listener.accept().unwrap();
    let body = post(&mut stream, 0).unwrap();
    assert!(body.contains("\"sequence\":1,"), "{body}");
    assert!(elsewhere.accept().is_err(), "nobody came");
}

#[test]
fn an_answer_without_an_end_is_not_read_to_it_and_the_next_one_counts() {
    // R89: sizes and times are bounded on ways out too
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    world.set("webhooks", &format!("[\"http://{}/audit\"]", listener.local_addr().unwrap()));
    let server = world.serve();
    world.records(&server, 2);
    let last = world.last();
    let written = Arc::new(AtomicUsize::new(0));
    // A head without an end, then none at all.
    let (mut endless, _) = listener.accept().unwrap();
    let count = written.clone();
    let writing = std::thread::spawn(move || {
        let _ = endless.write_all(b"HTTP/1.1 200 OK\r\nx: ");
        while endless.write_all(&[b'x'; 4096]).is_ok() {
            count.fetch_add(4096, Ordering::SeqCst);
        }
    });
    let (_silent, _) = listener.accept().unwrap();
    writing.join().unwrap();
    assert!(written.load(Ordering::SeqCst) < 64 * 1024 * 1024, "{written:?}");
    loop {
        let (mut stream, _) = listener.accept().unwrap();
        let body = post(&mut stream, 0).unwrap();
        if body.contains(&format!("\"chain\":1001,\"sequence\":{last},")) {
            return;
        }
    }
}

/// `openssl s_server`, ended with the test.
struct OpenSsl(Child);

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn openssl_receives_every_record_of_syslog_over_tls() {
    // R114: a receiver that is none of ours; RFC 5425 4.3
    let certificates = Certificates::new();
    let world = World::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut receiver = OpenSsl(
        Command::new("openssl")
            .args(["s_server", "-quiet", "-accept", &format!("127.0.0.1:{port}")])
            .args(["-cert", text(&certificates.certificate()), "-key", text(&certificates.key())])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let said = Arc::new(Mutex::new(Vec::new()));
    let mut output = receiver.0.stdout.take().unwrap();
    let keep = said.clone();
    std::thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = output.read(&mut piece) {
            keep.lock().unwrap().extend_from_slice(&piece[..length]);
        }
    });
    world.set("syslog", &format!("[\"tls://localhost:{port}\"]"));
    world.believe(&certificates);
    let server = world.serve();
    world.records(&server, 3);
    let last = world.last();
    let text = || String::from_utf8_lossy(&said.lock().unwrap()).into_owned();
    await_that(|| text().contains(&format!("\"chain\":1001,\"sequence\":{last},")) && text().ends_with('}'));
    let file = world.path("received");
    std::fs::write(&file, messages(&text())).unwrap();
    whole_and_in_order(&lines(&file), 1001, last);
}
