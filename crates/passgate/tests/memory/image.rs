//! R115: passwords that were sent are looked for in the memory of the server once their requests have ended.
//!
//! A figure and no promise: what is freed is wiped, but a stack may hold a copy for a while.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::FileExt as _;

use serde_json::{Value, json};

use crate::markers::{Found, Markers};
use crate::support::{Server, left_out, try_send};
use crate::{ecgridos, portal};

/// Clients at once, and passwords of each kind from all of them.
const CLIENTS: usize = 8;
const EACH: usize = 40;

/// Everything in the memory of a process that may be read; the reason where that is not allowed.
fn memory_of(process: u32) -> std::io::Result<Vec<Vec<u8>>> {
    let memory = fs::File::open(format!("/proc/{process}/mem"))?;
    let mut parts = Vec::new();
    for line in BufReader::new(fs::File::open(format!("/proc/{process}/maps"))?).lines() {
        let line = line?;
        let (range, rest) = line.split_once(' ').unwrap();
        if !rest.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-').unwrap();
        let [from, to] = [from, to].map(|address| u64::from_str_radix(address, 16).unwrap());
        let mut part = vec![0; usize::try_from(to - from).unwrap()];
        // What the kernel keeps for itself cannot be read.
        if memory.read_exact_at(&mut part, from).is_ok() {
            parts.push(part);
        }
    }
    Ok(parts)
}

/// A request, and the answers that it may get.
struct Request {
    head: String,
    body: String,
    answers: &'static [&'static str],
}

/// What one client sends, one after the other: each password once, but for that which signs in too.
fn requests(server: &Server, markers: &mut Markers, user: &Value) -> Vec<Request> {
    let key = server.member("api_key");
    let (admin, secret) = (server.member("wsse_username"), server.member("wsse_password"));
    let [login, portal_id] = ["login", "portal_user_id"].map(|name| user[name].as_str().unwrap().to_owned());
    let id = &user["user_id"];
    let set_head =
        format!("POST /v2/users/password HTTP/1.1\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\n");
    let login_head = "POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n".to_owned();
    let form_head = "POST /v4.1/prod/ECGridOS.asmx/Login HTTP/1.1\r\n\
                     Content-Type: application/x-www-form-urlencoded\r\n";
    let mut requests = Vec::new();
    let mut send = |(head, body): (String, String), answers| requests.push(Request { head, body, answers });
    for _ in 0..EACH / CLIENTS {
        let set = markers.next("REST, set and sign-in");
        send((set_head.clone(), json!({ "userId": id, "newPassword": set }).to_string()), &["200"]);
        send((login_head.clone(), json!({ "login": login, "password": set }).to_string()), &["200"]);
        let wrong = markers.next("REST, wrong sign-in");
        send((login_head.clone(), json!({ "login": "nobody", "password": wrong }).to_string()), &["401"]);
        let long = format!("{}{}", markers.next("REST, refused set"), "x".repeat(1100));
        send((set_head.clone(), json!({ "userId": id, "newPassword": long }).to_string()), &["400"]);

        let set = markers.next("ECGridOS, set");
        let parameters = format!("<SessionID>{key}</SessionID><UserID>{id}</UserID><NewPassword>{set}</NewPassword>");
        send(ecgridos("UserPassword", &parameters), &["200"]);
        let wrong = markers.next("ECGridOS, wrong sign-in");
        let parameters = format!("<UserName>nobody</UserName><Password>{wrong}</Password>");
        send(ecgridos("Login", &parameters), &["500"]);
        let form = format!("UserName=nobody&Password={}", markers.next("ECGridOS, wrong sign-in by a form"));
        send((form_head.to_owned(), form), &["500"]);

        send(portal(&admin, &secret, &portal_id, &markers.next("portal, set")), &["200"]);
        let wrong = markers.next("portal, wrong sign-in");
        send(portal("NOBODY@MYCOMPANY", &wrong, &portal_id, "Larch-tree-42"), &["500"]);
    }
    requests
}

fn load(server: &Server, markers: &mut Markers) {
    let users = server.credentials["users"].as_array().unwrap();
    let above = ["NetworkAdmin", "NetOps", "TechOps", "Root"];
    let below = |user: &&Value| user["company"] == "MYCOMPANY" && !above.contains(&user["level"].as_str().unwrap());
    let own = users.iter().filter(below);
    let clients: Vec<_> = own.take(CLIENTS).map(|user| requests(server, markers, user)).collect();
    assert_eq!(clients.len(), CLIENTS);
    std::thread::scope(|scope| {
        for requests in clients {
            scope.spawn(move || {
                for Request { head, body, answers } in requests {
                    let answer = try_send(&server.address, &head, &body).unwrap();
                    assert!(answers.contains(&answer.get(9..12).unwrap()), "{head}{body}\n{answer}");
                }
            });
        }
    });
}

#[test]
fn passwords_that_were_sent_are_not_kept_in_memory() {
    // R115
    let folder = tempfile::tempdir().unwrap();
    let server = Server::dev(&folder.path().join("data"), &[]);
    if let Err(error) = memory_of(server.process()) {
        left_out(&format!("only root may read the memory of a server that hides it: {error}"));
        return;
    }
    let mut markers = Markers::default();
    load(&server, &mut markers);
    let found = markers.search(&memory_of(server.process()).unwrap());
    tell("after the last request", &markers, &found);
    for _ in 0..200 {
        assert!(try_send(&server.address, "GET /livez HTTP/1.1\r\n", "").unwrap().starts_with("HTTP/1.1 200 "));
    }
    let found = markers.search(&memory_of(server.process()).unwrap());
    tell("after 200 requests more", &markers, &found);
    let left: usize = found.values().map(Found::passwords).sum();
    let sent: usize = markers.kinds().iter().map(|kind| markers.sent(kind)).sum();
    assert!(left * 100 <= sent, "{left} of {sent} passwords are left in memory");
}

fn tell(when: &str, markers: &Markers, found: &BTreeMap<(&'static str, &'static str), Found>) {
    println!("{when}:");
    for kind in &markers.kinds()[..] {
        let forms: Vec<_> = found
            .iter()
            .filter(|((of, _), _)| of == kind)
            .map(|((_, form), found)| format!("{} {form} ({} places)", found.passwords(), found.places))
            .collect();
        let forms = if forms.is_empty() { "none".to_owned() } else { forms.join(", ") };
        println!("  {kind}: of {} passwords {forms}", markers.sent(kind));
    }
}
