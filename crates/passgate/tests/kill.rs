//! The server killed with SIGKILL at random moments under load (R117): every acknowledged set is there, none
//! is half there, and the audit chains verify. `PASSGATE_KILL_ROUNDS` asks for more rounds.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

mod support;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use support::{Server, run, text, told, try_send};

const WRITERS: usize = 6;

/// What one writer knows of its user's password.
#[derive(Clone, Debug)]
struct Known {
    login: String,
    id: i64,
    /// The last one that the server said is set.
    acknowledged: String,
    /// The one that was under way when the server died.
    under_way: Option<String>,
    sets: u64,
}

#[test]
fn a_killed_server_has_every_acknowledged_set_and_no_half_one() {
    let rounds = std::env::var("PASSGATE_KILL_ROUNDS").map_or(4, |rounds| rounds.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut first = Server::dev(&data, &[]);
    let key = first.member("api_key");
    let mut known = users(&first.credentials);
    first.signal("TERM");
    assert_eq!(first.ended(), Some(0));

    for round in 0..rounds {
        let port = free_port();
        let server = Server::serve(&data.join("passgate.toml"), port);
        let wait = Duration::from_millis(100 + 97 * (round % 9));
        known = under_load(&server.address, &key, known, |acknowledged| {
            // A few at least, however busy the machine is; then at a moment of no meaning.
            wait_until(|| acknowledged.load(Ordering::Relaxed) >= 3);
            std::thread::sleep(wait);
            server.signal("KILL");
        });
        drop(server);
        let server = Server::serve(&data.join("passgate.toml"), free_port());
        for user in &mut known {
            settle(&server.address, user);
        }
        drop(server);
        verify(&data);
    }
    let sets: u64 = known.iter().map(|user| user.sets).sum();
    println!("{rounds} rounds, {sets} acknowledged sets, none lost, none half there");
}

fn users(credentials: &Value) -> Vec<Known> {
    let all = credentials["users"].as_array().unwrap();
    let mine = all.iter().filter(|user| user["company"] == "MYCOMPANY" && user["level"] != "NetworkAdmin");
    let known = mine.filter_map(|user| {
        let low = ["General", "TPUser", "MailboxUser", "MailboxAdmin", "NetworkUser"];
        low.contains(&user["level"].as_str()?).then(|| Known {
            login: user["login"].as_str().unwrap().to_owned(),
            id: user["user_id"].as_i64().unwrap(),
            acknowledged: user["password"].as_str().unwrap().to_owned(),
            under_way: None,
            sets: 0,
        })
    });
    known.take(WRITERS).collect()
}

/// Sets passwords without pause from one thread a user, until `end` has ended the server.
fn under_load(address: &str, key: &str, known: Vec<Known>, end: impl FnOnce(&AtomicU64)) -> Vec<Known> {
    let over = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(AtomicU64::new(0));
    let known: Vec<_> = known.into_iter().map(|user| Arc::new(Mutex::new(user))).collect();
    let writers: Vec<_> = known
        .iter()
        .map(|user| {
            let (user, over, acknowledged) = (user.clone(), over.clone(), acknowledged.clone());
            let (key, address) = (key.to_owned(), address.to_owned());
            std::thread::spawn(move || {
                while !over.load(Ordering::Relaxed) && set_once(&address, &key, &mut user.lock().unwrap()) {
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    end(&acknowledged);
    over.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.join().unwrap();
    }
    known.into_iter().map(|user| user.lock().unwrap().clone()).collect()
}

/// Whether the server still answers.
fn set_once(address: &str, key: &str, user: &mut Known) -> bool {
    let password = format!("Larch-tree-{}-{}", user.id, user.sets);
    let body = json!({ "userId": user.id, "newPassword": password }).to_string();
    let head = format!("POST /v2/users/password HTTP/1.1\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\n");
    user.under_way = Some(password.clone());
    match try_send(address, &head, &body) {
        Ok(answer) if answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("{\"success\":true,\"data\":true}") => {
            user.acknowledged = password;
            user.under_way = None;
            user.sets += 1;
            true
        }
        // Refused for being too many: nothing was done.
        Ok(answer) if answer.starts_with("HTTP/1.1 503 ") => {
            user.under_way = None;
            true
        }
        Ok(_) | Err(_) => false,
    }
}

/// Exactly one of the two candidates signs in: the acknowledged one, or the one that was under way.
fn settle(address: &str, user: &mut Known) {
    let after = user.under_way.take().filter(|password| signs_in(address, &user.login, password));
    let before = signs_in(address, &user.login, &user.acknowledged);
    assert!(before != after.is_some(), "{}: before {before}, after {}", user.login, after.is_some());
    user.sets += u64::from(after.is_some());
    user.acknowledged = after.unwrap_or_else(|| user.acknowledged.clone());
}

fn signs_in(address: &str, login: &str, password: &str) -> bool {
    let body = json!({ "login": login, "password": password }).to_string();
    let head = "POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n";
    let answer = try_send(address, head, &body).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") || answer.starts_with("HTTP/1.1 401 "), "{answer}");
    answer.starts_with("HTTP/1.1 200 ")
}

fn verify(data: &Path) {
    let output = run(&["audit", "verify", "--data", text(data)], "");
    assert!(output.status.success(), "{}", told(&output));
}

#[track_caller]
fn wait_until(mut done: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_mins(1), "nothing is acknowledged");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
