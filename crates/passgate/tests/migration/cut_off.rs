//! Killed at any point, a move goes on where it was.

use std::process::Command;
use std::time::{Duration, Instant};

use passgate_gate::rng::{OsRng, Rng as _};
use passgate_testing::postgres::Cluster;

use crate::crowd;
use crate::house::House;
use crate::support::{run_with, text, told};

/// Small enough that a move takes its time.
const BATCH: &str = "97";

/// Nobody is served from a database that a store is being moved into.
#[track_caller]
fn closed(house: &House) {
    let file = house.data.join("passgate.toml");
    let variables = [("PASSGATE_STORE_ENGINE", "postgres"), ("PASSGATE_STORE_URL", house.url.as_str())];
    for command in ["serve", "doctor"] {
        let output = run_with(&[command, "--config", text(&file)], "", &variables);
        let code = output.status.code();
        assert!(code == Some(3) || code == Some(8), "{}", told(&output));
        let told = told(&output);
        assert!(told.contains("not wholly moved") || told.contains("holds no store"), "{told}");
    }
}

impl House {
    /// Kills a move once its database has something of it.
    pub(crate) fn cut_off_early(&self) {
        loop {
            let mut child = self.migrating(&["--batch-rows", "1"]).spawn().unwrap();
            let tables = "SELECT count(*) FROM pg_class WHERE relname = 'store_move_progress'";
            while self.ask(tables) == "0" {
                assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
            }
            child.kill().unwrap();
            child.wait().unwrap();
            if self.ask("SELECT count(*) FROM pg_class WHERE relname = 'store_move_progress'") == "1" {
                return;
            }
        }
    }
}

#[test]
fn a_move_that_was_killed_again_and_again_is_the_same_as_one_that_was_not() {
    // R117: exactly once each row, whenever it ends
    let rounds = std::env::var("PASSGATE_KILL_ROUNDS").map_or(6, |rounds| rounds.parse().unwrap());
    let house = House::open();
    house.live();
    crowd::come(&house);
    let before = copy(&house, "before");
    let begun = Instant::now();
    let at_once = crate::support::json(&house.migrate(&["--json", "--batch-rows", BATCH]));
    let whole = begun.elapsed();
    house.switch();
    let verified = house.done(&["audit", "verify", "--json"]);
    let rows = "SELECT (SELECT md5(string_agg(u::text, ',' ORDER BY id)) FROM users u), \
                (SELECT md5(string_agg(e::text, ',' ORDER BY chain, sequence)) FROM audit_events e)";
    let in_there = house.ask(rows);
    let (mut cuts, mut halves) = (0, 0);
    while cuts < rounds {
        let killed = copy(&before, "killed");
        while cuts < rounds && cut(&killed, whole) {
            cuts += 1;
            let half = killed.ask("SELECT count(*) FROM pg_class WHERE relname = 'store_move_progress'") == "1"
                && killed.ask("SELECT sum(rows) FROM store_move_progress") != "0";
            halves += u64::from(half);
            assert_eq!(
                killed.ask("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'"),
                "0",
                "none stays put aside"
            );
            closed(&killed);
        }
        let resumed = killed.moved();
        if resumed["before"] == false {
            assert_eq!((&resumed["digest"], &resumed["tables"]), (&at_once["digest"], &at_once["tables"]));
        }
        killed.switch();
        assert_eq!(killed.done(&["audit", "verify", "--json"]), verified);
        assert_eq!(killed.ask(rows), in_there);
        // The guards of the trail stand.
        for sql in ["UPDATE audit_events SET note = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_anchors"] {
            let taken = "RAISE EXCEPTION 'it was taken' USING ERRCODE = 'P9999'";
            killed.ask(&format!("DO $$ BEGIN {sql}; {taken}; EXCEPTION WHEN raise_exception THEN NULL; END $$"));
        }
    }
    println!("{cuts} times killed, {halves} times with a part of the rows there, {whole:?} at once");
    assert!(halves > 0, "no kill was in the midst of it");
}

/// The same installation, on its way to a database of its own.
fn copy(house: &House, name: &str) -> House {
    let copy = house.beside(name, Cluster::shared().database());
    let copied = Command::new("cp").args(["-a", text(&house.data), text(&copy.data)]).status().unwrap();
    assert!(copied.success());
    copy.go_to(&copy.url);
    copy
}

/// Kills a move at some point within this time; `false`: it had ended.
fn cut(house: &House, whole: Duration) -> bool {
    let mut random = [0; 4];
    OsRng.fill(&mut random);
    let at = whole.mul_f64(f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX));
    let mut child = house.migrating(&["--batch-rows", BATCH]).spawn().unwrap();
    std::thread::sleep(at);
    if let Some(status) = child.try_wait().unwrap() {
        assert!(status.success(), "it does not go on: {status}");
        return false;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    house.ask("SELECT count(*) FROM pg_description WHERE description = 'Passgate'") == "0"
}

#[test]
fn a_database_that_dies_meanwhile_loses_nothing() {
    // R117
    let cluster = Cluster::start();
    let mut house = House::open();
    crowd::come(&house);
    house.url = cluster.database();
    house.go_to(&house.url);
    for _ in 0..3 {
        let mut child = house.migrating(&["--batch-rows", "10"]).spawn().unwrap();
        let copied = "SELECT sum(rows) FROM store_move_progress";
        let name = house.url.rsplit_once("dbname=").unwrap().1;
        let there = || cluster.sql(name, "SELECT count(*) FROM pg_class WHERE relname = 'store_move_progress'") == "1";
        let before: i64 = if there() { cluster.sql(name, copied).parse().unwrap() } else { 0 };
        while !there() || cluster.sql(name, copied).parse::<i64>().unwrap() <= before {
            assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        }
        cluster.kill();
        assert_eq!(child.wait().unwrap().code(), Some(1));
        cluster.restart();
    }
    house.moved();
    house.switch();
    house.done(&["audit", "verify"]);
}
