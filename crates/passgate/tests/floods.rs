//! Floods (R128 to R131): whatever strangers send, memory stays within what the settings say, callers with a
//! key are served, and when the flood is over the server serves everybody at once.
//!
//! Outcomes, counts and memory are asserted, never times. `PASSGATE_FLOOD_SECONDS` asks for the long form, in
//! which each flood lasts that long.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

mod support;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use support::{Server, try_send};

/// Far beyond what anything here takes.
const FOREVER: Duration = Duration::from_mins(1);
const SLOTS: u64 = 2;
/// One hash of the default profile, in KiB.
const HASH_KIB: u64 = 19 * 1024;
/// What connections, SQLite's caches and the allocator may take beside the hashes, in KiB.
const BESIDE_KIB: u64 = 32 * 1024;
/// The largest body that any door takes, in KiB.
const BODY_KIB: u64 = 1024;

/// How long a flood lasts: at least until enough good requests were served.
fn long() -> Duration {
    Duration::from_secs(std::env::var("PASSGATE_FLOOD_SECONDS").map_or(0, |seconds| seconds.parse().unwrap()))
}

struct House {
    server: Server,
    user: String,
    login: String,
    password: String,
    // Outlives the server that lives in it.
    _folder: tempfile::TempDir,
}

impl House {
    fn open(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let slots = SLOTS.to_string();
        let mut all = vec![("PASSGATE_HASHING_SLOTS", slots.as_str()), ("PASSGATE_HASHING_QUEUE", "8")];
        all.extend(variables);
        let server = Server::dev(&folder.path().join("data"), &all);
        let user = server.credentials["target_user_id"].to_string().trim_matches('"').to_owned();
        let (login, password) = (server.member("target_login"), server.member("target_password"));
        let mut house = Self { server, user, login, password, _folder: folder };
        // Whatever is allocated once is, before anything is measured.
        house.set("Birch-bark-93");
        house.signs_in();
        house
    }

    /// A set by a caller with a key, which must hold.
    fn set(&mut self, password: &str) {
        let user: i64 = self.user.parse().unwrap();
        let body = json!({ "userId": user, "newPassword": password }).to_string();
        let answer = self.server.post("/v2/users/password", &body);
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\"data\":true}"), "{answer}");
        password.clone_into(&mut self.password);
    }

    /// The user signs in, at the first try.
    fn signs_in(&self) {
        let answer = sign_in(&self.server.address, &self.login, &self.password).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }

    fn memory(&self, field: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.server.process())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':')).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Does something to the server, and then it is as before: memory bounded, everybody served.
    fn endure(&mut self, what: &str, more_kib: u64, flood: impl FnOnce(&mut Self)) {
        let before = self.memory("VmRSS");
        flood(self);
        let peak = self.memory("VmHWM");
        let bound = before + SLOTS * HASH_KIB + BESIDE_KIB + more_kib;
        println!("{what}: {before} KiB before, {peak} KiB at the peak, {bound} KiB allowed");
        assert!(peak <= bound, "{what}: {peak} KiB are more than {bound}");
        let over = Instant::now();
        self.signs_in();
        println!("{what}: the first sign-in after it took {:?}", over.elapsed());
        self.set("Maple-leaf-17");
        self.signs_in();
    }
}

fn sign_in(address: &str, login: &str, password: &str) -> std::io::Result<String> {
    let body = json!({ "login": login, "password": password }).to_string();
    try_send(address, "POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n", &body)
}

