//! Three servers over one PostgreSQL: what one has answered holds on all, what may happen once happens once,
//! a node without its database refuses and recovers, and a rolling restart costs nobody a request.
//! R21, R34, R57, R60 to R63, R83, R118, R121.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod calls;
mod house;
mod proxy;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use passgate_testing::cuttable::Way;
use passgate_testing::postgres::Cluster;

use crate::calls::{holds, now, sign_in, sign_out, status, token_call};
use crate::house::House;
use crate::proxy::{Client, Proxy};
use crate::support::{run_with, text, told};

/// A first delay that no busy machine outlasts.
const FAR_LONGER: (&str, &str) = ("PASSGATE_THROTTLE_FIRST_DELAY_SECONDS", "600");

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
    let house = House::open_with(&[FAR_LONGER]);
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
fn a_throttle_is_what_the_operator_decided_and_a_weaker_one_is_told_at_the_start() {
    // R57; authorisation 3.6
    let house = House::open_with(&[("PASSGATE_THROTTLE_FAILURES", "6"), FAR_LONGER]);
    assert!(house.log().contains("throttle.failures"), "{}", house.log());
    let (_, password) = house.user("jsmith");
    let wrong = |times: usize| {
        for n in 0..times {
            assert!(sign_in(&house.nodes[n % 3], "jsmith", "Wrong-Passw0rd!").is_none());
        }
    };
    wrong(5);
    assert!(sign_in(&house.nodes[2], "jsmith", &password).is_some(), "five are not too many here");
    wrong(6);
    assert!(sign_in(&house.nodes[2], "jsmith", &password).is_none());
}

#[test]
fn failures_of_a_source_are_counted_together_and_through_a_restart() {
    // R62, R61; decision 8. One failure more fits each 100 seconds: far longer than this takes.
    let mut house = House::open_with(&[
        ("PASSGATE_LIMITS_FAILURES_PER_SOURCE", "30"),
        ("PASSGATE_LIMITS_FAILURES_WINDOW_SECONDS", "3000"),
    ]);
    let wrong = |house: &House, at: usize| calls::read(&house.nodes[at], "WRONG-KEY-0000-0000");
    let refused = (0..30).filter(|n| wrong(&house, n % 2).starts_with("HTTP/1.1 401 ")).count();
    assert_eq!(refused, 30, "as many as there may be, over two nodes");
    let limited = |house: &House, at: usize| {
        let answer = wrong(house, at);
        assert!(answer.starts_with("HTTP/1.1 429 ") && answer.contains("\r\nretry-after: "), "{at}: {answer}");
        assert!(answer.contains("\r\ncache-control: no-store"), "{at}: {answer}");
        assert!(answer.contains("RateLimitExceeded"), "{at}: {answer}");
    };
    for at in [2, 0, 1] {
        limited(&house, at);
    }
    let (name, login) = (house.dev.member("wsse_username"), house.dev.member("admin_login"));
    let password = house.dev.member("wsse_password");
    for at in 0..3 {
        assert!(sign_in(&house.nodes[at], &login, &password).is_none(), "a sign-in from there is not looked at");
        assert_eq!(token_call(&house.nodes[at], &house, &name, &password, ""), 429);
        assert_eq!(house.set(at, house.target(), &word(at)), 200, "a key is");
    }
    house.restart(1);
    limited(&house, 1);
    assert_eq!(token_call(&house.nodes[1], &house, &name, &password, ""), 429);
    house.way.set(Way::Cut);
    assert_eq!(token_call(&house.nodes[2], &house, &name, &password, ""), 429, "without its database too");
    house.way.set(Way::Open);
}

#[test]
fn calls_of_a_caller_are_limited_over_all_nodes_and_through_a_restart() {
    // R63; decision 8: no more than the limit and one batch, an eighth of the burst, for each node
    let mut house =
        House::open_with(&[("PASSGATE_LIMITS_PER_CALLER_PER_SECOND", "1"), ("PASSGATE_LIMITS_BURST", "40")]);
    let (key, begun) = (house.dev.member("api_key"), Instant::now());
    let accepted_of = |house: &House, calls: usize| {
        (0..calls).filter(|n| calls::read(&house.nodes[n % 3], &key).starts_with("HTTP/1.1 200 ")).count()
    };
    let allowed = || 40 + usize::try_from(begun.elapsed().as_secs()).unwrap() + 1 + 3 * 5;
    let mut accepted = accepted_of(&house, 150);
    assert!((40..=allowed()).contains(&accepted), "{accepted} of {}", allowed());
    let refused = (0..1_000).map(|_| calls::read(&house.nodes[0], &key)).find(|answer| !answer.contains(" 200 OK"));
    let refused = refused.unwrap();
    assert!(refused.starts_with("HTTP/1.1 429 ") && refused.contains("\r\nretry-after: "), "{refused}");
    house.restart(1);
    accepted += accepted_of(&house, 60);
    assert!(accepted <= allowed(), "{accepted} of {}", allowed());
}

