//! What a connection has to keep to, told in raw bytes to a real socket.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::{any, get};
use passgate::config::sections::Server;
use passgate::serve::{Drained, Limits, run};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// Far beyond any limit under test: reached only by a server that hangs.
const FOREVER: Duration = Duration::from_secs(30);

struct TestServer {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Drained>,
    /// Tells a request to `/slow` to go on.
    go_on: Arc<Notify>,
    /// Told when a request to `/slow` has begun.
    begun: Arc<Notify>,
}

impl TestServer {
    async fn start() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Limits)) -> Self {
        let mut limits = Limits::from(&Server::default());
        change(&mut limits);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (go_on, begun) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (wait, tell) = (Arc::clone(&go_on), Arc::clone(&begun));
        let slow = get(move || async move {
            tell.notify_one();
            wait.notified().await;
            "done"
        });
        let large = get(|| async { vec![b'x'; 64 << 20] });
        let app = Router::new().route("/large", large).route("/echo", any(echo)).route("/slow", slow);
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(run(listener, app, limits, async {
            let _ = stopped.await;
        }));
        Self { address, stop: Some(stop), running, go_on, begun }
    }

    async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    /// Sends bytes on a connection of their own, and reads until the server ends it.
    async fn until_closed(&self, sent: &str) -> String {
        let mut client = self.connect().await;
        client.send(sent).await;
        client.rest().await
    }
}

/// Says the method and the body, or that the body broke.
async fn echo(request: Request) -> axum::response::Response {
    let method = request.method().clone();
    match to_bytes(request.into_body(), 1 << 20).await {
        Ok(body) => format!("{method} {}", String::from_utf8_lossy(&body)).into_response(),
        Err(_) => (StatusCode::BAD_REQUEST, "broken body").into_response(),
    }
}

struct Client(TcpStream);

impl Client {
    async fn send(&mut self, text: &str) {
        // The server may close while we still send: what it answered is what counts.
        let _ = self.0.write_all(text.as_bytes()).await;
    }

    async fn rest(&mut self) -> String {
        let mut answer = Vec::new();
        let read = async {
            let mut piece = [0; 4096];
            while let Ok(length @ 1..) = self.0.read(&mut piece).await {
                answer.extend_from_slice(&piece[..length]);
            }
        };
        tokio::time::timeout(FOREVER, read).await.expect("the server ends the connection");
        String::from_utf8(answer).unwrap()
    }

    async fn until(&mut self, ending: &str) -> String {
        let mut answer = String::new();
        let read = async {
            while !answer.ends_with(ending) {
                let mut byte = [0; 1];
                assert_eq!(self.0.read(&mut byte).await.unwrap(), 1, "closed after {answer:?}");
                answer.push(char::from(byte[0]));
            }
        };
        tokio::time::timeout(FOREVER, read).await.expect("the answer comes");
        answer
    }
}

/// One answer, of this status, and then the end.
#[track_caller]
fn assert_one_answer(answer: &str, status: &str, sent: &str) {
    assert_eq!(answer.matches("HTTP/1.").count(), 1, "to {sent:?}: {answer}");
    assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "to {sent:?}: {answer}");
}

const SMUGGLED: &str = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";

#[tokio::test]
async fn framing_that_can_be_read_in_two_ways_ends_the_connection_with_one_answer() {
    // R88.
    let server = TestServer::start().await;
    for head in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Content-Length: 4\r\nContent-Length: 4",
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: 4, 4",
        "Content-Length: +4",
        "Content-Length: -4",
        "Content-Length: 4x",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding : chunked",
        " X: 1",
        "X : 1",
        "X: 1\r\n folded",
        "X: a\0b",
        "X\0: a",
    ] {
        let sent = format!("POST /echo HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n0\r\n\r\n{SMUGGLED}");
        assert_one_answer(&server.until_closed(&sent).await, "400", &sent);
    }
}

