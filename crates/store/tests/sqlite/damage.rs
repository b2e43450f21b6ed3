//! Rows that hold what they never may, and records that somebody tampered with. R6, R110.

use passgate_gate::audit::{Chain, Operation};
use passgate_gate::store::{Store, StoreError};
use passgate_store::{Damage, VerifyError, verify_chain, verify_end_of_chain};

use super::fresh;
use crate::contract::world::*;

#[tokio::test]
async fn a_corrupt_value_names_its_table_and_column() {
    // R6
    let (store, place) = fresh();
    populate(&store).await;
    let raw = place.raw();
    for (column, wrong) in [
        ("level", "'Wizard'"),
        ("status", "''"),
        ("must_change", "'perhaps'"),
        ("portal_id", "'much-too-long'"),
        ("password_used", "7"),
        ("created", "9223372036854775807"),
        ("login", "CAST(x'ff' AS TEXT)"),
    ] {
        let kept: rusqlite::types::Value =
            raw.query_row(&format!("SELECT {column} FROM users WHERE id = 5001"), [], |row| row.get(0)).unwrap();
        raw.execute(&format!("UPDATE users SET {column} = {wrong} WHERE id = 5001"), []).unwrap();
        let found = store.account(user_id(BOB)).await;
        assert!(
            matches!(found, Err(StoreError::Corrupt { table: "users", column: named }) if named == column),
            "{column}: {found:?}"
        );
        raw.execute(&format!("UPDATE users SET {column} = ?1 WHERE id = 5001"), [kept]).unwrap();
    }
    account(&store, BOB).await;
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_delete_records() {
    // R110
    let (store, place) = fresh();
    populate(&store).await;
    for attempt in ["UPDATE audit_events SET note = 'x'", "DELETE FROM audit_events"] {
        let refused = place.raw().execute(attempt, []).unwrap_err();
        assert!(refused.to_string().contains("audit records are never"), "{refused}");
    }
}

#[tokio::test]
async fn the_database_itself_lets_a_chain_be_shortened_at_checkpoints_only() {
    // R110
    let (store, place) = fresh();
    populate(&store).await;
    let kept = "INSERT INTO audit_checkpoints SELECT chain, sequence, hash, 0, 'key', x'01' FROM audit_events \
        WHERE chain = 1 AND sequence = 2";
    let raw = place.raw();
    raw.execute_batch(kept).unwrap();
    let anchor = "INSERT INTO audit_anchors (chain, sequence, hash, time, signer, signature) VALUES ";
    let refusals = [
        ("UPDATE audit_checkpoints SET sequence = 3", "checkpoints are never changed"),
        ("DELETE FROM audit_checkpoints", "checkpoints are never deleted before"),
        (&format!("{anchor} (1, 3, zeroblob(32), 0, 'key', x'01')"), "up to a checkpoint only"),
        (&format!("{anchor} (1, 2, zeroblob(32), 0, 'key', x'01')"), "up to a checkpoint only"),
    ];
    for (attempt, why) in refusals {
        let refused = raw.execute(attempt, []).unwrap_err().to_string();
        assert!(refused.contains(why), "{attempt}: {refused}");
    }
    raw.execute_batch("INSERT INTO audit_anchors SELECT * FROM audit_checkpoints").unwrap();
    for (attempt, why) in [
        ("DELETE FROM audit_anchors", "anchors are never deleted"),
        ("UPDATE audit_anchors SET sequence = 3", "up to a checkpoint only"),
        ("UPDATE audit_anchors SET sequence = 1", "up to a checkpoint only"),
        ("DELETE FROM audit_events WHERE chain = 1 AND sequence = 3", "records are never deleted"),
    ] {
        let refused = raw.execute(attempt, []).unwrap_err().to_string();
        assert!(refused.contains(why), "{attempt}: {refused}");
    }
    raw.execute_batch("DELETE FROM audit_events WHERE chain = 1 AND sequence <= 2").unwrap();
    assert_eq!(verify_chain(&store, Chain(Some(tenant_id(TENANT)))).await.unwrap().removed, 2);
}

/// Tampers with ten records behind the back of the triggers; tells what the walk finds.
async fn check(tampering: &str, at_record: i64, damage: Damage) {
    let (store, place) = fresh();
    make_tenant(&store, TENANT, "").await;
    for n in 1..10 {
        store.record(event(Operation::SignIn, at(n))).await.unwrap();
    }
    let chain = Chain(Some(tenant_id(TENANT)));
    assert_eq!(verify_chain(&store, chain).await.unwrap().records, 10);
    let raw = place.raw();
    raw.execute_batch("DROP TRIGGER tr_audit_events_update; DROP TRIGGER tr_audit_events_delete;").unwrap();
    raw.execute_batch(tampering).unwrap();
    match verify_chain(&store, chain).await {
        Err(VerifyError::Broken(broken)) => assert_eq!((broken.at, broken.what), (at_record, damage), "{tampering}"),
        other => panic!("{tampering}: {other:?}"),
    }
    assert_eq!(store.chains().await.unwrap(), [chain], "{tampering}");
}

#[tokio::test]
async fn altered_dropped_moved_and_cut_off_records_are_found() {
    // R110
    check("UPDATE audit_events SET note = 'x' WHERE sequence = 4", 4, Damage::Altered).await;
    check("UPDATE audit_events SET time = time + 1 WHERE sequence = 1", 1, Damage::Altered).await;
    check("UPDATE audit_events SET hash = zeroblob(32) WHERE sequence = 10", 10, Damage::Altered).await;
    check("DELETE FROM audit_events WHERE sequence = 5", 5, Damage::Missing).await;
    let swap = "UPDATE audit_events SET sequence = 99 WHERE sequence = 3;
        UPDATE audit_events SET sequence = 3 WHERE sequence = 4;
        UPDATE audit_events SET sequence = 4 WHERE sequence = 99;";
    check(swap, 3, Damage::Altered).await;
    check("DELETE FROM audit_events WHERE sequence > 8", 9, Damage::Missing).await;
    check("DELETE FROM audit_events", 1, Damage::Missing).await;
    let cut = "DELETE FROM audit_events WHERE sequence > 8; UPDATE audit_heads SET sequence = 8;";
    check(cut, 8, Damage::Head).await;
    check("UPDATE audit_heads SET sequence = 9", 10, Damage::Head).await;
    check("DELETE FROM audit_heads", 10, Damage::Head).await;
}

#[tokio::test]
async fn the_end_of_a_chain_is_held_together_with_the_record_before_it() {
    // R110: what `doctor` looks at, whatever the length of the chain
    let (store, place) = fresh();
    make_tenant(&store, TENANT, "").await;
    for n in 1..10 {
        store.record(event(Operation::SignIn, at(n))).await.unwrap();
    }
    let chain = Chain(Some(tenant_id(TENANT)));
    for (most, began) in [(0, 10), (3, 7), (9, 1), (10, 0), (1_000, 0)] {
        let verified = verify_end_of_chain(&store, chain, most).await.unwrap();
        assert_eq!((verified.records, verified.removed), (10, began), "{most}");
    }
    let raw = place.raw();
    raw.execute_batch("DROP TRIGGER tr_audit_events_update; UPDATE audit_events SET note = 'x' WHERE sequence = 8;")
        .unwrap();
    assert!(verify_end_of_chain(&store, chain, 2).await.is_ok(), "what lies before is not looked at");
    match verify_end_of_chain(&store, chain, 3).await {
        Err(VerifyError::Broken(broken)) => assert_eq!((broken.at, broken.what), (8, Damage::Altered)),
        other => panic!("{other:?}"),
    }
}
