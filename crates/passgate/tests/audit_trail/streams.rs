//! Second places receive everything, whoever was away meanwhile. R114.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use passgate_testing::certificates::Certificates;
use serde_json::Value;

use crate::support::{run, text, told};
use crate::{World, lines, sealed, verify_file};

/// Far beyond what anything here takes.
const FOREVER: Duration = Duration::from_secs(90);

#[track_caller]
pub(crate) fn await_that(mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < FOREVER, "it does not come to pass");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Every record from 1 on is among the lines, and each comes first after the one before it.
#[track_caller]
pub(crate) fn whole_and_in_order(lines: &[Value], chain: i64, last: i64) {
    let mut due = 1;
    for line in lines.iter().filter(|line| line["kind"] == "event" && line["chain"] == chain) {
        let sequence = line["sequence"].as_i64().unwrap();
        assert!(sequence <= due, "{sequence} comes before {due}");
        due = due.max(sequence + 1);
    }
    assert_eq!(due, last + 1);
}

/// Plain, or TLS.
pub(crate) trait Connection: Read + Write {
    /// Breaks off in the middle, in the first or second way that there is.
    fn cut(&mut self, way: usize);
}

impl Connection for TcpStream {
    fn cut(&mut self, _: usize) {
        // With something unread the close is a reset.
        let _ = self.read(&mut [0; 10]);
    }
}

/// What becomes of one connection: the lines that are kept of it. With another number than 0 it fails.
type Take = fn(&mut dyn Connection, usize) -> Option<String>;

/// A receiver that can be away.
pub(crate) struct Receiver {
    pub(crate) address: String,
    pub(crate) received: Arc<Mutex<Vec<Value>>>,
    /// Why connections did not come to be.
    pub(crate) broken: Arc<Mutex<Vec<String>>>,
    /// How many batches come to nothing from now on: read and not answered.
    failing: Arc<AtomicUsize>,
    away: Arc<AtomicBool>,
}

impl Receiver {
    /// Within TLS if it has certificates, which it reads for each connection.
    pub(crate) fn start(
        port: u16,
        received: Arc<Mutex<Vec<Value>>>,
        certificates: Option<Arc<Certificates>>,
        take: Take,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let this = Self {
            address,
            received,
            broken: Arc::default(),
            failing: Arc::new(AtomicUsize::new(0)),
            away: Arc::new(AtomicBool::new(false)),
        };
        let (received, broken) = (this.received.clone(), this.broken.clone());
        let (failing, away) = (this.failing.clone(), this.away.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if away.load(Ordering::SeqCst) {
                    return;
                }
                let mut stream = stream.unwrap();
                let fails = || {
                    failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).unwrap_or(0)
                };
                let body = match &certificates {
                    None => take(&mut stream, fails()),
                    Some(certificates) => match sealed::accept(stream, certificates) {
                        Ok(mut stream) => {
                            let body = take(&mut stream, fails());
                            if body.is_some() {
                                sealed::end(&mut stream);
                            }
                            body
                        }
                        Err(error) => {
                            broken.lock().unwrap().push(error.to_string());
                            None
                        }
                    },
                };
                let lines = body.iter().flat_map(|body| body.lines());
                let new: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
                received.lock().unwrap().extend(new);
            }
        });
        this
    }

    /// Goes away: from now on nobody listens there.
    fn leave(self) -> (u16, Arc<Mutex<Vec<Value>>>) {
        self.away.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(&self.address));
        (self.address.rsplit_once(':').unwrap().1.parse().unwrap(), self.received)
    }

    pub(crate) fn has(&self, chain: i64, last: i64) -> bool {
        self.received.lock().unwrap().iter().any(|line| line["chain"] == chain && line["sequence"] == last)
    }
}

/// One POST; answers unless it is to fail.
pub(crate) fn post(stream: &mut dyn Connection, fails: usize) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let (mut length, mut line) = (0, String::new());
    while reader.read_line(&mut line).ok()? > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let status = if fails > 0 { "503 Service Unavailable" } else { "204 No Content" };
    write!(reader.get_mut(), "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").ok()?;
    reader.get_mut().flush().ok()?;
    (fails == 0).then(|| String::from_utf8(body).unwrap())
}

/// Reads on and says nothing.
struct Mute<'a>(&'a mut dyn Connection);
impl Read for Mute<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Mute<'_> {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        Ok(buffer.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Connection for Mute<'_> {
    fn cut(&mut self, way: usize) {
        self.0.cut(way);
    }
}

/// One POST, kept and never answered if it is to fail: the sender cannot know that it was taken.
pub(crate) fn keeping_post(stream: &mut dyn Connection, fails: usize) -> Option<String> {
    if fails == 0 {
        return post(stream, 0);
    }
    post(&mut Mute(stream), 0)
}

