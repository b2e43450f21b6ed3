//! What `audit verify` sees, in the database and in a file. R110.

use serde_json::json;

use crate::support::{json, text, told};
use crate::{World, lines, refused, verify_file};

#[test]
fn a_stopped_server_leaves_every_record_signed() {
    // R110
    let world = World::new();
    world.signed(3);
    for verdict in json(&world.audit(&["verify", "--json"])).as_array().unwrap() {
        assert_eq!(verdict["signed"], verdict["records"], "{verdict}");
        assert_eq!(verdict["whole"], json!(true));
    }
    assert!(!lines(&world.data.join("audit-checkpoints.jsonl")).is_empty());
}

#[test]
fn an_export_verifies_without_the_installation_and_no_altered_one_does() {
    // R110
    let world = World::new();
    world.signed(5);
    let (export, key) = (world.keep("export", &["export"]), world.keep("key", &["key"]));
    let with_key = ["--key", text(&key)];
    let good = verify_file(&export, &with_key);
    let last = world.last();
    let told_whole = format!("tenant 1001: records 1 to {last}, whole, signed up to {last}");
    assert!(told(&good).contains(&told_whole), "{}", told(&good));
    assert!(told(&verify_file(&export, &[])).contains("signatures not looked at"));

    let whole = std::fs::read_to_string(&export).unwrap();
    let check = |altered: String, says: &str| {
        assert_ne!(altered, whole);
        let path = world.path("altered");
        std::fs::write(&path, altered).unwrap();
        refused(&verify_file(&path, &with_key), says);
    };
    check(whole.replacen("create-user", "create-key", 1), "line 2: record 1001-2 was altered");
    check(whole.replacen("\"source\":null", "\"source\":null,\"x\":1", 1), "line 1: it is no line of an audit trail");
    let all: Vec<_> = whole.split_inclusive('\n').collect();
    check([&all[..2], &all[3..]].concat().concat(), "line 3: record 1001-3 is missing before it");
    check(whole.replacen("\"signature\":\"", "\"signature\":\"00", 1), "has a signature that does not verify");

    // An unfinished last line is a copy that was cut off: what is whole verifies.
    let path = world.path("altered");
    std::fs::write(&path, &whole[..all[0].len() + 9]).unwrap();
    assert!(told(&verify_file(&path, &with_key)).contains("records 1 to 1, whole"));
    let copy = world.data.join("audit-checkpoints.jsonl");
    refused(&verify_file(&path, &["--key", text(&key), "--checkpoints", text(&copy)]), "the end was cut");
}

#[test]
fn a_file_without_a_record_does_not_pass_for_a_whole_one() {
    // R110
    let world = World::new();
    let empty = world.path("empty");
    std::fs::write(&empty, "").unwrap();
    for arguments in [&[][..], &["--json"]] {
        let output = verify_file(&empty, arguments);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert!(told(&output).contains("nothing was verified"), "{}", told(&output));
    }
}

#[test]
fn another_installation_s_key_verifies_nothing() {
    // R110
    let (world, other) = (World::new(), World::new());
    world.signed(1);
    let (export, key) = (world.keep("export", &["export"]), other.keep("key", &["key"]));
    refused(&verify_file(&export, &["--key", text(&key)]), "is signed by a key that is not known here");
    refused(&world.audit(&["verify", "--key", text(&key)]), "is signed by a key that is not known here");
}

#[test]
fn a_tail_that_was_cut_with_its_head_is_seen_by_its_checkpoint() {
    // R110
    let world = World::new();
    world.signed(5);
    let last = world.last();
    let cut = "DELETE FROM audit_events WHERE sequence > 3; UPDATE audit_heads SET (sequence, hash) = (SELECT \
        sequence, hash FROM audit_events WHERE sequence = 3);";
    world.tamper(cut);
    refused(&world.audit(&["verify"]), &format!("signs record {last}, which is not there"));

    // Its checkpoints gone too: the copy beside the database still tells.
    world.tamper("DELETE FROM audit_checkpoints");
    refused(&world.audit(&["verify"]), &format!("signs record {last}, which is not there"));

    // All of it gone: so does a copy that was kept elsewhere.
    let (copy, elsewhere) = (world.data.join("audit-checkpoints.jsonl"), world.path("elsewhere"));
    std::fs::rename(copy, &elsewhere).unwrap();
    world.tamper("DELETE FROM audit_events; DELETE FROM audit_heads");
    assert!(world.audit(&["verify"]).status.success(), "nothing here tells of it any more");
    refused(&world.audit(&["verify", "--checkpoints", text(&elsewhere)]), "which is not there");
}

#[test]
fn a_chain_written_anew_is_seen_by_its_checkpoint() {
    // R110: hashes alone do not help against somebody who computes them again
    let world = World::new();
    world.signed(2);
    let other = World::new();
    other.signed(2);
    // A chain that is whole in itself, from elsewhere.
    let from = text(&other.data.join("passgate.db")).to_owned();
    world.tamper(&format!(
        "ATTACH '{from}' AS other; DELETE FROM audit_events; DELETE FROM audit_heads; \
         INSERT INTO audit_events SELECT * FROM other.audit_events; \
         INSERT INTO audit_heads SELECT * FROM other.audit_heads;"
    ));
    refused(&world.audit(&["verify"]), "is not the one that a checkpoint signs");
}

#[test]
fn a_server_signs_no_chain_that_was_changed_behind_its_back() {
    // R110
    let world = World::new();
    world.signed(2);
    let before = lines(&world.data.join("audit-checkpoints.jsonl")).len();
    let server = world.serve();
    world.records(&server, 2);
    drop(server);
    world.tamper("UPDATE audit_events SET note = 'x' WHERE sequence = (SELECT MAX(sequence) FROM audit_events)");
    world.signed(1);
    assert_eq!(lines(&world.data.join("audit-checkpoints.jsonl")).len(), before);
    refused(&world.audit(&["verify"]), "was altered or moved");
}

#[test]
fn an_export_is_of_one_tenant_of_a_time_and_after_a_record() {
    let world = World::new();
    world.signed(4);
    let sequences = |arguments: &[&str]| {
        let path = world.keep("part", arguments);
        let events = lines(&path).into_iter().filter(|line| line["kind"] == "event");
        events.map(|line| line["sequence"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    let all = sequences(&["export", "--tenant", "OPS"]);
    assert_eq!(all, (1..=world.last()).collect::<Vec<_>>());
    assert_eq!(sequences(&["export", "--tenant", "OPS", "--after", "2"]), all[2..]);
    let third = lines(&world.path("part"))[0]["time"].as_str().unwrap().to_owned();
    assert_eq!(sequences(&["export", "--since", &third]), all[2..]);
    assert_eq!(sequences(&["export", "--until", &third]), all[..2]);
    assert_eq!(sequences(&["export", "--system"]), [0; 0]);

    // A part verifies by itself, signed by the checkpoint after it.
    let (part, key) = (world.keep("part", &["export", "--tenant", "OPS", "--after", "2"]), world.keep("key", &["key"]));
    let said = told(&verify_file(&part, &["--key", text(&key)]));
    assert!(said.contains(&format!("records 3 to {0}, whole, signed up to {0}", world.last())), "{said}");
    let cef = told(&world.audit(&["export", "--format", "cef"]));
    assert_eq!(cef.lines().filter(|line| line.starts_with("CEF:0|Passgate|Passgate|")).count(), all.len());
    assert_eq!(world.audit(&["export", "--after", "2"]).status.code(), Some(2));
}
