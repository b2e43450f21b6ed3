//! An installation that was moved is the one that it was.

use crate::house::{House, holds, me, sign_in};
use crate::support::{json, told};

#[test]
fn a_moved_installation_goes_on_where_it_was() {
    // R117, R110: users, sessions, tokens, keys, nonces, counters, checkpoints, a pruned trail
    let house = House::open();
    let lived = house.live();
    let chains = house.done(&["audit", "verify", "--json"]);
    let list = ["user", "list", "--tenant", "1", "--json"];
    let export = ["audit", "export"];
    let (users, trail) = (house.done(&list), house.done(&export));

    let counted = json(&house.migrate(&["--dry-run", "--json"]));
    let empty: Vec<_> = counted["tables"].as_object().unwrap().iter().filter(|(_, rows)| **rows == 0).collect();
    assert!(empty.is_empty(), "what is not there cannot be seen to move: {empty:?}");
    let moved = house.moved();
    assert_eq!(moved["tables"], counted["tables"]);
    house.switch();

    // What is known of everybody, and every record with its place and hash, is the same.
    assert_eq!(house.done(&list), users);
    assert_eq!(house.done(&["audit", "verify", "--json"]), chains);
    assert_eq!(house.done(&export), trail);
    let doctor = house.command(&["doctor", "--full"]);
    assert!(!told(&doctor).contains("fail  audit") && !told(&doctor).contains("fail  store"), "{}", told(&doctor));

    let server = house.serve();
    assert_eq!(me(&server, &format!("Authorization: Bearer {}", lived.token)), 200, "an old token");
    assert!(holds(&server, &lived.session), "an old session");
    assert!(!holds(&server, &lived.ended), "one that was ended");
    assert_eq!(me(&server, &format!("X-API-Key: {}", house.member("api_key"))), 200, "an old key");
    assert_eq!(me(&server, &format!("X-API-Key: {}", lived.revoked)), 401, "one that was revoked");
    let target = house.member("target_login").to_owned();
    assert!(sign_in(&server, &target, lived.password).is_some(), "the password that was set last");
    assert!(sign_in(&server, &target, house.member("target_password")).is_none(), "the one before");
    assert!(house.token(&server).is_some());
    assert_ne!(house.token_call(&server, "first-nonce"), 200, "a nonce that was used");
    assert_eq!(house.token_call(&server, "second-nonce"), 200);
    assert_eq!(house.set(&server, "Larch-tree-45"), 200, "sets go on");
    assert!(sign_in(&server, &target, "Larch-tree-45").is_some());
    assert!(house.done(&["user", "show", "5001"]).contains("locked"), "a lock");
    House::stop(server);
    // The chains go on, signed by the same key, and second places receive what is new.
    assert!(house.done(&["audit", "verify"]).contains("whole, signed up to"));
    let more = house.done(&export);
    assert!(more.lines().count() > trail.lines().count());
    let newest = more.lines().rfind(|line| line.contains("\"event\"")).unwrap();
    assert!(std::fs::read_to_string(house.data.join("second.jsonl")).unwrap().contains(newest), "{newest}");
    // New users get numbers that nobody had.
    let made = house.done(&[
        "user",
        "create",
        "--tenant",
        "1",
        "--login",
        "newcomer",
        "--level",
        "General",
        "--generate",
        "--json",
    ]);
    let number = serde_json::from_str::<serde_json::Value>(&made).unwrap()["user_id"].as_i64().unwrap();
    assert!(number > 10_000 && !users.contains(&format!("\"user_id\":{number}")), "{number}");
}

#[test]
fn a_second_run_says_so_and_changes_nothing() {
    let house = House::open();
    assert_eq!(house.moved()["before"], false);
    let all = "SELECT md5(string_agg(u::text, ',' ORDER BY id)), (SELECT count(*) FROM audit_events) FROM users u \
               GROUP BY 2";
    let before = (crate::house::contents(&house.data), house.ask(all));
    let again = house.moved();
    assert_eq!((&again["before"], &again["copied"]), (&true.into(), &0.into()));
    assert!(told(&house.migrate(&[])).contains("nothing was done"));
    house.switch();
    assert!(told(&house.migrate(&[])).contains("nothing was done"));
    let after = (crate::house::contents(&house.data), house.ask(all));
    assert_eq!(before.1, after.1);
    let but_configuration = |files: &[(std::path::PathBuf, Vec<u8>)]| {
        files.iter().filter(|(path, _)| !path.ends_with("passgate.toml")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(but_configuration(&before.0), but_configuration(&after.0));
    assert!(told(&house.migrate(&["--dry-run"])).contains("nothing was done"));
}

#[test]
fn nobody_serves_from_a_store_that_was_moved() {
    // R117: two stores that both take sets are worse than none
    let house = House::open();
    let told_of_move = told(&house.migrate(&[]));
    for wanted in ["engine = \"postgres\"", "url_file = \"store-url\"", "no version serves from it", "--abandon"] {
        assert!(told_of_move.contains(wanted), "{wanted} is not in: {told_of_move}");
    }
    for arguments in [&["serve"][..], &["user", "list", "--tenant", "1"], &["audit", "verify"]] {
        let output = house.command(arguments);
        assert_eq!(output.status.code(), Some(3), "{}", told(&output));
        assert!(told(&output).contains("was moved to PostgreSQL"), "{}", told(&output));
    }
    assert!(told(&house.command(&["doctor"])).contains("was moved to PostgreSQL"));
    let backup = house.command(&["backup", "--to", house.path("old.db").to_str().unwrap()]);
    assert!(!backup.status.success(), "{}", told(&backup));
    // A version from before there was this command takes the file for somebody else's.
    let raw = rusqlite::Connection::open(house.database()).unwrap();
    let application: i64 = raw.pragma_query_value(None, "application_id", |row| row.get(0)).unwrap();
    assert_ne!(application, 0x5041_5347);
}

#[test]
fn a_dry_run_beside_a_server_changes_nothing() {
    let house = House::open();
    let server = house.serve();
    assert_eq!(house.set(&server, "Larch-tree-42"), 200);
    let output = house.migrate(&["--dry-run"]);
    assert!(output.status.success(), "{}", told(&output));
    assert!(told(&output).contains("nothing was changed"), "{}", told(&output));
    assert_eq!(house.ask("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), "0");
    assert_eq!(house.set(&server, "Larch-tree-43"), 200);
    House::stop(server);
    house.moved();
}
