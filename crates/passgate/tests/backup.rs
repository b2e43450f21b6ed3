//! The restore drill (R120): a backup that was made under load becomes an installation that is whole, whose
//! audit trail verifies, and whose users sign in; without the keys it tells nothing.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

mod support;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use serde_json::{Value, json};
use support::{Server, json as said, run, text, told, try_send};

const PASSWORD: &str = "Larch-tree-42";
const WRITERS: usize = 3;

/// One user whose password is set again and again: the n-th set makes it [`Writer::password`] of n.
#[derive(Clone)]
struct Writer {
    login: String,
    id: i64,
    first_version: i64,
    sent: Arc<AtomicI64>,
    acknowledged: Arc<AtomicI64>,
}

impl Writer {
    fn password(&self, set: i64) -> String {
        format!("Larch-tree-{}-{set}", self.id)
    }

    /// Sets until it is told to end.
    fn write(&self, address: &str, key: &str, over: &AtomicBool) {
        while !over.load(Ordering::Relaxed) {
            let set = self.acknowledged.load(Ordering::SeqCst) + 1;
            self.sent.store(set, Ordering::SeqCst);
            let body = json!({ "userId": self.id, "newPassword": self.password(set) }).to_string();
            let head =
                format!("POST /v2/users/password HTTP/1.1\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\n");
            let answer = try_send(address, &head, &body).unwrap();
            if answer.starts_with("HTTP/1.1 200 ") {
                self.acknowledged.store(set, Ordering::SeqCst);
            } else {
                assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
            }
        }
    }
}

fn writers(data: &Path, credentials: &Value) -> Vec<Writer> {
    let all = credentials["users"].as_array().unwrap();
    let low = all.iter().filter(|user| {
        let level = user["level"].as_str().unwrap();
        user["company"] == "MYCOMPANY" && ["General", "TPUser", "MailboxUser", "MailboxAdmin"].contains(&level)
    });
    let made = low.take(WRITERS).map(|user| {
        let id = user["user_id"].as_i64().unwrap();
        Writer {
            login: user["login"].as_str().unwrap().to_owned(),
            id,
            first_version: version(&data.join("passgate.db"), id),
            sent: Arc::default(),
            acknowledged: Arc::default(),
        }
    });
    made.collect()
}

fn version(database: &Path, user: i64) -> i64 {
    let raw = rusqlite::Connection::open(database).unwrap();
    raw.query_row("SELECT credential_version FROM users WHERE id = ?1", [user], |row| row.get(0)).unwrap()
}

fn serve(data: &Path) -> Server {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    Server::serve(&data.join("passgate.toml"), port)
}

fn signs_in(server: &Server, login: &str, password: &str) -> bool {
    let body = json!({ "login": login, "password": password }).to_string();
    let answer = server.send("POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n", &body);
    assert!(answer.starts_with("HTTP/1.1 200 ") || answer.starts_with("HTTP/1.1 401 "), "{answer}");
    answer.starts_with("HTTP/1.1 200 ")
}

#[track_caller]
fn check(arguments: &[&str], code: i32, contains: &str) {
    let output = run(arguments, "");
    let told = told(&output);
    assert_eq!(output.status.code(), Some(code), "{told}");
    assert!(told.contains(contains), "{told}");
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::Permissions::from_mode(0o700)).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// An installation with the administrator `ann`, and a backup of it.
fn backed_up(folder: &Path) -> (PathBuf, PathBuf) {
    let (data, file) = (folder.join("data"), folder.join("backup.db"));
    let output = run(&["init", "--data", text(&data), "--login", "ann", "--company", "OPS"], PASSWORD);
    assert!(output.status.success(), "{}", told(&output));
    check(&["backup", "--to", text(&file), "--data", text(&data)], 0, "copied to ");
    (data, file)
}

#[test]
fn a_backup_under_load_restores_to_a_sound_state_with_every_set_that_was_acknowledged_before() {
    // R120, R119, R110
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::dev(&data, &[]);
    let writers = writers(&data, &server.credentials);
    assert_eq!(writers.len(), WRITERS);
    let over = Arc::new(AtomicBool::new(false));
    let threads: Vec<_> = writers
        .iter()
        .map(|writer| {
            let (writer, address, key) = (writer.clone(), server.address.clone(), server.member("api_key"));
            let over = over.clone();
            std::thread::spawn(move || writer.write(&address, &key, &over))
        })
        .collect();
    while writers.iter().any(|writer| writer.acknowledged.load(Ordering::SeqCst) < 2) {
        std::thread::yield_now();
    }

    let file = folder.path().join("backup.db");
    let before: Vec<_> = writers.iter().map(|writer| writer.acknowledged.load(Ordering::SeqCst)).collect();
    let told = said(&run(&["backup", "--to", text(&file), "--data", text(&data), "--json"], ""));
    let after: Vec<_> = writers.iter().map(|writer| writer.sent.load(Ordering::SeqCst)).collect();
    over.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(told["file"], text(&file));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
    drop(server);

    let restored = folder.path().join("restored");
    let keys = data.join("keys");
    check(&["restore", "--from", text(&file), "--data", text(&restored), "--keys", text(&keys)], 0, "chains verify");
    check(&["audit", "verify", "--data", text(&restored)], 0, "whole");
    let found: Value =
        serde_json::from_slice(&run(&["doctor", "--full", "--json", "--data", text(&restored)], "").stdout).unwrap();
    for wanted in ["files", "keys", "schema", "integrity", "audit"] {
        let check = found["checks"].as_array().unwrap().iter().find(|check| check["check"] == wanted).unwrap();
        assert_eq!(check["verdict"], "ok", "{check}");
    }
    let server = serve(&restored);
    for ((writer, before), after) in writers.iter().zip(before).zip(after) {
        let sets = version(&restored.join("passgate.db"), writer.id) - writer.first_version;
        assert!((before..=after).contains(&sets), "{}: {before} <= {sets} <= {after}", writer.login);
        assert!(signs_in(&server, &writer.login, &writer.password(sets)), "{} after {sets} sets", writer.login);
        assert!(!signs_in(&server, &writer.login, &writer.password(sets - 1)), "{}", writer.login);
    }
}

