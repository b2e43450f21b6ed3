//! R129: what one request takes of memory at its peak, by its kind, each in a server of its own.

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;

use crate::support::{Server, left_out, try_send};
use crate::{ecgridos, portal, status};

/// The largest body of each door, in KiB.
const REST_KIB: u64 = 64;
const SOAP_KIB: u64 = 256;

/// What the server may do at the same time, and what the allocator takes at once, in KiB.
const BESIDE_KIB: u64 = 1024;

/// A way to send a body to a door.
struct To {
    name: &'static str,
    path: &'static str,
    kind: &'static str,
    most_kib: u64,
}

const REST: To = To { name: "REST", path: "/v2/auth/login", kind: "application/json", most_kib: REST_KIB };
const ECGRIDOS: To =
    To { name: "ECGridOS", path: "/v4.1/prod/ECGridOS.asmx", kind: "text/xml; charset=utf-8", most_kib: SOAP_KIB };
const FORM: To = To {
    name: "ECGridOS by a form",
    path: "/v4.1/prod/ECGridOS.asmx/Login",
    kind: "application/x-www-form-urlencoded",
    most_kib: SOAP_KIB,
};
const PORTAL: To =
    To { name: "portal", path: "/omasWebWS/services/OMASWebSvcs", kind: "text/xml; charset=utf-8", most_kib: SOAP_KIB };

fn many(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

fn envelope(inside: &str) -> String {
    format!("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{inside}</s:Body></s:Envelope>")
}

fn bodies(to: &To) -> Vec<(&'static str, String)> {
    let padded = |megabytes: usize| " ".repeat(megabytes << 20);
    let room = usize::try_from(to.most_kib * 1024).unwrap() - 300;
    let own = match to.kind {
        "application/json" => vec![
            ("10,000 levels", format!("{{\"login\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000))),
            ("100,000 keys", format!("{{{}\"login\":\"a\"}}", many(100_000, |n| format!("\"k{n}\":1,")))),
            ("keys to the limit", format!("{{{}\"login\":\"a\"}}", many(room / 12, |n| format!("\"k{n:05}\":1,")))),
            ("a text to the limit", format!("{{\"login\":\"{}\"}}", "\\u0041".repeat(room / 6 - 10))),
        ],
        "application/x-www-form-urlencoded" => vec![
            ("100,000 keys", many(100_000, |n| format!("k{n}=1&"))),
            ("keys to the limit", many(room / 9, |n| format!("k{n:05}=1&"))),
            ("a text to the limit", format!("UserName={}", "%41".repeat(room / 3 - 10))),
        ],
        _ => vec![
            ("10,000 levels", envelope(&format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000)))),
            ("100,000 elements", envelope(&many(100_000, |n| format!("<k{n}/>")))),
            ("100,000 attributes", envelope(&format!("<a {}/>", many(100_000, |n| format!("k{n}=\"\" "))))),
            ("elements to the limit", envelope(&"<a/>".repeat(room / 4 - 60))),
            ("a text to the limit", envelope(&format!("<a>{}</a>", "&#65;".repeat(room / 5 - 60)))),
        ],
    };
    own.into_iter().chain([("1 MiB", padded(1)), ("20 MiB", padded(20))]).collect()
}

/// What of the body is taken; the status, if there was an answer.
fn send(server: &Server, to: &To, body: &str) -> String {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let (path, kind, length) = (to.path, to.kind, body.len());
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nSOAPAction: \"\"\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    // A server that refuses before it has read all may cut the connection.
    let _ = stream.write_all(body.as_bytes());
    let mut answer = Vec::new();
    let _ = std::io::Read::read_to_end(&mut stream, &mut answer);
    String::from_utf8_lossy(&answer).get(9..12).unwrap_or("cut").to_owned()
}

/// Whatever is allocated once is: threads, caches, connections.
fn warm(server: &Server) {
    let (name, secret) = (server.member("wsse_username"), server.member("wsse_password"));
    for _ in 0..4 {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let body = "{\"login\":\"netadmin1\",\"password\":\"guess\"}";
                    let head = "POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n";
                    let sign_in = ecgridos("Login", "<UserName>nobody</UserName><Password>guess</Password>");
                    let set = portal(&name, &secret, "JSMITH", "Larch-tree-42");
                    for (head, body) in [(head.to_owned(), body.to_owned()), sign_in, set] {
                        try_send(&server.address, &head, &body).unwrap();
                    }
                });
            }
        });
    }
}

/// A server that was used a little, with its data here.
fn used(data: &Path) -> Server {
    let server = Server::dev(data, &[]);
    warm(&server);
    server
}

#[test]
fn a_request_takes_less_than_four_times_the_largest_body_of_its_door() {
    // R129, R66: of a warm server whose peak is counted anew. The long form takes another server for each.
    let folder = tempfile::tempdir().unwrap();
    let fresh = std::env::var_os("PASSGATE_FLOOD_SECONDS").is_some();
    let mut number = 0;
    for to in [REST, ECGRIDOS, FORM, PORTAL] {
        let mut server = used(&folder.path().join(to.name));
        for (what, body) in bodies(&to) {
            if fresh {
                number += 1;
                server = used(&folder.path().join(number.to_string()));
            }
            if let Err(error) = fs::write(format!("/proc/{}/clear_refs", server.process()), "5") {
                left_out(&format!("only root may have the peak of a server counted anew: {error}"));
                return;
            }
            let before = status(&server, "VmRSS");
            let answer = send(&server, &to, &body);
            assert!(["400", "401", "413", "500", "cut"].contains(&&*answer), "{}, {what}: {answer}", to.name);
            let taken = status(&server, "VmHWM").saturating_sub(before);
            let (name, sent) = (to.name, body.len() / 1024);
            println!("{name}, {what} ({sent} KiB, {answer}): {taken} KiB more than {before}");
            assert!(taken < 4 * to.most_kib + BESIDE_KIB, "{name}, {what}: {taken} KiB");
        }
    }
}