#[tokio::test]
async fn broken_chunks_end_the_connection_with_one_answer() {
    // R88.
    let server = TestServer::start().await;
    for body in
        ["4\nabcd\r\n0\r\n\r\n", "x\r\n", "4 \r\nabcd\r\n0\r\n\r\n", "4\r\nabcdXX0\r\n\r\n", "-1\r\n", "fffffffff\r\n"]
    {
        let sent = format!("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{body}{SMUGGLED}");
        assert_one_answer(&server.until_closed(&sent).await, "400", &sent);
    }
}

#[tokio::test]
async fn a_request_names_one_host() {
    // R88.
    let server = TestServer::start().await;
    for head in ["X: 1", "Host: a\r\nHost: a", "Host: a\r\nHost: b", "Host: a b", "Host: u@a", "Host:"] {
        let sent = format!("GET /echo HTTP/1.1\r\n{head}\r\n\r\n{SMUGGLED}");
        assert_one_answer(&server.until_closed(&sent).await, "400", &sent);
    }
}

#[tokio::test]
async fn a_broken_request_after_a_good_one_gets_its_answer_in_its_turn() {
    // R88.
    let server = TestServer::start().await;
    let sent = format!(
        "{SMUGGLED}POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx{SMUGGLED}"
    );
    let answer = server.until_closed(&sent).await;
    let statuses: Vec<_> = answer.match_indices("HTTP/1.1 ").map(|(at, _)| &answer[at + 9..at + 12]).collect();
    assert_eq!(statuses, ["200", "400"], "{answer}");
}

