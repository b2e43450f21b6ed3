//! No secret in the wrong place: what may be found where. R5, R31, R43.

use std::fs;

use passgate_gate::store::Store;

use super::fresh;
use crate::contract::world::*;

#[tokio::test]
async fn a_hash_stands_in_its_own_column_alone_and_not_at_all_once_replaced() {
    // R5
    let (store, place) = fresh();
    populate(&store).await;
    let bob = account(&store, BOB).await;
    replace(&store, set(&bob, "$canary$one", at(1))).await;
    let bob = account(&store, BOB).await;
    open(&store, &bob, "one", at(2)).await;
    key(&store, BOB, "key", true, None).await;
    let raw = place.raw();
    let mut listing = raw
        .prepare("SELECT s.name, c.name FROM sqlite_schema s JOIN pragma_table_info(s.name) c WHERE s.type = 'table'")
        .unwrap();
    let columns: Vec<(String, String)> =
        listing.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().collect::<Result<_, _>>().unwrap();
    assert!(columns.len() > 60);
    for (table, column) in columns {
        let holding = format!("SELECT COUNT(*) FROM {table} WHERE CAST({column} AS TEXT) LIKE '%canary%'");
        let holding: i64 = raw.query_row(&holding, [], |row| row.get(0)).unwrap();
        assert_eq!(holding == 1, (table.as_str(), column.as_str()) == ("users", "password_hash"), "{table}.{column}");
    }
    drop(listing);
    drop(raw);

    replace(&store, set(&bob, "$canary$two", at(3))).await;
    store.close();
    drop(store);
    let bytes = fs::read(place.path()).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("$canary$two"));
    assert!(!holds("$canary$one"));
}

#[tokio::test]
async fn errors_and_stamps_print_no_hash() {
    // R5
    let (store, place) = fresh();
    populate(&store).await;
    place.raw().execute_batch("CREATE TRIGGER no BEFORE UPDATE ON users BEGIN SELECT RAISE(ABORT, 'no'); END").unwrap();
    let bob = account(&store, BOB).await;
    let error = store.replace_password(set(&bob, "$canary$", at(1))).await.unwrap_err();
    let printed = format!("{error} {error:?} {:?}", set(&bob, "$canary$", at(1)));
    assert!(!printed.contains("canary"), "{printed}");
}