#[test]
fn a_backup_without_its_pepper_verifies_no_password() {
    // R3: hashes alone are not worth guessing at
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = backed_up(folder.path());
    let bare = folder.path().join("bare");
    check(&["restore", "--from", text(&file), "--data", text(&bare)], 3, "--keys FOLDER");
    assert!(!bare.join("passgate.db").exists());

    let keys = folder.path().join("other-keys");
    copy_folder(&data.join("keys"), &keys);
    fs::write(keys.join("pepper-1.key"), format!("{}\n", "5a".repeat(32))).unwrap();
    let other = folder.path().join("other");
    check(&["restore", "--from", text(&file), "--data", text(&other), "--keys", text(&keys)], 0, "restored");
    let server = serve(&other);
    assert!(!signs_in(&server, "ann", PASSWORD));
    drop(server);

    let whole = folder.path().join("whole");
    check(
        &["restore", "--from", text(&file), "--data", text(&whole), "--keys", text(&data.join("keys"))],
        0,
        "restored",
    );
    assert!(signs_in(&serve(&whole), "ann", PASSWORD));
}

#[test]
fn neither_backup_nor_restore_overwrites_anything() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = backed_up(folder.path());
    let before = fs::read(&file).unwrap();
    check(&["backup", "--to", text(&file), "--data", text(&data)], 6, "exists already");
    assert_eq!(fs::read(&file).unwrap(), before);

    let database = fs::read(data.join("passgate.db")).unwrap();
    check(&["restore", "--from", text(&file), "--data", text(&data)], 3, "an installation already");
    assert_eq!(fs::read(data.join("passgate.db")).unwrap(), database);

    let other = folder.path().join("other");
    copy_folder(&data.join("keys"), &folder.path().join("keys"));
    fs::write(folder.path().join("keys/pepper-1.key"), format!("{}\n", "5a".repeat(32))).unwrap();
    fs::create_dir(&other).unwrap();
    fs::set_permissions(&other, fs::Permissions::from_mode(0o700)).unwrap();
    copy_folder(&data.join("keys"), &other.join("keys"));
    let keys = folder.path().join("keys");
    check(&["restore", "--from", text(&file), "--data", text(&other), "--keys", text(&keys)], 6, "is another key");
}

#[test]
fn a_journal_that_another_database_left_is_not_taken_into_the_restored_one() {
    // R119
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = backed_up(folder.path());
    fs::remove_file(data.join("passgate.db")).unwrap();
    fs::write(data.join("passgate.db-wal"), b"of the lost one").unwrap();
    check(&["restore", "--from", text(&file), "--data", text(&data)], 3, "move it away");
    assert!(!data.join("passgate.db").exists());
    fs::remove_file(data.join("passgate.db-wal")).unwrap();
    check(&["restore", "--from", text(&file), "--data", text(&data)], 0, "restored");
}

#[test]
fn a_database_of_another_engine_is_left_to_its_own_tools() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = backed_up(folder.path());
    let other = [("PASSGATE_STORE_ENGINE", "postgres"), ("PASSGATE_STORE_URL", "host=127.0.0.1 port=1")];
    let to = folder.path().join("other.db");
    let output = support::run_with(&["backup", "--to", text(&to), "--data", text(&data)], "", &other);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(!to.exists() && file.exists());
}

#[test]
fn what_is_no_sound_backup_is_not_restored() {
    // R119
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = backed_up(folder.path());
    let mut bytes = fs::read(&file).unwrap();
    bytes[4096 * 2..4096 * 3].fill(0x5a);
    let damaged = folder.path().join("damaged.db");
    fs::write(&damaged, bytes).unwrap();
    let cut = folder.path().join("cut.db");
    fs::write(&cut, &fs::read(&file).unwrap()[..4096 * 3]).unwrap();
    let foreign = folder.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let missing = folder.path().join("missing.db");
    for (number, from) in [damaged, cut, foreign, missing].iter().enumerate() {
        let to = folder.path().join(format!("restored-{number}"));
        let output =
            run(&["restore", "--from", text(from), "--data", text(&to), "--keys", text(&data.join("keys"))], "");
        assert!(!output.status.success(), "{}", told(&output));
        let left: Vec<_> = fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| name == "keys" || name == "passgate.toml"), "{left:?}");
    }
}