#[test]
fn a_limit_that_cannot_be_counted_together_is_no_outage() {
    // R63; decision 8
    let house = House::open_with(&[("PASSGATE_LIMITS_PER_CALLER_PER_SECOND", "1"), ("PASSGATE_LIMITS_BURST", "40")]);
    let key = house.dev.member("api_key");
    house.sql("DROP TABLE caller_calls");
    let begun = Instant::now();
    let answers: Vec<_> = (0..100).map(|_| calls::read(&house.nodes[1], &key)).collect();
    let accepted = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 200 ")).count();
    let allowed = 40 + usize::try_from(begun.elapsed().as_secs()).unwrap() + 1;
    assert!((40..=allowed).contains(&accepted), "{accepted} of {allowed}: each node by itself");
    assert!(answers.iter().all(|answer| answer.contains(" 200 ") || answer.contains(" 429 ")));
}

#[test]
fn a_rolling_restart_under_load_behind_a_proxy_costs_nobody_a_request() {
    // R121: every node is replaced, and not one request of those that ask through the proxy fails
    let mut house = House::open_with(&[("PASSGATE_SERVER_UNREADY_SECONDS", "4")]);
    let proxy = Proxy::before(&house.nodes);
    until("all are ready", || (0..3).all(|at| proxy.sees_ready(at)));
    let key = house.dev.member("api_key");
    let people: Vec<_> = ["jsmith", "mbrown"].map(|login| (login, house.number_of(login))).into();
    let (answered, over) = (AtomicU32::new(0), AtomicBool::new(false));
    let last: Vec<_> = thread::scope(|scope| {
        let ask = |person: Option<i64>| {
            let (proxy, key, answered, over) = (&proxy, &key, &answered, &over);
            move || {
                let mut client = Client::of(proxy);
                let (mut rounds, mut failed) = (0, Vec::new());
                while !over.load(Ordering::Relaxed) {
                    let told = match person {
                        Some(number) => client.ask(
                            &format!(
                                "POST /v2/users/password HTTP/1.1\r\nX-API-Key: {key}\r\n\
                                 Content-Type: application/json\r\n"
                            ),
                            &format!("{{\"userId\":{number},\"newPassword\":\"{}\"}}", word(rounds + 1)),
                        ),
                        None => client.ask(&format!("GET /v2/users/me HTTP/1.1\r\nX-API-Key: {key}\r\n"), ""),
                    };
                    if told != Ok(200) {
                        failed.push(format!("request {rounds}: {told:?}"));
                    }
                    rounds += 1;
                    answered.fetch_add(1, Ordering::Relaxed);
                }
                (rounds, failed)
            }
        };
        let threads: Vec<_> = people.iter().map(|(_, number)| Some(*number)).chain([None, None]).map(ask).collect();
        let threads: Vec<_> = threads.into_iter().map(|load| scope.spawn(load)).collect();
        let rolled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for at in 0..3 {
                let before = answered.load(Ordering::Relaxed);
                house.restart(at);
                proxy.moved(at, &house.nodes[at]);
                until("it is ready again", || proxy.sees_ready(at));
                until("the load goes on", || answered.load(Ordering::Relaxed) >= before + 20);
            }
        }));
        over.store(true, Ordering::Relaxed);
        let done: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        rolled.unwrap();
        done
    });
    let failed: Vec<_> = last.iter().flat_map(|(_, failed)| failed).collect();
    assert!(failed.is_empty(), "{} of {} failed: {failed:?}", failed.len(), answered.into_inner());
    for ((login, _), (rounds, _)) in people.iter().zip(&last) {
        assert!(sign_in(&house.nodes[0], login, &word(*rounds)).is_some(), "{login}: the last acknowledged password");
    }
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_mins(1), "never: {what}");
        thread::sleep(Duration::from_millis(20));
    }
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