#[tokio::test]
async fn requests_are_answered_one_after_the_other_on_one_connection() {
    let server = TestServer::start().await;
    let mut client = server.connect().await;
    for body in ["one", "two"] {
        client.send(&format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n{body}")).await;
        let answer = client.until(body).await;
        assert!(answer.contains("content-length: 8"), "{answer}");
    }
    client
        .send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
        .await;
    client.until("POST abc").await;
}

#[tokio::test]
async fn http_1_0_is_taken_and_not_answered_chunked() {
    // Contract: soap-clients 7.
    let server = TestServer::start().await;
    let answer = server.until_closed("POST /echo HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi").await;
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n") || answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(!answer.contains("chunked") && answer.ends_with("POST hi"), "{answer}");
}

#[tokio::test]
async fn connection_close_is_answered_with_connection_close() {
    // Contract: soap-clients 8.
    let server = TestServer::start().await;
    let answer = server.until_closed("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(answer.to_ascii_lowercase().contains("connection: close\r\n"), "{answer}");
}

#[tokio::test]
async fn expect_100_continue_is_answered_at_once() {
    // Contract: soap-clients 9.
    let server = TestServer::start().await;
    let mut client = server.connect().await;
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n").await;
    assert_eq!(client.until("\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hi").await;
    client.until("POST hi").await;
}

#[tokio::test]
async fn offers_to_upgrade_and_odd_accept_encodings_are_ignored() {
    // Contract: soap-clients 10.
    let server = TestServer::start().await;
    let sent = "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n\
        HTTP2-Settings: AAMAAABkAAQAAP__\r\nTE: trailers\r\nAccept-Encoding: none, br;q=9\r\nContent-Length: 2\r\n\r\nhi";
    let answer = server.until_closed(sent).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("POST hi"), "{answer}");
}

#[tokio::test]
async fn headers_and_targets_over_the_limit_are_refused() {
    // R89: 32 KiB, 100 fields, 8 KiB.
    let server = TestServer::start().await;
    let field = format!("X: {}\r\n", "a".repeat(1000));
    let close = "Host: a\r\nConnection: close\r\n";
    let cases = [
        (format!("GET /echo HTTP/1.1\r\n{close}{}\r\n", field.repeat(30)), "200"),
        (format!("GET /echo HTTP/1.1\r\n{close}{}\r\n", field.repeat(34)), "431"),
        (format!("GET /echo HTTP/1.1\r\n{close}{}\r\n", "X: 1\r\n".repeat(98)), "200"),
        (format!("GET /echo HTTP/1.1\r\n{close}{}\r\n", "X: 1\r\n".repeat(99)), "431"),
        (format!("GET /echo?{} HTTP/1.1\r\n{close}\r\n", "q".repeat(8186)), "200"),
        (format!("GET /echo?{} HTTP/1.1\r\n{close}\r\n", "q".repeat(8187)), "414"),
    ];
    for (sent, status) in cases {
        assert_one_answer(&server.until_closed(&sent).await, status, &sent[..60]);
    }
}

#[tokio::test]
async fn connect_and_garbage_are_refused() {
    // R90.
    let server = TestServer::start().await;
    let answer = server.until_closed("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_one_answer(&answer, "405", "CONNECT");
    let answer = server.until_closed("\u{16}\u{3}\u{1}\r\n\r\n").await;
    assert_one_answer(&answer, "400", "TLS");
}

fn hasty(limits: &mut Limits) {
    limits.header_time = Duration::from_millis(200);
    limits.body_time = Duration::from_millis(200);
    limits.idle_time = Duration::from_millis(400);
}

#[tokio::test]
async fn who_says_nothing_or_stops_in_the_headers_is_closed_while_others_are_served() {
    // R89.
    let server = TestServer::with(hasty).await;
    for sent in ["", "GET /echo HT", "GET /echo HTTP/1.1\r\nHost: a\r\nX: "] {
        let mut silent = server.connect().await;
        silent.send(sent).await;
        let mut other = server.connect().await;
        other.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n").await;
        other.until("GET ").await;
        let answer = silent.rest().await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

#[tokio::test]
async fn a_trickle_of_headers_does_not_move_the_limit() {
    // R89.
    let server = TestServer::with(hasty).await;
    let mut client = server.connect().await;
    client.send("GET /echo HTTP/1.1\r\nHost: a\r\n").await;
    let trickle = async {
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if client.0.write_all(b"X: 1\r\n").await.is_err() {
                break;
            }
        }
    };
    tokio::time::timeout(FOREVER, trickle).await.expect("the server ends the connection");
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time_is_given_up() {
    // R89.
    let server = TestServer::with(hasty).await;
    let answer = server.until_closed("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab").await;
    assert_one_answer(&answer, "400", "half a body");
}

#[tokio::test]
async fn a_connection_that_waits_too_long_for_its_next_request_is_closed() {
    // R89.
    let server = TestServer::with(hasty).await;
    let mut client = server.connect().await;
    client.send(SMUGGLED).await;
    client.until("GET ").await;
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn a_slow_answer_is_no_idle_connection() {
    // R89.
    let server = TestServer::with(hasty).await;
    let mut client = server.connect().await;
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    server.begun.notified().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.go_on.notify_one();
    client.until("done").await;
}

#[tokio::test]
async fn who_does_not_take_its_answer_is_closed_and_makes_room() {
    // R89, R128.
    let server = TestServer::with(|limits| {
        hasty(limits);
        limits.connections = 1;
    })
    .await;
    let mut deaf = server.connect().await;
    deaf.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let room = async {
        // As long as the deaf one holds the only place, others are told 503.
        while !server.until_closed("GET /echo HTTP/1.0\r\n\r\n").await.contains("GET ") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(FOREVER, room).await.expect("its place becomes free");
}

#[tokio::test]
async fn one_connection_too_many_is_told_so_at_once() {
    // R128, R131.
    let server = TestServer::with(|limits| limits.connections = 1).await;
    let mut first = server.connect().await;
    first.send(SMUGGLED).await;
    first.until("GET ").await;
    let answer = server.connect().await.rest().await;
    assert_one_answer(&answer, "503", "a second connection");
    assert!(answer.contains("retry-after: 1"), "{answer}");
    first.send(SMUGGLED).await;
    first.until("GET ").await;
}

#[tokio::test]
async fn a_stop_lets_running_requests_finish_and_takes_no_new_ones() {
    // R121.
    let mut server = TestServer::start().await;
    let mut running = server.connect().await;
    running.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut idle = server.connect().await;
    idle.send(SMUGGLED).await;
    idle.until("GET ").await;
    let mut silent = server.connect().await;
    server.begun.notified().await;
    server.stop.take().unwrap().send(()).unwrap();
    assert_eq!(idle.rest().await, "", "an idle connection ends at once");
    assert_eq!(silent.rest().await, "", "and so does one that has not spoken");
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody listens any more");
    server.go_on.notify_one();
    let answer = running.rest().await;
    assert!(answer.ends_with("done") && answer.contains("connection: close"), "{answer}");
    assert_eq!(server.running.await.unwrap(), Drained::Whole);
}

#[tokio::test]
async fn until_proxies_have_seen_it_a_stopping_server_serves_each_connection_once_more() {
    // R121
    let mut server = TestServer::with(|limits| {
        limits.unready_time = Duration::from_secs(20);
        limits.drain_time = Duration::from_secs(25);
    })
    .await;
    let mut open = server.connect().await;
    open.send(SMUGGLED).await;
    assert!(!open.until("GET ").await.contains("connection: close"));
    server.stop.take().unwrap().send(()).unwrap();
    // The server learns of it at its own pace: until then connections stay open.
    let last = loop {
        open.send(SMUGGLED).await;
        let answer = open.until("GET ").await;
        if answer.contains("connection: close") {
            break open.rest().await;
        }
    };
    assert_eq!(last, "");
    for _ in 0..3 {
        let answer = server.until_closed(SMUGGLED).await;
        assert_one_answer(&answer, "200", "a new connection");
        assert!(answer.contains("connection: close"), "{answer}");
    }
    assert!(!server.running.is_finished());
    server.running.abort();
}

#[tokio::test]
async fn a_stopping_server_that_proxies_have_left_ends_with_its_time() {
    // R121: the time for proxies is part of the time for draining
    let mut server = TestServer::with(|limits| {
        limits.unready_time = Duration::from_millis(50);
        limits.drain_time = Duration::from_millis(300);
    })
    .await;
    let mut running = server.connect().await;
    running.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    server.begun.notified().await;
    server.stop.take().unwrap().send(()).unwrap();
    assert_eq!(server.running.await.unwrap(), Drained::Cut);
}

#[tokio::test]
async fn who_has_said_all_is_answered_and_who_stops_in_the_middle_is_not_served() {
    // shutdown(SHUT_WR), as `nc -N` and some SOAP stacks do it; R89
    let server = TestServer::start().await;
    let half_closed = async |sent: &str| {
        let mut client = server.connect().await;
        client.send(sent).await;
        client.0.shutdown().await.unwrap();
        client
    };
    let whole = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
    let answer = half_closed(whole).await.rest().await;
    assert_one_answer(&answer, "200", whole);
    assert!(answer.ends_with("POST hi"), "{answer}");

    let mut slow = half_closed("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    server.begun.notified().await;
    server.go_on.notify_one();
    assert!(slow.rest().await.ends_with("done"), "also when the answer takes its time");

    let two = half_closed(&SMUGGLED.repeat(2)).await.rest().await;
    assert_eq!(two.matches("HTTP/1.1 200").count(), 2, "{two}");

    for torn in ["POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nhi", "GET /echo HTTP/1.1\r\nHo", ""] {
        let answer = half_closed(torn).await.rest().await;
        assert!(!answer.contains("200 OK"), "to {torn:?}: {answer}");
    }
}

#[tokio::test]
async fn a_request_that_does_not_end_cannot_hold_up_the_stop_for_ever() {
    // R121.
    let mut server = TestServer::with(|limits| limits.drain_time = Duration::from_millis(100)).await;
    let mut running = server.connect().await;
    running.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    server.begun.notified().await;
    server.stop.take().unwrap().send(()).unwrap();
    assert_eq!(server.running.await.unwrap(), Drained::Cut);
}

#[tokio::test]
async fn every_refusal_before_a_door_is_neither_cached_nor_sniffed() {
    // R93.
    let server = TestServer::start().await;
    let answer = server.until_closed("GET /echo HTTP/1.1\r\n\r\n").await;
    for header in [
        "cache-control: no-store",
        "x-content-type-options: nosniff",
        "content-type: text/plain; charset=utf-8",
        "connection: close",
    ] {
        assert!(answer.contains(header), "{header}: {answer}");
    }
}
