//! API keys that are good from some networks alone (R44), and the open sessions of a user, listed and ended (R35):
//! through the program, behind a proxy.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

mod support;

use std::net::TcpListener;
use std::path::PathBuf;

use serde_json::{Value, json};
use support::{Server, json, passgate, run_with, text, told};

const PASSWORD: &str = "Larch-tree-42";

struct House {
    data: PathBuf,
    _folder: tempfile::TempDir,
}

impl House {
    /// With the administrator `boss` and the user `bob` of NORTHCO.
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let house = Self { data: folder.path().join("data"), _folder: folder };
        let init = ["init", "--data", text(&house.data), "--login", "ann", "--company", "OPS", "--generate"];
        let output = run_with(&init, "", &[]);
        assert!(output.status.success(), "{}", told(&output));
        house.json(&["tenant", "create", "--name", "North Company", "--company", "NORTHCO"], "");
        for (login, level) in [("boss", "NetworkAdmin"), ("bob", "MailboxUser"), ("eve", "MailboxUser")] {
            let create = ["user", "create", "--tenant", "NORTHCO", "--login", login, "--level", level];
            house.json(&create, &format!("{PASSWORD}\n"));
        }
        house
    }

    fn json(&self, arguments: &[&str], input: &str) -> Value {
        json(&run_with(&[arguments, &["--json", "--data", text(&self.data)]].concat(), input, &[]))
    }

    /// The exit code of a command by somebody with a key.
    fn by_key(&self, key: &str, arguments: &[&str]) -> Option<i32> {
        let arguments = [arguments, &["--data", text(&self.data)]].concat();
        run_with(&arguments, "", &[("PASSGATE_API_KEY", key)]).status.code()
    }

    fn key(&self, user: &str, from: &[&str]) -> String {
        let key = self.json(&[&["key", "create", user], from].concat(), "");
        key["api_key"].as_str().unwrap().to_owned()
    }

    fn serve(&self, proxies: &str) -> Server {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let file = self.data.join("passgate.toml");
        let mut command = passgate(&["serve", "--config", text(&file), "--listen", &address]);
        Server::started(command.env("PASSGATE_SERVER_TRUSTED_PROXIES", proxies), &address)
    }

    fn last_record(&self) -> Value {
        self.json(&["audit", "list", "--tenant", "NORTHCO"], "").as_array().unwrap().last().unwrap().clone()
    }
}

/// `GET /v2/users/me` with a key, forwarded for these addresses: status, and all that is not by chance.
fn me(server: &Server, key: &str, forwarded: &str) -> (u16, String) {
    let forwarded = if forwarded.is_empty() { String::new() } else { format!("X-Forwarded-For: {forwarded}\r\n") };
    let answer = server.send(&format!("GET /v2/users/me HTTP/1.1\r\nX-API-Key: {key}\r\n{forwarded}"), "");
    let by_chance = ["passgate-request-id:", "date:"];
    let lines = answer.lines().filter(|line| !by_chance.iter().any(|name| line.to_lowercase().starts_with(name)));
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), lines.collect::<Vec<_>>().join("\n"))
}