/// A connection of octet-counted syslog messages; those that fail are cut off in the middle.
pub(crate) fn syslog(stream: &mut dyn Connection, fails: usize) -> Option<String> {
    if fails > 0 {
        stream.cut(fails);
        return None;
    }
    let mut frames = String::new();
    stream.read_to_string(&mut frames).ok()?;
    Some(messages(&frames))
}

/// The records in octet-counted messages.
pub(crate) fn messages(frames: &str) -> String {
    let (mut rest, mut messages) = (frames, String::new());
    while let Some((length, after)) = rest.split_once(' ') {
        let (message, next) = after.split_at(length.parse().unwrap());
        assert!(message.starts_with("<109>1 ") || message.starts_with("<110>1 "), "{message}");
        messages.push_str(&message[message.find('{').unwrap()..]);
        messages.push('\n');
        rest = next;
    }
    messages
}

/// The receiver is away, fails and comes back; the server is killed in between.
pub(crate) fn nothing_is_lost(
    setting: &str,
    certificates: Option<Arc<Certificates>>,
    take: Take,
    address: impl Fn(&str) -> String,
) {
    let world = World::new();
    let receiver = Receiver::start(0, Arc::default(), certificates.clone(), take);
    world.set(setting, &format!("[\"{}\"]", address(&receiver.address)));
    if let Some(certificates) = &certificates {
        world.believe(certificates);
    }
    let server = world.serve();
    world.records(&server, 3);
    let last = world.last();
    await_that(|| receiver.has(1001, last));

    receiver.failing.store(2, Ordering::SeqCst);
    world.records(&server, 3);
    let last = world.last();
    await_that(|| receiver.has(1001, last) && receiver.failing.load(Ordering::SeqCst) == 0);

    let (port, so_far) = receiver.leave();
    world.records(&server, 3);
    drop(server);
    let server = world.serve();
    world.records(&server, 3);
    let receiver = Receiver::start(port, so_far, certificates, take);
    let last = world.last();
    await_that(|| receiver.has(1001, last));

    let kept = receiver.received.lock().unwrap().clone();
    whole_and_in_order(&kept, 1001, last);
    let file = world.path("received");
    let all: Vec<_> = kept.iter().map(Value::to_string).collect();
    std::fs::write(&file, all.join("\n") + "\n").unwrap();
    let key = world.keep("key", &["key"]);
    let verified = verify_file(&file, &["--key", text(&key)]);
    assert!(told(&verified).contains(&format!("tenant 1001: records 1 to {last}, whole")), "{}", told(&verified));
}

#[test]
fn a_webhook_loses_nothing_while_it_or_the_server_is_away() {
    // R114
    nothing_is_lost("webhooks", None, post, |address| format!("http://{address}/audit"));
}

#[test]
fn a_syslog_receiver_loses_nothing_while_it_or_the_server_is_away() {
    // R114
    nothing_is_lost("syslog", None, syslog, |address| format!("tcp://{address}"));
}

#[test]
fn a_file_receives_everything_though_the_server_is_killed_again_and_again() {
    // R114, R117
    let world = World::new();
    world.set("files", "[\"second.jsonl\"]");
    world.set("checkpoint_events", "3");
    let file = world.data.join("second.jsonl");
    for _ in 0..3 {
        let server = world.serve();
        world.records(&server, 4);
        drop(server);
        // A line that a crash left half written.
        let mut half = std::fs::OpenOptions::new().append(true).create(true).open(&file).unwrap();
        half.write_all(b"{\"kind\":\"event\",\"cha").unwrap();
    }
    let _server = world.serve();
    let last = world.last();
    let has = |kind: &str| lines_of(&file).iter().any(|line| line["kind"] == kind && line["sequence"] == last);
    await_that(|| has("event") && has("checkpoint"));
    whole_and_in_order(&lines(&file), 1001, last);
    let key = world.keep("key", &["key"]);
    let verified = told(&verify_file(&file, &["--key", text(&key)]));
    assert!(verified.contains(&format!("tenant 1001: records 1 to {last}, whole, signed up to {last}")), "{verified}");
}

