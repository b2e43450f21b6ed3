//! `passgate doctor` and `passgate tune`.

use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::house::{House, holds_none};
use crate::support::{json, run, run_with, text, told};

/// An installation of its own.
fn installed() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let made = run(&["init", "--data", text(&data), "--login", "root1", "--company", "ACME"], "Larch-tree-42\n");
    assert!(made.status.success(), "{}", told(&made));
    (folder, data)
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// What the doctor says; whether its exit code says the same.
#[track_caller]
pub(crate) fn doctor(data: &Path, variables: &[(&str, &str)], more: &[&str]) -> Value {
    let arguments = [&["doctor", "--json", "--data", text(data)], more].concat();
    let address = free_address();
    let variables = [&[("PASSGATE_SERVER_LISTEN", address.as_str())], variables].concat();
    let output = run_with(&arguments, "", &variables);
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", told(&output)));
    let expected = if said["fail"] == 0 { 0 } else { 8 };
    assert_eq!(output.status.code(), Some(expected), "{}", told(&output));
    said
}

#[track_caller]
pub(crate) fn verdict(said: &Value, check: &str) -> String {
    let found = said["checks"].as_array().unwrap().iter().filter(|one| one["check"] == check);
    found.map(|one| one["verdict"].as_str().unwrap().to_owned()).max_by_key(|word| word == "fail").unwrap_or_default()
}

#[test]
fn a_sound_installation_passes_every_check_and_is_left_as_it_is() {
    let (_folder, data) = installed();
    let before = std::fs::read(data.join("passgate.db")).unwrap();
    for more in [&[][..], &["--full"]] {
        let said = doctor(&data, &[], more);
        assert_eq!(said["fail"], 0, "{said:#}");
        for check in
            ["config", "folder", "files", "keys", "schema", "integrity", "audit", "clock", "hashing", "address"]
        {
            assert_eq!(verdict(&said, check), "ok", "{check}: {said:#}");
        }
    }
    assert_eq!(std::fs::read(data.join("passgate.db")).unwrap(), before);
}

#[test]
fn what_has_to_be_mended_fails_with_what_to_do() {
    // R116, R119
    let (_folder, data) = installed();
    let key = data.join("keys/pepper-1.key");
    std::fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let said = doctor(&data, &[], &[]);
    assert_eq!(verdict(&said, "keys"), "fail");
    assert!(said.to_string().contains("chmod 600"), "{said:#}");
    std::fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let answering = std::thread::spawn(move || drop(taken.accept()));
    assert_eq!(verdict(&doctor(&data, &[("PASSGATE_SERVER_LISTEN", &address)], &[]), "address"), "fail");
    answering.join().unwrap();

    let many = [("PASSGATE_SERVER_CONNECTIONS", "1000000")];
    assert_eq!(verdict(&doctor(&data, &many, &[]), "limits"), "fail");

    assert_eq!(verdict(&doctor(&data, &[("PASSGATE_LOG_LEVEL", "loud")], &[]), "config"), "fail");
}

#[test]
fn an_altered_record_and_a_damaged_page_are_found() {
    // R110, R119
    let (_folder, data) = installed();
    let raw = rusqlite::Connection::open(data.join("passgate.db")).unwrap();
    raw.execute_batch("DROP TRIGGER tr_audit_events_update; UPDATE audit_events SET note = 'x' WHERE sequence = 1;")
        .unwrap();
    drop(raw);
    for more in [&[][..], &["--full"]] {
        assert_eq!(verdict(&doctor(&data, &[], more), "audit"), "fail");
    }
    let path = data.join("passgate.db");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096 * 2..4096 * 3].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(verdict(&doctor(&data, &[], &[]), "integrity"), "fail");
}

#[test]
fn a_record_from_the_future_says_that_the_clock_went_back() {
    let (_folder, data) = installed();
    let raw = rusqlite::Connection::open(data.join("passgate.db")).unwrap();
    raw.execute_batch("DROP TRIGGER tr_audit_events_update; UPDATE audit_events SET time = time + 3600000000;")
        .unwrap();
    drop(raw);
    assert_eq!(verdict(&doctor(&data, &[], &[]), "clock"), "fail");
}

#[test]
fn beside_a_running_server_the_doctor_finds_it_and_tells_no_secret() {
    // R112
    let house = House::open(&[]);
    let mut secrets = house.busy();
    for purpose in ["tokens", "pepper", "checkpoints"] {
        let key = std::fs::read_to_string(house.data.join(format!("keys/{purpose}-1.key"))).unwrap();
        secrets.push(key.trim().to_owned());
    }
    let listen = house.server.address.clone();
    let said = doctor(&house.data, &[("PASSGATE_SERVER_LISTEN", &listen)], &["--full"]);
    assert_eq!(said["fail"], 0, "{said:#}");
    assert!(said.to_string().contains("served by Passgate"), "{said:#}");
    let lines = run_with(&["doctor", "--data", text(&house.data)], "", &[("PASSGATE_SERVER_LISTEN", &listen)]);
    holds_none("the doctor's answer", &(said.to_string() + &told(&lines)), &secrets);
}

#[test]
fn tune_never_goes_below_the_floor_and_proposes_what_a_server_takes() {
    // R1
    let floor = json(&run(&["tune", "--target-ms", "1", "--slots", "1", "--json"], ""));
    assert_eq!((&floor["memory_kib"], &floor["passes"]), (&19_456.into(), &2.into()));
    assert_eq!(floor["within_target"], false);

    let more = ["tune", "--target-ms", "60000", "--slots", "1", "--memory-mib", "32", "--json"];
    let most = json(&run(&more, ""));
    assert_eq!((&most["memory_kib"], &most["passes"]), (&32_768.into(), &16.into()));

    let (_folder, data) = installed();
    let chosen = [("PASSGATE_HASHING_MEMORY_KIB", "32768"), ("PASSGATE_HASHING_PASSES", "3")];
    let said = doctor(&data, &chosen, &[]);
    assert!(said.to_string().contains("with 32 MiB and 3 passes"), "{said:#}");
    let weak = [("PASSGATE_HASHING_MEMORY_KIB", "8192")];
    assert_eq!(verdict(&doctor(&data, &weak, &[]), "config"), "fail");
}