/// Everything until the other side closes; a connection that it cut counts as closed.
fn rest(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(FOREVER)).unwrap();
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => panic!("the server closes nothing"),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn through_a_flood_of_sign_ins_every_set_of_a_keyed_caller_holds() {
    // R130, R131, R60
    const STRANGERS: u64 = 48;
    const SETS: u32 = 40;
    let mut house = House::open(&[]);
    house.endure("sign-in flood", 0, |house| {
        let over = Arc::new(AtomicBool::new(false));
        let (failed, refused) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let strangers: Vec<_> = (0..STRANGERS)
            .map(|stranger| {
                let (over, failed, refused) = (over.clone(), failed.clone(), refused.clone());
                let address = house.server.address.clone();
                std::thread::spawn(move || {
                    let mut number = 0;
                    while !over.load(Ordering::Relaxed) {
                        number += 1;
                        let answer = sign_in(&address, &format!("nobody-{stranger}-{number}"), "guess").unwrap();
                        if answer.starts_with("HTTP/1.1 401 ") {
                            failed.fetch_add(1, Ordering::Relaxed);
                        } else {
                            assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
                            assert!(answer.to_ascii_lowercase().contains("\r\nretry-after: "), "{answer}");
                            refused.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                })
            })
            .collect();
        let begun = Instant::now();
        let (mut sets, mut times) = (0, Vec::new());
        while sets < SETS || begun.elapsed() < long() {
            sets += 1;
            let asked = Instant::now();
            house.set(&format!("Larch-tree-{sets}"));
            times.push(asked.elapsed());
        }
        times.sort_unstable();
        println!("a set took {:?} in the median, {:?} at most", times[times.len() / 2], times[times.len() - 1]);
        over.store(true, Ordering::Relaxed);
        for stranger in strangers {
            stranger.join().unwrap();
        }
        let (failed, refused) = (failed.load(Ordering::Relaxed), refused.load(Ordering::Relaxed));
        println!("{sets} sets held while {failed} sign-ins failed and {refused} were told to come back");
        assert!(failed > 0 && refused > 0, "{failed} failed, {refused} refused: that was no flood");
    });
}

#[test]
fn parallel_guesses_at_one_account_do_not_get_past_the_throttle() {
    // R60, R57: of many at once no more are looked at than one after the other
    let mut house = House::open(&[("PASSGATE_HASHING_QUEUE", "64")]);
    house.endure("parallel guesses", 0, |house| {
        let guesses: Vec<_> = (0..32)
            .map(|guess| {
                let (address, login) = (house.server.address.clone(), house.login.clone());
                std::thread::spawn(move || sign_in(&address, &login, &format!("guess-{guess}")).unwrap())
            })
            .collect();
        for guess in guesses {
            let answer = guess.join().unwrap();
            assert!(answer.starts_with("HTTP/1.1 401 ") || answer.starts_with("HTTP/1.1 503 "), "{answer}");
        }
        let answer = sign_in(&house.server.address, &house.login, &house.password).unwrap();
        assert!(answer.starts_with("HTTP/1.1 401 "), "the right one is refused too: {answer}");
        // A set lifts it: authorisation 3.6.
        house.set("Birch-bark-94");
    });
}

#[test]
fn slow_senders_are_closed_while_good_requests_go_on() {
    // R128, R89
    const SLOW: usize = 120;
    let mut house = House::open(&[("PASSGATE_SERVER_HEADER_SECONDS", "2"), ("PASSGATE_SERVER_BODY_SECONDS", "2")]);
    house.endure("slow senders", 0, |house| {
        let key = house.server.member("api_key");
        let body_head = format!(
            "POST /v2/users/password HTTP/1.1\r\nHost: a\r\nX-API-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: 500\r\n\r\n"
        );
        let begun = Instant::now();
        loop {
            let mut slow: Vec<_> = (0..SLOW)
                .map(|number| {
                    let mut stream = TcpStream::connect(&house.server.address).unwrap();
                    // Half of them are slow with the headers, half with the body.
                    let head = if number % 2 == 0 { "POST /v2/auth/login HTTP/1.1\r\nX: " } else { &body_head };
                    stream.write_all(head.as_bytes()).unwrap();
                    stream.set_nonblocking(true).unwrap();
                    Some(stream)
                })
                .collect();
            let round = Instant::now();
            while slow.iter().any(Option::is_some) {
                assert!(round.elapsed() < FOREVER, "slow senders are not closed");
                for place in &mut slow {
                    let closed = place.as_mut().is_some_and(|stream| {
                        let mut buffer = [0; 1024];
                        let read = stream.read(&mut buffer);
                        let silent = read.as_ref().is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock);
                        // Answered or cut: either way it is over. Else one byte more.
                        !silent || stream.write_all(b"a").is_err()
                    });
                    if closed {
                        *place = None;
                    }
                }
                house.set("Larch-tree-44");
            }
            if begun.elapsed() >= long() {
                break;
            }
        }
    });
}

#[test]
fn of_1_025_connections_the_last_is_told_to_come_back_and_a_free_place_is_taken() {
    // R128, R131
    const MOST: usize = 1_024;
    let me = std::process::id().to_string();
    let raised = Command::new("prlimit").args(["--pid", &me, "--nofile=8192:"]).status();
    if !raised.is_ok_and(|raised| raised.success()) {
        support::left_out("8,192 open files are not allowed here");
        return;
    }
    let mut house = House::open(&[("PASSGATE_SERVER_HEADER_SECONDS", "30")]);
    house.endure("connections", 0, |house| {
        let mut held: Vec<_> = (0..MOST).map(|_| TcpStream::connect(&house.server.address).unwrap()).collect();
        // The server takes them in their order: once one too many is told so, all are in.
        let answer = rest(&mut TcpStream::connect(&house.server.address).unwrap());
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        assert!(answer.to_ascii_lowercase().contains("retry-after: "), "{answer}");
        let mut oldest = held.swap_remove(0);
        oldest.write_all(b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
        let answer = rest(&mut oldest);
        assert!(answer.starts_with("HTTP/1.1 200 "), "who is in is served: {answer}");
        drop(oldest);
        let begun = Instant::now();
        while !try_send(&house.server.address, "GET /livez HTTP/1.1\r\n", "")
            .is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 "))
        {
            assert!(begun.elapsed() < FOREVER, "the free place is not given");
        }
        drop(held);
        while !try_send(&house.server.address, "GET /livez HTTP/1.1\r\n", "")
            .is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 "))
        {
            assert!(begun.elapsed() < FOREVER, "the places are not given");
        }
    });
}

#[test]
fn huge_and_endless_bodies_are_refused_before_they_fill_memory() {
    // R129, R128
    const AT_ONCE: u64 = 8;
    let mut house = House::open(&[]);
    house.endure("huge bodies", 4 * AT_ONCE * BODY_KIB, |house| {
        let begun = Instant::now();
        loop {
            let senders: Vec<_> = (0..AT_ONCE)
                .map(|number| {
                    let address = house.server.address.clone();
                    std::thread::spawn(move || send_without_end(&address, number % 2 == 0))
                })
                .collect();
            for sender in senders {
                let answer = sender.join().unwrap();
                let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 413 ");
                assert!(refused, "{}", answer.get(..300).unwrap_or(&answer));
            }
            if begun.elapsed() >= long() {
                break;
            }
        }
    });
}

/// 64 MiB, or chunks without an end, as far as the server takes them; its answer, if it could be read.
fn send_without_end(address: &str, told: bool) -> String {
    let length = if told { "Content-Length: 67108864" } else { "Transfer-Encoding: chunked" };
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "POST /v2/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{length}\r\n\r\n")
        .unwrap();
    stream.set_write_timeout(Some(FOREVER)).unwrap();
    let part = if told { vec![b' '; 65_536] } else { [&b"8000\r\n"[..], &vec![b' '; 32_768], b"\r\n"].concat() };
    for _ in 0..1_024 {
        if stream.write_all(&part).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
    rest(&mut stream)
}

#[test]
fn bombs_of_json_and_xml_are_refused_at_the_size_of_their_body() {
    // R129
    let mut house = House::open(&[]);
    house.endure("bombs", 4 * BODY_KIB, |house| {
        let many = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<Vec<_>>().concat();
        let entities = many(29, &|n| format!("<!ENTITY e{} \"&e{n};&e{n};&e{n};&e{n};\">", n + 1));
        let envelope = |inside: &str| {
            format!(
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{inside}</s:Body></s:Envelope>"
            )
        };
        let keys = many(100_000, &|n| format!("\"k{n}\":1,"));
        let json = [
            format!("{{\"login\":{}", "[".repeat(10_000)),
            format!("{{\"login\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000)),
            format!("{{{keys}\"login\":\"a\",\"password\":\"b\"}}"),
        ];
        let xml = [
            format!("<!DOCTYPE a [<!ENTITY e0 \"bomb\">{entities}]>{}", envelope("&e29;")),
            envelope(&format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000))),
            envelope(&format!("<a {}/>", many(20_000, &|n| format!("k{n}=\"\" ")))),
        ];
        let soap = |member: &str| {
            let url = house.server.member(member);
            let path = url.trim_start_matches("http://").trim_start_matches(&house.server.address).to_owned();
            path.split('?').next().unwrap().to_owned()
        };
        let begun = Instant::now();
        loop {
            for body in &json {
                let head = "POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n";
                refused(&try_send(&house.server.address, head, body));
            }
            for path in [soap("ecgridos_wsdl"), soap("omnitracs_wsdl")] {
                for body in &xml {
                    let head = format!(
                        "POST {path} HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"\"\r\n"
                    );
                    refused(&try_send(&house.server.address, &head, body));
                }
            }
            if begun.elapsed() >= long() {
                break;
            }
        }
    });
}

#[track_caller]
fn refused(answer: &std::io::Result<String>) {
    // A server that refuses before it has read all may cut the connection.
    if let Ok(answer) = answer {
        let status = answer.get(9..12).unwrap_or_default();
        assert!(["400", "401", "413", "500"].contains(&status), "{answer}");
    }
}

#[test]
fn a_stored_hash_that_would_cost_the_machine_is_not_computed() {
    // R5, R128: somebody with the database in hand must not get at the server's memory
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut first = Server::dev(&data, &[]);
    let (login, password) = (first.member("target_login"), first.member("target_password"));
    first.signal("TERM");
    assert_eq!(first.ended(), Some(0));
    let raw = rusqlite::Connection::open(data.join("passgate.db")).unwrap();
    let swapped = raw
        .execute(
            "UPDATE users SET password_hash = replace(replace(password_hash, 'm=19456', 'm=4194304'), 't=2', 't=4000')",
            [],
        )
        .unwrap();
    assert!(swapped > 0);
    let bomb: String =
        raw.query_row("SELECT password_hash FROM users WHERE login = ?1", [&login], |row| row.get(0)).unwrap();
    assert!(bomb.contains("m=4194304,t=4000"), "the stored form is another one");
    drop(raw);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = Server::serve(&data.join("passgate.toml"), port);
    let answer = sign_in(&server.address, &login, &password).unwrap();
    assert!(!answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let status = fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 512 * 1024, "{peak} KiB");
    let answer = try_send(&server.address, "GET /readyz HTTP/1.1\r\n", "").unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}