/// The lines so far; while the server writes, a half one may be among them.
fn lines_of(file: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn of_two_servers_one_sends_at_a_time() {
    // a lease in the store
    let world = World::new();
    let receiver = Receiver::start(0, Arc::default(), None, post);
    world.set("webhooks", &format!("[\"http://{}/\"]", receiver.address));
    let (one, mut other) = (world.serve(), world.serve());
    for _ in 0..5 {
        world.records(&one, 2);
        world.records(&other, 2);
    }
    let last = world.last();
    await_that(|| receiver.has(1001, last));
    let mut times: BTreeMap<i64, usize> = BTreeMap::new();
    for line in receiver.received.lock().unwrap().iter().filter(|line| line["kind"] == "event") {
        *times.entry(line["sequence"].as_i64().unwrap()).or_default() += 1;
    }
    assert!(times.values().all(|times| *times == 1), "{times:?}");
    assert_eq!(times.len(), usize::try_from(last).unwrap());

    // Whoever of them goes, the other one takes over.
    drop(one);
    world.records(&other, 2);
    let last = world.last();
    await_that(|| receiver.has(1001, last));
    other.signal("TERM");
    assert_eq!(other.ended(), Some(0));
}

/// Datagrams until the last record is among them.
#[track_caller]
fn datagrams(world: &World, setting: &str, mut receive: impl FnMut(&mut [u8]) -> std::io::Result<usize>) {
    world.set("syslog", &format!("[\"{setting}\"]"));
    let server = world.serve();
    world.records(&server, 2);
    let (last, mut found, mut buffer) = (world.last(), Vec::new(), vec![0; 65_536]);
    while found.len() < usize::try_from(last).unwrap() {
        let length = receive(&mut buffer).unwrap();
        let message = std::str::from_utf8(&buffer[..length]).unwrap();
        assert!(message.starts_with("<109>1 ") || message.starts_with("<110>1 "), "{message}");
        found.push(serde_json::from_str(&message[message.find('{').unwrap()..]).unwrap());
    }
    whole_and_in_order(&found, 1001, last);
}

#[test]
fn syslog_is_spoken_over_udp_too() {
    // R114
    let world = World::new();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(FOREVER)).unwrap();
    datagrams(&world, &format!("udp://{}", socket.local_addr().unwrap()), |buffer| socket.recv(buffer));
}

#[test]
fn syslog_is_spoken_to_a_local_socket_too() {
    // R114
    let world = World::new();
    let path = world.path("log");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(FOREVER)).unwrap();
    datagrams(&world, &format!("unix:{}", path.display()), |buffer| socket.recv(buffer));
}

#[test]
fn a_place_that_cannot_be_meant_is_refused_at_the_start() {
    // R87, R112: records do not travel in clear
    let start = |settings: &[(&str, &str)]| {
        let world = World::new();
        for (key, value) in settings {
            world.set(key, value);
        }
        let output = run(&["serve", "--config", text(&world.data.join("passgate.toml"))], "");
        assert_eq!(output.status.code(), Some(3), "{}", told(&output));
        told(&output)
    };
    let said = start(&[("webhooks", "[\"http://192.0.2.1/audit\"]"), ("syslog", "[\"log.example\"]")]);
    assert!(said.contains("audit.stream.webhooks") && said.contains("audit.stream.syslog"), "{said}");
    let said = start(&[("syslog", "[\"tcp://192.0.2.1:601\"]")]);
    assert!(said.contains("use tls://") && said.contains("allow_plain_syslog"), "{said}");
    let said = start(&[("webhooks", "[\"https://192.0.2.1/\"]"), ("authorities_file", "\"passgate.toml\"")]);
    assert!(said.contains("[audit.stream]") && said.contains("no certificate in PEM"), "{said}");
}

#[test]
fn what_keeps_a_server_from_its_second_places_is_told_beforehand() {
    // R114
    let world = World::new();
    world.set("webhooks", "[\"http://127.0.0.1:1/audit\"]");
    world.set("webhook_token_file", "\"webhook.token\"");
    let (config, token) = (world.data.join("passgate.toml"), world.data.join("webhook.token"));
    let check = |arguments: &[&str], code: i32, says: &str| {
        let output = run(&[arguments, &["--config", text(&config)]].concat(), "");
        assert!(told(&output).contains(says), "{says:?} is not in: {}", told(&output));
        assert_eq!(output.status.code(), Some(code), "{}", told(&output));
    };
    let write = |mode: u32| {
        std::fs::write(&token, "Token-4711\n").unwrap();
        std::fs::set_permissions(&token, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    check(&["config", "check"], 3, "webhook.token: No such file");
    write(0o644);
    for (arguments, code) in [(&["config", "check"][..], 3), (&["serve"], 3), (&["doctor"], 8)] {
        check(arguments, code, "webhook.token has mode 0644");
    }
    write(0o600);
    check(&["config", "check"], 0, "good");
    check(&["doctor"], 0, "second places of the audit trail: 1");
}

#[test]
fn a_webhook_is_sent_its_token() {
    // R112
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    world.set("webhooks", &format!("[\"http://{}/audit\"]", listener.local_addr().unwrap()));
    world.set("webhook_token_file", "\"keys/webhook.token\"");
    let file = world.data.join("keys/webhook.token");
    std::fs::write(&file, "Token-4711\n").unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let _server = world.serve();
    let (mut stream, _) = listener.accept().unwrap();
    let mut head = vec![0; 64];
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    assert!(head.contains("POST /audit HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("authorization: Bearer Token-4711\r\n"), "{head}");
    assert!(head.contains("content-type: application/x-ndjson\r\n"), "{head}");
}
