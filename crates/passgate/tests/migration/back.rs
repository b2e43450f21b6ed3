//! A move that is given up: the SQLite store serves again, and never both.

use crate::house::{House, sign_in};
use crate::support::told;

#[track_caller]
fn abandoned(house: &House, more: &[&str]) -> String {
    let output = house.migrate(&[&["--abandon"], more].concat());
    assert!(output.status.success(), "{}", told(&output));
    told(&output)
}

#[test]
fn a_finished_move_is_taken_back_and_its_database_closed() {
    let house = House::open();
    house.refused(&["--abandon"], 3, "there is nothing to give up");
    house.moved();
    let output = house.command(&["migrate-store", "--abandon"]);
    assert!(told(&output).contains("--target-lost"), "{}", told(&output));
    house.switch();
    let server = house.serve();
    assert_eq!(house.set(&server, "Larch-tree-42"), 200);
    house.refused(&["--abandon"], 3, "stop the servers that work with it first");
    House::stop(server);
    let said = abandoned(&house, &[]);
    assert!(said.contains("is closed") && said.contains("audit-checkpoints.jsonl"), "{said}");
    // PostgreSQL is none any more, the file is, as it was.
    let output = house.command(&["tenant", "list"]);
    assert!(told(&output).contains("was given up"), "{}", told(&output));
    house.switch_back();
    let server = house.serve();
    assert!(sign_in(&server, house.member("target_login"), house.member("target_password")).is_some());
    House::stop(server);
    // What was signed in PostgreSQL is not in the file, and that is seen.
    house.refused(&[], 7, "is not the one that a checkpoint signs");
    std::fs::rename(house.data.join("audit-checkpoints.jsonl"), house.path("of-postgres.jsonl")).unwrap();
    house.refused(&[], 3, "holds a store already");
    // Elsewhere it can be moved again.
    house.go_to(&passgate_testing::postgres::Cluster::shared().database());
    house.moved();
}

#[test]
fn an_unfinished_move_leaves_an_empty_database() {
    let house = House::open();
    house.cut_off_early();
    for arguments in [&["serve"][..], &["tenant", "list"]] {
        let output = house.command(arguments);
        assert_eq!(output.status.code(), Some(3), "{}", told(&output));
        assert!(told(&output).contains("is being moved to PostgreSQL"), "{}", told(&output));
    }
    let other = House::open();
    other.go_to(&house.url);
    other.refused(&[], 3, "the unfinished move of another store");
    // Another empty database would be a second copy.
    house.go_to(&passgate_testing::postgres::Cluster::shared().database());
    house.refused(&[], 3, "the store belongs to another move");
    house.refused(&["--abandon"], 3, "--target-lost");
    house.go_to(&house.url);
    assert!(abandoned(&house, &[]).contains("is empty again"));
    assert_eq!(house.ask("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), "0");
    assert_eq!(house.ask("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"), "0");
    assert!(house.command(&["tenant", "list"]).status.success());
    other.moved();
}

#[test]
fn a_store_whose_database_is_lost_is_taken_back_on_somebody_s_word() {
    let house = House::open();
    house.moved();
    house.go_to("host=127.0.0.1 port=1 user=passgate dbname=passgate");
    house.refused(&["--abandon"], 1, "cannot be reached");
    assert!(!house.command(&["tenant", "list"]).status.success());
    assert!(abandoned(&house, &["--target-lost"]).contains("never start a server on it again"));
    assert!(house.command(&["tenant", "list"]).status.success());
}
