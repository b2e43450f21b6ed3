//! Retention keeps the rest verifiable. R110.

use jiff::SignedDuration;
use passgate::keys;
use passgate::trail::signing::Signer;
use passgate_gate::audit::{AuditId, Chain};
use passgate_gate::clock::{Clock as _, SystemClock};
use passgate_gate::store::Store as _;
use passgate_store::{SqliteOptions, SqliteStore, Trail as _};

use crate::streams::await_that;
use crate::support::{json, text, told};
use crate::{World, lines, refused, verify_file};

const TOMORROW: &str = "2999-01-01";

#[test]
fn a_pruned_trail_verifies_from_its_anchor_in_the_store_and_in_a_file() {
    // R110
    let world = World::new();
    world.signed(5);
    let last = world.last();
    let done = world.audit(&["prune", "--before", "2001-01-01"]);
    assert!(told(&done).contains("tenant 1001: 0 records removed"), "{}", told(&done));
    let done = world.audit(&["prune", "--before", TOMORROW]);
    assert!(told(&done).contains(&format!("tenant 1001: {last} records removed")), "{}", told(&done));

    let verdict = json(&world.audit(&["verify", "--json"]))[0].clone();
    assert_eq!((verdict["removed"].as_i64(), verdict["records"].as_i64()), (Some(last), Some(last + 1)));
    let (export, key) = (world.keep("export", &["export"]), world.keep("key", &["key"]));
    let found = lines(&export);
    assert_eq!((&found[0]["kind"], &found[1]["operation"]), (&"anchor".into(), &"prune-audit".into()));
    assert_eq!(found[1]["note"], format!("removed=1..{last}"));
    let good = told(&verify_file(&export, &["--key", text(&key)]));
    assert!(good.contains(&format!("records {0} to {0}, whole, signed up to {last}", last + 1)), "{good}");

    // It goes on from there.
    world.signed(2);
    assert_eq!(world.last(), last + 3);
}

#[test]
fn a_beginning_that_was_removed_in_any_other_way_is_seen() {
    // R110
    let world = World::new();
    world.signed(5);
    world.tamper("DELETE FROM audit_events WHERE sequence <= 2");
    refused(&world.audit(&["verify"]), "record 1: is missing");
    world.tamper(
        "INSERT INTO audit_anchors SELECT e.chain, e.sequence - 1, zeroblob(32), c.time, c.signer, c.signature \
         FROM audit_events e, audit_checkpoints c WHERE e.sequence = 3",
    );
    refused(&world.audit(&["verify"]), "the checkpoint in their place has a signature that does not verify");
    refused(&world.audit(&["prune", "--before", TOMORROW]), "nothing is removed");
}

#[test]
fn a_trail_that_does_not_verify_is_not_pruned() {
    // R110: its old records are evidence
    let world = World::new();
    world.signed(3);
    world.tamper("UPDATE audit_events SET note = 'x' WHERE sequence = 2");
    let before = world.keep("before", &["export"]);
    refused(&world.audit(&["prune", "--before", TOMORROW]), "nothing is removed");
    assert_eq!(std::fs::read(before).unwrap(), world.audit(&["export"]).stdout);
}

/// Signs the present end of the tenant's chain as of another time, with the installation's own key.
fn signed_days_ago(world: &World, days: i64) -> i64 {
    let store = SqliteStore::open(&world.data.join("passgate.db"), &SqliteOptions::default()).unwrap();
    let signer = Signer::new(&keys::load(&world.data).unwrap().checkpoints.current);
    let chain = Chain::from_number(1001);
    let then = SystemClock.now() - SignedDuration::from_hours(24 * days);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (sequence, hash) = store.head(chain).await.unwrap();
        let checkpoint = signer.sign(AuditId { chain, sequence }, hash, then);
        assert_eq!(store.keep_checkpoints(vec![checkpoint]).await.unwrap().len(), 1);
        sequence
    })
}

#[test]
fn a_server_removes_what_is_older_than_keep_days_by_itself() {
    // R110
    let world = World::new();
    world.set("keep_days", "30");
    let old = signed_days_ago(&world, 31);
    world.records(&world.serve(), 2);
    let kept = signed_days_ago(&world, 29);
    let server = world.serve();
    world.records(&server, 1);
    let exported = || lines(&world.keep("export", &["export", "--tenant", "OPS"]));
    await_that(|| exported()[0]["kind"] == "anchor");
    let found = exported();
    assert_eq!(found[0]["sequence"].as_i64(), Some(old));
    assert!(found.iter().any(|line| line["kind"] == "event" && line["sequence"] == kept));
    let pruned = found.iter().find(|line| line["operation"] == "prune-audit").unwrap();
    assert_eq!((&pruned["actor_detail"], &pruned["note"]), (&"keep_days".into(), &format!("removed=1..{old}").into()));
    assert!(world.audit(&["verify"]).status.success());
}

#[test]
fn nothing_is_pruned_before_every_second_place_has_it() {
    // R114
    let world = World::new();
    world.signed(3);
    world.set("files", "[\"second.jsonl\"]");
    let done = told(&world.audit(&["prune", "--before", TOMORROW]));
    assert!(done.contains("tenant 1001: 0 records removed"), "{done}");
    world.signed(1);
    let last = world.last();
    let done = told(&world.audit(&["prune", "--before", TOMORROW]));
    assert!(done.contains(&format!("tenant 1001: {last} records removed")), "{done}");
}
