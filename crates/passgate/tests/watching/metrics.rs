//! `/metrics`.

use crate::house::{House, holds_none};

#[track_caller]
fn value(metrics: &str, name: &str) -> f64 {
    let line = metrics.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')));
    line.unwrap_or_else(|| panic!("no {name} in\n{metrics}")).rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn metrics_tell_outcomes_by_door_hashes_acts_and_answers() {
    let house = House::open(&[]);
    house.busy();
    let metrics = house.metrics();
    for (name, least) in [
        (r#"passgate_attempts_total{door="ecgrid-rest",operation="set-password",outcome="done"}"#, 1.0),
        (r#"passgate_attempts_total{door="ecgrid-rest",operation="sign-in",outcome="done"}"#, 1.0),
        (r#"passgate_attempts_total{door="ecgrid-rest",operation="sign-in",outcome="sign-in-failed"}"#, 1.0),
        (r#"passgate_hash_duration_seconds_count{share="sign-in"}"#, 2.0),
        (r#"passgate_hash_wait_seconds_count{share="keyed"}"#, 1.0),
        (r#"passgate_store_act_duration_seconds_count{engine="sqlite",act="replace_password",access="write"}"#, 1.0),
        (r#"passgate_store_commit_acts_count{engine="sqlite"}"#, 3.0),
        (r#"passgate_http_requests_total{door="ecgrid-rest",class="2xx"}"#, 2.0),
        (r#"passgate_http_requests_total{door="none",class="4xx"}"#, 1.0),
        ("passgate_connections_accepted_total", 5.0),
        ("passgate_hashing_slots", 1.0),
        (r#"passgate_build_info{version="0.1.0"}"#, 1.0),
    ] {
        let found = value(&metrics, name);
        assert!(found >= least, "{name} is {found}");
    }
    assert!((value(&metrics, "passgate_hashing_running")).abs() < f64::EPSILON);
    assert!(metrics.ends_with("# EOF\n"), "whole, as OpenMetrics asks");
}

#[test]
fn no_label_holds_what_was_sent_and_their_number_does_not_grow_with_it() {
    // R112.
    let house = House::open(&[]);
    let mut unwanted = house.busy();
    unwanted.extend(["mallory9", "forged9", "1042", "127.0.0.1"].map(str::to_owned));
    for member in ["target_login", "admin_login", "target_password", "admin_password"] {
        unwanted.push(house.server.member(member));
    }
    let before = house.metrics();
    // Without the figures, in whose digits any number may turn up.
    let lines = before.split_once("\r\n\r\n").unwrap().1.lines();
    let names = lines.map(|line| line.rsplit_once(' ').map_or(line, |(name, _)| name)).collect::<Vec<_>>();
    holds_none("the metrics", &names.join("\n"), &unwanted);
    let series = |strangers: std::ops::Range<u32>| {
        for n in strangers {
            house.sign_in(&format!("stranger{n}"), "wrong");
            house.server.send(&format!("GET /v2/stranger{n} HTTP/1.1\r\n"), "");
            house.server.send(&format!("GET /stranger{n} HTTP/1.1\r\n"), "");
        }
        // The store's own errands come when they come.
        let of_requests = |line: &&str| line.starts_with("passgate_attempts") || line.starts_with("passgate_http");
        house.metrics().lines().filter(of_requests).count()
    };
    let after_one = series(0..1);
    assert_eq!(series(1..20), after_one);
}

#[test]
fn the_doors_serve_no_metrics_and_the_other_address_no_door() {
    // Never on the public port.
    let house = House::open(&[]);
    assert!(house.server.send("GET /metrics HTTP/1.1\r\n", "").starts_with("HTTP/1.1 404 "));
    assert!(house.look("/v2/auth/version").starts_with("HTTP/1.1 404 "));
    assert!(house.look("/livez").starts_with("HTTP/1.1 200 "));
}

#[test]
fn a_second_place_that_is_away_is_seen_to_fall_behind_without_its_address() {
    // R112, R114
    let away = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address = format!("http://{away}/sink9");
    let house = House::open(&[("PASSGATE_AUDIT_STREAM_WEBHOOKS", &address)]);
    house.busy();
    let metrics = house.metrics();
    assert!(value(&metrics, r#"passgate_audit_stream_behind{sink="webhook-1"}"#) >= 1.0);
    holds_none("the metrics", &metrics, &["sink9".to_owned(), away.to_string()]);
}

#[test]
fn a_chain_that_was_changed_behind_the_server_s_back_is_counted() {
    // R110
    let house = House::open(&[("PASSGATE_AUDIT_CHECKPOINT_SECONDS", "1")]);
    house.busy();
    let raw = rusqlite::Connection::open(house.data.join("passgate.db")).unwrap();
    raw.busy_timeout(std::time::Duration::from_mins(1)).unwrap();
    let signed = |raw: &rusqlite::Connection| -> i64 {
        raw.query_row("SELECT count(*) FROM audit_checkpoints WHERE chain <> 0", [], |row| row.get(0)).unwrap()
    };
    while signed(&raw) == 0 {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(value(&house.metrics(), "passgate_audit_chains_broken").abs() < f64::EPSILON);
    let triggers = "SELECT group_concat('DROP TRIGGER ' || name, ';') FROM sqlite_schema WHERE type = 'trigger'";
    let drop: String = raw.query_row(triggers, [], |row| row.get(0)).unwrap();
    raw.execute_batch(&drop).unwrap();
    raw.execute_batch("UPDATE audit_checkpoints SET hash = zeroblob(32)").unwrap();
    house.set(1042, "no");
    while value(&house.metrics(), "passgate_audit_chains_broken") < 1.0 {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!((value(&house.metrics(), "passgate_ready") - 1.0).abs() < f64::EPSILON, "it serves all the same");
}
