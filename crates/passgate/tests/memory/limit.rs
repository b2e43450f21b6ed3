//! R128: a limit on the server's memory, and everything at once that could get it past that.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::status;
use crate::support::{Server, try_send};

const IDLE: usize = 500;
const SLOW: usize = 120;
const STRANGERS: usize = 100;
const SETS: u32 = 40;
/// What all of that may take beside what a server has that was used a little, in KiB: each connection its buffers,
/// the rest for the allocator.
const BESIDE_KIB: u64 = 64 * 1024;

fn long() -> Duration {
    Duration::from_secs(std::env::var("PASSGATE_FLOOD_SECONDS").map_or(0, |seconds| seconds.parse().unwrap()))
}

#[test]
fn slow_senders_idle_connections_and_wrong_sign_ins_together_stay_within_a_limit_of_memory() {
    // R128, R131: an allocation beyond the limit would end the server
    let folder = tempfile::tempdir().unwrap();
    let variables = [("PASSGATE_HASHING_SLOTS", "2"), ("PASSGATE_HASHING_QUEUE", "8")];
    let server = Server::dev(&folder.path().join("data"), &variables);
    set(&server, 0);
    sign_in(&server, "jdoe", "Larch-tree-0");
    let (before, resident) = (status(&server, "VmData"), status(&server, "VmRSS"));
    let limit = (before + BESIDE_KIB) * 1024;
    let process = server.process().to_string();
    let limited = Command::new("prlimit").args(["--pid", &process, &format!("--data={limit}:")]).status();
    assert!(limited.is_ok_and(|done| done.success()), "prlimit (Debian: util-linux) is needed");

    let idle: Vec<_> = (0..IDLE).map(|number| idle(&server.address, number % 2 == 0)).collect();
    let (over, failed, refused) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let most = AtomicU64::new(0);
    let sets = std::thread::scope(|scope| {
        for stranger in 0..STRANGERS {
            let (server, over, failed, refused) = (&server, &over, &failed, &refused);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    match &*sign_in(server, &format!("nobody-{stranger}"), "guess") {
                        "401" => failed.fetch_add(1, Ordering::Relaxed),
                        "503" => refused.fetch_add(1, Ordering::Relaxed),
                        other => panic!("{other}"),
                    };
                }
            });
        }
        scope.spawn(|| send_slowly(&server, &over));
        let good = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let begun = Instant::now();
            let mut sets = 0;
            while sets < SETS || begun.elapsed() < long() {
                sets += 1;
                set(&server, sets);
                most.fetch_max(status(&server, "VmData"), Ordering::Relaxed);
            }
            sets
        }));
        over.store(true, Ordering::Relaxed);
        good.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    let (failed, refused) = (failed.into_inner(), refused.into_inner());
    println!("{sets} sets held while {failed} sign-ins failed and {refused} were told to come back");
    println!(
        "memory that counts against the limit: {before} KiB before, {} KiB at the most, {} KiB allowed; resident: \
         {resident} KiB before, {} KiB at the peak",
        most.into_inner(),
        limit / 1024,
        status(&server, "VmHWM")
    );
    assert!(failed > 0 && refused > 0, "{failed} failed, {refused} refused: that was no flood");
    drop(idle);
    assert_eq!(sign_in(&server, "jdoe", &format!("Larch-tree-{sets}")), "200");
}

/// A set by a caller with a key, which must hold.
fn set(server: &Server, number: u32) {
    let body = json!({ "userId": 1042, "newPassword": format!("Larch-tree-{number}") }).to_string();
    let answer = server.post("/v2/users/password", &body);
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\"data\":true}"), "{answer}");
}

fn sign_in(server: &Server, login: &str, password: &str) -> String {
    let body = json!({ "login": login, "password": password }).to_string();
    let head = "POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n";
    try_send(&server.address, head, &body).unwrap().get(9..12).unwrap().to_owned()
}

/// A connection on which nothing happens, at once or after it has been served.
fn idle(address: &str, served: bool) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    if served {
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        let mut answer = [0; 4096];
        assert!(stream.read(&mut answer).unwrap() > 0);
    }
    stream
}

/// A byte at a time on each of many connections, half of them in the headers and half in the body.
fn send_slowly(server: &Server, over: &AtomicBool) {
    let body = format!(
        "POST /v2/users/password HTTP/1.1\r\nHost: a\r\nX-API-Key: {}\r\nContent-Type: application/json\r\n\
         Content-Length: 60000\r\n\r\n{}",
        server.member("api_key"),
        " ".repeat(50_000)
    );
    let begin = |number: usize| {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        let begin = if number.is_multiple_of(2) { "POST /v2/auth/login HTTP/1.1\r\nX: " } else { &body };
        let _ = stream.write_all(begin.as_bytes());
        stream
    };
    let mut slow: Vec<_> = (0..SLOW).map(begin).collect();
    while !over.load(Ordering::Relaxed) {
        for (number, stream) in slow.iter_mut().enumerate() {
            if stream.write_all(b" ").is_err() {
                *stream = begin(number);
            }
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
