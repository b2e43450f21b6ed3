//! Three servers over one PostgreSQL: what one has answered holds on all, what may happen once happens once,
//! a node without its database refuses and recovers, and a rolling restart costs nobody a request.
//! R21, R34, R57, R60, R83, R118.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod calls;
mod house;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use passgate_testing::cuttable::Way;
use passgate_testing::postgres::Cluster;

use crate::calls::{holds, now, sign_in, sign_out, status, token_call};
use crate::house::House;
use crate::support::{run_with, text, told};

#[test]
fn a_set_on_one_node_ends_old_password_sessions_and_tokens_on_all() {
    // R21, with a UsernameToken that the other nodes have just verified and may remember
    let house = House::open();
    let (name, login) = (house.dev.member("wsse_username"), house.dev.member("admin_login"));
    let old = house.dev.member("wsse_password");
    let session = sign_in(&house.nodes[1], &login, &old).unwrap();
    for node in &house.nodes {
        assert!(holds(node, &session));
        assert_eq!(token_call(node, &house, &name, &old, ""), 200);
    }
    for round in 0..4 {
        let at = round % 3;
        let (before, after) = if round == 0 { (old.clone(), word(1)) } else { (word(round), word(round + 1)) };
        assert_eq!(house.set(at, house.number_of(&login), &after), 200);
        for node in &house.nodes {
            assert_ne!(token_call(node, &house, &name, &before, ""), 200, "round {round}");
            assert!(sign_in(node, &login, &before).is_none(), "round {round}");
            assert!(!holds(node, &session));
        }
        house.reset(&login);
        for node in &house.nodes {
            assert_eq!(token_call(node, &house, &name, &after, ""), 200, "round {round}");
        }
    }
}

fn word(round: usize) -> String {
    format!("Round{round}-Passw0rd!")
}

#[test]
fn a_lock_a_revocation_and_a_sign_out_on_one_node_hold_on_all() {
    // R34
    let house = House::open();
    let (user, password) = house.user("jsmith");
    let session = sign_in(&house.nodes[0], "jsmith", &password).unwrap();
    assert!(house.nodes.iter().all(|node| holds(node, &session)));
    sign_out(&house.nodes[2], &session);
    assert!(house.nodes.iter().all(|node| !holds(node, &session)));

    let session = sign_in(&house.nodes[1], "jsmith", &password).unwrap();
    house.command(&["user", "lock", &user]);
    assert!(house.nodes.iter().all(|node| !holds(node, &session)));
    assert!(house.nodes.iter().all(|node| sign_in(node, "jsmith", &password).is_none()));
    house.command(&["user", "unlock", &user]);
    assert!(house.nodes.iter().all(|node| sign_in(node, "jsmith", &password).is_some()));

    let own = house.number_of("jsmith");
    assert!((0..3).all(|at| house.set(at, own, &word(at)) == 200));
    let admin = house.number_of(&house.dev.member("admin_login")).to_string();
    let keys = house.command(&["key", "list", &admin, "--json"]);
    let keys: serde_json::Value = serde_json::from_str(&keys).unwrap();
    for key in keys.as_array().unwrap() {
        house.command(&["key", "revoke", &admin, &key["key"].to_string()]);
    }
    assert!((0..3).all(|at| house.set(at, own, "Never-Passw0rd!") == 401));
}

#[test]
fn nonces_failures_and_session_limits_are_counted_together() {
    // R83, R57, R60
    let house = House::open();
    let (name, secret) = (house.dev.member("wsse_username"), house.dev.member("wsse_password"));
    let once = format!("<wsse:Nonce>MDEyMzQ1Njc4OWFiY2RlZg==</wsse:Nonce>{}", calls::created(&now()));
    assert_eq!(token_call(&house.nodes[0], &house, &name, &secret, &once), 200);
    assert!(house.nodes.iter().all(|node| token_call(node, &house, &name, &secret, &once) != 200));

    let (_, password) = house.user("mbrown");
    let opened: Vec<_> = (0..8).map(|n| sign_in(&house.nodes[n % 3], "mbrown", &password)).collect();
    assert_eq!(opened.iter().flatten().count(), 5, "soap_max_open");

    let (_, password) = house.user("jsmith");
    for n in 0..5 {
        assert!(sign_in(&house.nodes[n % 2], "jsmith", "Wrong-Passw0rd!").is_none());
    }
    assert!(sign_in(&house.nodes[2], "jsmith", &password).is_none(), "throttled by failures on the other nodes");
}

