//! Rows that hold what they never may, and records that somebody tampered with. R6, R110.

use passgate_gate::audit::{Chain, Operation};
use passgate_gate::store::{Store, StoreError};
use passgate_store::{Damage, VerifyError, verify_chain};

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
