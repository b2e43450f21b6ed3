//! What is not moved, and that nothing is lost by asking.

use passgate_testing::postgres::Cluster;

use crate::house::{House, contents};
use crate::support::told;

/// Refused before anything was done: the store serves as before.
#[track_caller]
fn untouched(house: &House, more: &[&str], code: i32, says: &str) {
    house.refused(more, code, says);
    assert!(house.command(&["tenant", "list"]).status.success());
}

#[test]
fn a_store_that_somebody_works_with_is_not_moved() {
    // R117: what a server writes while its rows are copied would be lost
    let house = House::open();
    let server = house.serve();
    house.refused(&[], 3, "another process has the store open");
    assert_eq!(house.set(&server, "Larch-tree-42"), 200, "the server goes on");
    House::stop(server);
    // A connection that rests counts too.
    let other = rusqlite::Connection::open(house.database()).unwrap();
    other.query_row("SELECT count(*) FROM users", [], |row| row.get::<_, i64>(0)).unwrap();
    house.refused(&[], 3, "stop every server and command");
    drop(other);
    house.moved();
}

#[test]
fn a_database_with_something_in_it_is_not_filled() {
    let house = House::open();
    house.ask("CREATE TABLE letters (text TEXT)");
    untouched(&house, &[], 3, "tables that are not those of Passgate");
    untouched(&house, &["--dry-run"], 3, "name an empty database");
    house.ask("DROP TABLE letters");
    let other = House::open();
    other.moved();
    house.go_to(&other.url);
    untouched(&house, &[], 3, "holds a store already");
    house.go_to(&house.url);
    house.moved();
}

#[test]
fn a_database_that_is_out_of_reach_or_not_ours_changes_nothing() {
    let house = House::open();
    let before = contents(&house.data);
    house.go_to("host=127.0.0.1 port=1 user=passgate dbname=passgate");
    untouched(&house, &[], 1, "cannot be reached");
    house.go_to("postgres://passgate:hunter2@[");
    let output = house.migrate(&[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(!told(&output).contains("hunter2"), "{}", told(&output));
    // A role that may read and write, and make nothing.
    let name = house.url.rsplit_once("dbname=").unwrap().1;
    house.ask(&format!("CREATE ROLE guest_{name} LOGIN"));
    house.go_to(&house.url.replace("user=passgate", &format!("user=guest_{name}")));
    untouched(&house, &[], 3, "GRANT CREATE");
    untouched(&house, &["--dry-run"], 3, "may not make tables");
    // Without a name, or in a file that others can read.
    let output = house.command(&["migrate-store"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    house.go_to(&house.url);
    std::fs::set_permissions(&house.url_file, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    untouched(&house, &[], 3, "chmod 600");
    house.go_to(&house.url);
    let after = contents(&house.data);
    let of = |files: &[(std::path::PathBuf, Vec<u8>)]| {
        files.iter().filter(|(path, _)| path.ends_with("passgate.db")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(of(&before), of(&after));
    house.moved();
}

#[test]
fn a_server_that_may_lose_what_it_acknowledged_is_refused() {
    // R117
    let house = House::open();
    let name = house.url.rsplit_once("dbname=").unwrap().1;
    house.ask(&format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    untouched(&house, &[], 3, "synchronous_commit");
}

#[test]
fn a_damaged_trail_is_not_moved() {
    // R110: a copy must not launder it
    for damage in [
        "UPDATE audit_events SET note = 'x' WHERE chain = 1 AND sequence = 2",
        "DELETE FROM audit_events WHERE chain = 1 AND sequence = 2",
        "UPDATE audit_checkpoints SET signature = zeroblob(64) WHERE chain = 1",
    ] {
        let house = House::open();
        house.tamper(damage);
        untouched(&house, &[], 7, "does not verify, and is not moved");
        untouched(&house, &["--dry-run"], 7, "audit verify");
        assert_eq!(house.ask("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), "0");
    }
}

#[test]
fn a_store_of_another_version_is_not_moved() {
    let newer = House::open();
    newer.tamper("INSERT INTO schema_migrations (number, name, checksum) VALUES (999, 'later', zeroblob(32))");
    newer.refused(&[], 3, "start the newer program");
    let older = House::open();
    older.tamper("DELETE FROM schema_migrations WHERE number = (SELECT MAX(number) FROM schema_migrations)");
    older.refused(&[], 3, "let this version bring it up to date");
    let damaged = House::open();
    let mut bytes = std::fs::read(damaged.database()).unwrap();
    let end = bytes.len();
    bytes[4096..end].fill(0x5a);
    std::fs::write(damaged.database(), bytes).unwrap();
    damaged.refused(&[], 3, "restore a backup");
}

#[test]
fn a_row_that_no_column_of_ours_holds_is_named_and_the_move_can_be_given_up() {
    let house = House::open();
    house.tamper("UPDATE users SET password_used = 2 WHERE id = 1042");
    house.refused(&[], 3, "table users holds in column password_used what it never may");
    house.refused(&[], 3, "password_used");
    assert!(house.migrate(&["--abandon"]).status.success());
    house.tamper("UPDATE users SET password_used = 1 WHERE id = 1042");
    house.moved();
}

#[test]
fn an_installation_over_postgresql_has_nothing_to_move() {
    let house = House::open();
    house.switch();
    house.refused(&[], 3, "names PostgreSQL already");
    std::fs::remove_file(house.database()).unwrap();
    house.refused(&[], 3, "names PostgreSQL already");
}

#[test]
fn rows_that_hang_in_the_air_are_not_moved() {
    let house = House::open();
    let raw = rusqlite::Connection::open(house.database()).unwrap();
    raw.execute_batch(
        "PRAGMA foreign_keys = OFF; INSERT INTO user_failures (user_id, count, last) VALUES (999999, 1, 1)",
    )
    .unwrap();
    drop(raw);
    untouched(&house, &[], 3, "table user_failures refers to rows that do not exist");
}

#[test]
fn two_movers_do_not_work_on_one_database() {
    let house = House::open();
    let name = house.url.rsplit_once("dbname=").unwrap().1.to_owned();
    let (held, holding) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            held.send(()).unwrap();
            // The lock that a mover holds.
            Cluster::shared().sql(&name, "SELECT pg_advisory_lock(1346458445), pg_sleep(14)");
        });
        holding.recv().unwrap();
        std::thread::sleep(std::time::Duration::from_secs(1));
        untouched(&house, &[], 3, "another process is moving a store into this database");
    });
    house.moved();
}