/// `WhoAmI` of ECGridOS with a key as SessionID.
fn who_am_i(server: &Server, key: &str, forwarded: &str) -> String {
    let head = format!(
        "POST /v4.1/prod/ECGridOS.asmx/WhoAmI HTTP/1.1\r\nX-Forwarded-For: {forwarded}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n"
    );
    let answer = server.send(&head, &format!("SessionID={key}"));
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

#[test]
fn a_key_is_good_from_its_networks_alone() {
    // R44: the client's address is the one that the trusted proxy vouches for.
    let house = House::open();
    let key = house.key("BOB@NORTHCO", &["--from", "10.0.0.0/8,2001:db8::/32", "--from", "192.0.2.7"]);
    let made = house.last_record();
    assert_eq!(made["note"], "networks=10.0.0.0/8,2001:db8::/32,192.0.2.7/32", "R108: {made}");
    let server = house.serve("127.0.0.1");
    for inside in ["10.1.2.3", "::ffff:10.9.9.9", "2001:db8:7::1", "192.0.2.7", "192.0.2.99, 10.1.2.3"] {
        assert_eq!(me(&server, &key, inside).0, 200, "{inside}");
    }
    let unknown = me(&server, &"0".repeat(36), "11.1.2.3");
    assert_eq!(unknown.0, 401);
    // The last one is the proxy itself, who is not in the networks.
    for outside in ["11.1.2.3", "2001:db9::1", "192.0.2.8", "10.1.2.3, 192.0.2.99", ""] {
        assert_eq!(me(&server, &key, outside), unknown, "{outside}: told apart from an unknown key");
        let record = house.last_record();
        assert_eq!(record["refused"], "unidentified", "{record}");
        assert_eq!(record["note"], "the key is not for this source", "{record}");
        assert_eq!(
            record["source"],
            if outside.is_empty() { "127.0.0.1" } else { outside.rsplit(' ').next().unwrap() }
        );
    }
    assert!(who_am_i(&server, &key, "10.1.2.3").contains("bob"));
    let refused = who_am_i(&server, &key, "11.1.2.3");
    assert_eq!(refused, who_am_i(&server, &"0".repeat(36), "11.1.2.3"));
}

#[test]
fn what_a_client_writes_itself_makes_no_source() {
    // R44, R65: without a trusted proxy the address is that of the connection.
    let house = House::open();
    let key = house.key("BOB@NORTHCO", &["--from", "10.0.0.0/8"]);
    let here = house.key("EVE@NORTHCO", &["--from", "127.0.0.0/8"]);
    let server = house.serve("");
    assert_eq!(me(&server, &key, "10.1.2.3").0, 401);
    assert_eq!(me(&server, &here, "10.1.2.3").0, 200);
}

#[test]
fn the_networks_of_a_key_are_listed_and_a_next_key_does_not_inherit_them() {
    // R44
    let house = House::open();
    let bound = house.key("BOB@NORTHCO", &["--from", "10.1.2.3/8"]);
    let listed = house.json(&["key", "list", "BOB@NORTHCO"], "");
    assert_eq!(listed[0]["networks"], json!(["10.0.0.0/8"]));
    // On the command line a key is used from this machine.
    assert_eq!(house.by_key(&bound, &["user", "show", "BOB@NORTHCO"]), Some(4));
    let next = house.key("BOB@NORTHCO", &[]);
    assert_eq!(house.by_key(&next, &["user", "show", "BOB@NORTHCO"]), Some(0));
    assert_eq!(house.json(&["key", "list", "BOB@NORTHCO"], "")[1]["networks"], json!([]));
    for wrong in ["10.0.0.0/33", "localhost", ""] {
        let output = run_with(&["key", "create", "BOB@NORTHCO", "--from", wrong, "--data", text(&house.data)], "", &[]);
        assert_eq!(output.status.code(), Some(2), "{wrong}: {}", told(&output));
    }
    assert_eq!(house.by_key(&next, &["user", "show", "BOB@NORTHCO"]), Some(0), "nothing was done");
}

/// A REST token of bob's, signed in from there.
fn token(server: &Server, login: &str, from: &str) -> String {
    let head = format!("POST /v2/auth/login HTTP/1.1\r\nX-Forwarded-For: {from}\r\nContent-Type: application/json\r\n");
    let answer = server.send(&head, &json!({ "login": login, "password": PASSWORD }).to_string());
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    body["data"]["token"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}

/// An ECGridOS session of bob's.
fn soap_session(server: &Server, from: &str) -> String {
    let head = format!(
        "POST /v4.1/prod/ECGridOS.asmx/Login HTTP/1.1\r\nX-Forwarded-For: {from}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n"
    );
    let answer = server.send(&head, &format!("Email=bob&Password={PASSWORD}"));
    let (_, rest) = answer.split_once("\">").unwrap_or_else(|| panic!("{answer}"));
    rest.split('<').next().unwrap().to_owned()
}

fn holds(server: &Server, token: &str) -> bool {
    let head = format!("POST /v2/auth/session HTTP/1.1\r\nAuthorization: Bearer {token}\r\n");
    server.send(&head, "").starts_with("HTTP/1.1 200")
}

#[test]
fn open_sessions_are_listed_with_nothing_that_could_be_used_and_ended_one_by_one_or_all() {
    // R35
    let house = House::open();
    let server = house.serve("127.0.0.1");
    let (first, second) = (token(&server, "bob", "192.0.2.7"), token(&server, "bob", "2001:db8::7"));
    let soap = soap_session(&server, "192.0.2.8");
    let eves = token(&server, "eve", "192.0.2.9");

    let listed = house.json(&["user", "sessions", "BOB@NORTHCO"], "");
    let sessions = listed.as_array().unwrap();
    let shown: Vec<_> =
        sessions.iter().map(|it| (it["kind"].as_str().unwrap(), it["source"].as_str().unwrap())).collect();
    assert_eq!(shown, [("token", "192.0.2.7"), ("token", "2001:db8::7"), ("soap", "192.0.2.8")]);
    for session in sessions {
        for time in ["begun", "last_used", "ends", "ends_at_last"] {
            assert!(session[time].as_str().is_some_and(|time| time.ends_with('Z')), "{session}");
        }
    }
    let said = run_with(&["user", "sessions", "BOB@NORTHCO", "--data", text(&house.data)], "", &[]);
    let said = format!("{}{listed}", told(&said));
    for secret in [&first, &second, &soap] {
        assert!(!said.contains(secret.as_str()) && !said.contains(secret.rsplit('.').next().unwrap()), "{said}");
    }
    // A name is no credential.
    let name = sessions[0]["session"].as_str().unwrap();
    assert!(!holds(&server, name) && who_am_i(&server, name, "192.0.2.8").contains("SessionTimeout"));

    let ended = house.json(&["user", "sessions", "BOB@NORTHCO", "--end", name], "");
    assert_eq!(ended["sessions_ended"], 1);
    let record = house.last_record();
    assert_eq!(record["sessions_ended"], 1);
    assert_eq!(record["note"], format!("session={name} kind=token"));
    assert!(!holds(&server, &first) && holds(&server, &second));
    assert!(house.json(&["user", "sessions", "BOB@NORTHCO", "--end-all"], "")["sessions_ended"] == 2);
    let record = house.last_record();
    assert_eq!(record["operation"], "end-sessions");
    assert_eq!(record["sessions_ended"], 2);
    assert!(!holds(&server, &second) && holds(&server, &eves));
    assert!(who_am_i(&server, &soap, "192.0.2.8").contains("SessionTimeout"));
    assert_eq!(house.json(&["user", "sessions", "BOB@NORTHCO"], ""), json!([]));
    let again = run_with(&["user", "sessions", "BOB@NORTHCO", "--end", name, "--data", text(&house.data)], "", &[]);
    assert_eq!(again.status.code(), Some(5), "{}", told(&again));
    // The password, the lock and the keys are as they were.
    token(&server, "bob", "192.0.2.7");
}

#[test]
fn ones_own_sessions_are_ones_own_to_end_and_nobody_elses() {
    // R35: ASVS 7.5.2; authorisation 3.2
    let house = House::open();
    let bob = house.key("BOB@NORTHCO", &[]);
    let boss = house.key("BOSS@NORTHCO", &[]);
    let server = house.serve("127.0.0.1");
    let (his, hers) = (token(&server, "bob", "192.0.2.7"), token(&server, "eve", "192.0.2.7"));
    for verb in [&[][..], &["--end-all"]] {
        assert_eq!(house.by_key(&bob, &[&["user", "sessions", "EVE@NORTHCO"], verb].concat()), Some(4), "{verb:?}");
    }
    assert!(holds(&server, &hers));
    assert_eq!(house.last_record()["refused"], "level-too-low");
    assert_eq!(house.by_key(&bob, &["user", "sessions", "BOB@NORTHCO", "--end-all"]), Some(0));
    assert!(!holds(&server, &his));
    assert_eq!(house.by_key(&boss, &["user", "sessions", "EVE@NORTHCO", "--end-all"]), Some(0));
    assert!(!holds(&server, &hers));
}