#[test]
fn a_node_without_its_database_refuses_is_not_ready_and_recovers_by_itself() {
    // R118, R131; ecgrid-rest 4.1, ecgridos-soap 4.5 and omnitracs-soap 4.3 ("starting, draining or overloaded")
    let house = House::open();
    let target = house.target();
    assert_eq!(house.set(2, target, &word(1)), 200);
    house.way.set(Way::Cut);
    for answer in calls::at_every_door(&house, 2, &word(2)) {
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        assert!(answer.contains("\r\nretry-after: 5\r\n"), "{answer}");
        let told = answer.split_once("\r\n\r\n").unwrap().1;
        assert!(told.is_empty() || told.contains("The service is temporarily unavailable."), "{answer}");
    }
    assert_eq!(status(&house.nodes[2], "GET /readyz HTTP/1.1\r\n", ""), 503, "a proxy leaves it out");
    assert_eq!(status(&house.nodes[2], "GET /livez HTTP/1.1\r\n", ""), 200, "it lives");
    assert_eq!(house.set(1, target, &word(3)), 200, "the others go on");
    house.way.set(Way::Open);
    for answer in calls::at_every_door(&house, 2, &word(4)) {
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}

#[test]
fn a_rolling_restart_under_load_costs_nobody_a_request() {
    // graceful drain
    let mut house = House::open();
    let (answered, over) = (AtomicU32::new(0), AtomicBool::new(false));
    let target = house.target();
    let load = house.load();
    thread::scope(|scope| {
        for client in 0..4 {
            let (load, answered, over) = (&load, &answered, &over);
            scope.spawn(move || {
                let mut n = client;
                while !over.load(Ordering::Relaxed) {
                    // A proxy tries the next node when one takes no connection, never after it has sent.
                    assert_eq!(load.set(n, target, &word(n)), 200, "request {n} of client {client}");
                    answered.fetch_add(1, Ordering::Relaxed);
                    n += 1;
                }
            });
        }
        let rolled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..2 {
                for at in 1..3 {
                    let before = answered.load(Ordering::Relaxed);
                    house.restart(at);
                    let begun = Instant::now();
                    while answered.load(Ordering::Relaxed) < before + 10 && begun.elapsed() < Duration::from_secs(30) {
                        thread::sleep(Duration::from_millis(20));
                    }
                }
            }
        }));
        over.store(true, Ordering::Relaxed);
        rolled.unwrap();
    });
    assert!(answered.into_inner() >= 40);
}

#[test]
fn an_installation_is_made_used_and_examined_on_postgresql_and_its_address_is_never_shown() {
    // one line of configuration chooses the engine
    let folder = tempfile::TempDir::new().unwrap();
    let data = folder.path().join("data");
    let url = format!("{} password=hunter2", Cluster::shared().database());
    let variables = [("PASSGATE_STORE_ENGINE", "postgres"), ("PASSGATE_STORE_URL", url.as_str())];
    let made = run_with(&["init", "--data", text(&data), "--login", "root", "--generate"], "", &variables);
    assert!(made.status.success(), "{}", told(&made));
    let again = run_with(&["init", "--data", text(&data), "--login", "root", "--generate"], "", &variables);
    assert!(!again.status.success(), "{}", told(&again));
    assert!(!data.join("passgate.db").exists());

    let file = data.join("passgate.toml");
    let shown = run_with(&["config", "show", "--config", text(&file)], "", &variables);
    assert!(told(&shown).contains("url = \"(hidden)\""), "{}", told(&shown));
    for arguments in [["audit", "verify"], ["user", "list"]] {
        let output = run_with(&[&arguments[..], &["--config", text(&file)]].concat(), "", &variables);
        assert!(!told(&output).contains("hunter2"), "{}", told(&output));
        assert!(output.status.success() || arguments[0] == "user", "{}", told(&output));
    }
    let looked = run_with(&["doctor", "--config", text(&file)], "", &variables);
    assert!(told(&looked).contains("schema") && !told(&looked).contains("passgate.db"), "{}", told(&looked));

    // The same address in a file: refused while others may read it.
    let address = data.join("store-url");
    std::fs::write(&address, &url).unwrap();
    let by_file = [("PASSGATE_STORE_ENGINE", "postgres"), ("PASSGATE_STORE_URL_FILE", "store-url")];
    let verify = ["audit", "verify", "--config", text(&file)];
    std::fs::set_permissions(&address, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let refused = run_with(&verify, "", &by_file);
    assert!(told(&refused).contains("chmod 600"), "{}", told(&refused));
    std::fs::set_permissions(&address, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let taken = run_with(&verify, "", &by_file);
    assert!(taken.status.success(), "{}", told(&taken));
}
