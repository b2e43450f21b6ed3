//! `passgate init` and `passgate serve`, started as real processes.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

mod support;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;
use support::{Server, json, passgate, run, run_with, text, told, try_send};

const PASSWORD: &str = "Larch-tree-42";

/// An installation with the administrator `ann`.
fn installed() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let output = run(&["init", "--data", text(&data), "--login", "ann", "--company", "OPS"], PASSWORD);
    assert!(output.status.success(), "{}", told(&output));
    (folder, data)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn serve(data: &Path) -> Server {
    Server::serve(&data.join("passgate.toml"), free_port())
}

fn refused(data: &Path) -> String {
    let output = run(&["serve", "--config", text(&data.join("passgate.toml"))], "");
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    told(&output)
}

fn sign_in(server: &Server, login: &str, password: &str) -> String {
    let body = json!({ "login": login, "password": password }).to_string();
    server.send("POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n", &body)
}

#[test]
fn init_makes_an_installation_whose_administrator_alone_signs_in() {
    // R46.
    let (_folder, data) = installed();
    let mut server = serve(&data);
    assert!(sign_in(&server, "ann", PASSWORD).contains("\"token\""));
    for (login, password) in [("admin", "admin"), ("root", ""), ("ann", "ann"), ("admin", "NewPassw0rd!")] {
        assert!(!sign_in(&server, login, password).contains("\"token\""), "{login}");
    }
    server.signal("TERM");
    assert_eq!(server.ended(), Some(0));
}

#[test]
fn a_hangup_ends_no_server_that_has_no_certificate_to_read_anew() {
    // R121: a service manager that is told to reload sends it, and would not start again what it ends
    let (_folder, data) = installed();
    let mut server = serve(&data);
    server.signal("HUP");
    assert!(sign_in(&server, "ann", PASSWORD).contains("\"token\""));
    server.signal("TERM");
    assert_eq!(server.ended(), Some(0));
}

#[test]
fn a_server_that_cannot_reach_its_database_ends_as_what_may_be_started_again() {
    // R118: the database may come up later; the unit in deploy/systemd starts no server again that ended with 3
    let (_folder, data) = installed();
    let variables =
        [("PASSGATE_STORE_ENGINE", "postgres"), ("PASSGATE_STORE_URL", "host=127.0.0.1 port=1 user=a dbname=b")];
    let output = run_with(&["serve", "--config", text(&data.join("passgate.toml"))], "", &variables);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("is the server up"), "{}", told(&output));
}

#[test]
fn everything_that_init_makes_is_for_its_owner_alone() {
    // R40, R119.
    let (_folder, data) = installed();
    for (path, mode) in [
        (data.clone(), 0o700),
        (data.join("keys"), 0o700),
        (data.join("keys/tokens-1.key"), 0o600),
        (data.join("keys/pepper-1.key"), 0o600),
        (data.join("passgate.db"), 0o600),
        (data.join("passgate.toml"), 0o600),
    ] {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, mode, "{}", path.display());
    }
}

#[test]
fn a_second_init_is_refused_and_changes_nothing() {
    let (_folder, data) = installed();
    let key = fs::read(data.join("keys/pepper-1.key")).unwrap();
    let output = run(&["init", "--data", text(&data), "--login", "eve", "--generate"], "");
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("is an installation already"), "{}", told(&output));
    assert_eq!(fs::read(data.join("keys/pepper-1.key")).unwrap(), key);
    let users = json(&run(&["user", "list", "--tenant", "OPS", "--json", "--data", text(&data)], ""));
    assert_eq!(users.as_array().unwrap().len(), 1);
}

#[test]
fn an_init_whose_password_was_refused_can_be_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = ["init", "--data", text(&data), "--login", "ann", "--company", "OPS"];
    let output = run(&arguments, "weak");
    assert_eq!(output.status.code(), Some(6), "{}", told(&output));
    assert!(refused(&data).contains("`passgate init` makes the first administrator"));
    assert!(run(&arguments, PASSWORD).status.success());
}

#[test]
fn init_leaves_a_folder_with_other_files_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("letter.txt"), "dear").unwrap();
    let output = run(&["init", "--data", text(folder.path()), "--login", "ann", "--generate"], "");
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn serve_refuses_keys_and_folders_that_others_can_read() {
    // R119.
    for (name, wrong) in [
        ("keys/pepper-1.key", 0o644),
        ("keys/tokens-1.key", 0o660),
        ("keys", 0o755),
        ("passgate.db", 0o644),
        (".", 0o755),
    ] {
        let (_folder, data) = installed();
        fs::set_permissions(data.join(name), fs::Permissions::from_mode(wrong)).unwrap();
        let said = refused(&data);
        assert!(said.contains("chmod"), "{name}: {said}");
    }
}

#[test]
fn serve_refuses_to_start_without_its_keys_or_its_database() {
    // R119.
    let (_folder, data) = installed();
    fs::rename(data.join("keys/pepper-1.key"), data.join("keys/pepper-1.away")).unwrap();
    assert!(refused(&data).contains("holds no pepper-N.key"));
    fs::rename(data.join("keys/pepper-1.away"), data.join("keys/pepper-1.key")).unwrap();
    fs::remove_file(data.join("passgate.db")).unwrap();
    assert!(refused(&data).contains("there is no database"));
}

#[test]
fn serve_refuses_a_damaged_database() {
    // R119.
    let (_folder, data) = installed();
    let mut bytes = fs::read(data.join("passgate.db")).unwrap();
    let end = bytes.len();
    bytes[4096..end].fill(0x5a);
    fs::write(data.join("passgate.db"), bytes).unwrap();
    assert!(refused(&data).contains("restore a backup"));
}

#[test]
fn a_copy_of_the_database_without_the_pepper_verifies_no_password() {
    // R3.
    let (_folder, data) = installed();
    let (_other, copy) = installed();
    fs::copy(data.join("passgate.db"), copy.join("passgate.db")).unwrap();
    let server = serve(&copy);
    assert!(!sign_in(&server, "ann", PASSWORD).contains("\"token\""));
}

#[test]
fn a_store_whose_trail_other_keys_signed_is_not_served() {
    // R40, R110: a node that was given keys of its own would refuse every password, and sign what nobody can verify
    let (_folder, data) = installed();
    let mut server = serve(&data);
    server.signal("TERM");
    assert_eq!(server.ended(), Some(0));
    let (_other, copy) = installed();
    fs::copy(data.join("passgate.db"), copy.join("passgate.db")).unwrap();
    assert!(refused(&copy).contains("another installation's"));

    let (file, address) = (copy.join("passgate.toml"), format!("127.0.0.1:{}", free_port()));
    let mut command = passgate(&["serve", "--config", text(&file), "--listen", &address]);
    let told_to = Server::started(command.env("PASSGATE_AUDIT_ACCEPT_FOREIGN_SIGNATURES", "true"), &address);
    assert!(!sign_in(&told_to, "ann", PASSWORD).contains("\"token\""));
    drop(told_to);

    for left in ["passgate.db-wal", "passgate.db-shm"] {
        let _ = fs::remove_file(copy.join(left));
    }
    fs::copy(data.join("passgate.db"), copy.join("passgate.db")).unwrap();
    for key in fs::read_dir(data.join("keys")).unwrap().map(|key| key.unwrap().path()) {
        fs::copy(&key, copy.join("keys").join(key.file_name().unwrap())).unwrap();
    }
    let server = serve(&copy);
    assert!(sign_in(&server, "ann", PASSWORD).contains("\"token\""));
}

#[test]
fn the_first_steps_of_an_installation_are_commands() {
    let (_folder, data) = installed();
    let with = |arguments: &[&str], input: &str| {
        let mut all = arguments.to_vec();
        all.extend(["--json", "--data", text(&data)]);
        json(&run(&all, input))
    };
    with(&["tenant", "create", "--name", "North Company", "--company", "NORTHCO"], "");
    let user = with(&["user", "create", "--tenant", "NORTHCO", "--login", "bob", "--level", "NetworkAdmin"], PASSWORD);
    let key = with(&["key", "create", "BOB@NORTHCO"], "");
    let server = serve(&data);
    let head = format!("GET /v2/users/me HTTP/1.1\r\nX-API-Key: {}\r\n", key["api_key"].as_str().unwrap());
    let answer = server.send(&head, "");
    assert!(answer.contains(&format!("\"userId\":{}", user["user_id"])), "{answer}");
    // Beside the running server.
    with(&["key", "revoke", "BOB@NORTHCO", "1"], "");
    assert!(server.send(&head, "").starts_with("HTTP/1.1 401 "));
}

#[test]
fn a_stop_under_load_loses_nothing_that_was_acknowledged() {
    // R121.
    let (_folder, data) = installed();
    let made = run(
        &["user", "create", "--tenant", "OPS", "--login", "bob", "--level", "General", "--json", "--data", text(&data)],
        PASSWORD,
    );
    let bob = json(&made)["user_id"].as_i64().unwrap();
    let key = json(&run(&["key", "create", "ANN@OPS", "--json", "--data", text(&data)], ""));
    let mut server = serve(&data);
    let head = format!(
        "POST /v2/users/password HTTP/1.1\r\nX-API-Key: {}\r\nContent-Type: application/json\r\n",
        key["api_key"].as_str().unwrap()
    );
    let (acknowledged, stopping) = (AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let (address, head, acknowledged, stopping) = (&server.address, &head, &acknowledged, &stopping);
            scope.spawn(move || {
                for round in 0.. {
                    let body = json!({ "userId": bob, "newPassword": format!("Larch-tree-{worker}-{round}") });
                    match try_send(address, head, &body.to_string()) {
                        Ok(answer) if answer.starts_with("HTTP/1.1 200 ") => {
                            acknowledged.fetch_add(1, Ordering::SeqCst);
                        }
                        Ok(answer) => assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}"),
                        Err(_) if stopping.load(Ordering::SeqCst) => break,
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
        while acknowledged.load(Ordering::SeqCst) < 20 {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        stopping.store(true, Ordering::SeqCst);
        server.signal("TERM");
    });
    assert_eq!(server.ended(), Some(0));
    let shown = json(&run(&["user", "show", &bob.to_string(), "--json", "--data", text(&data)], ""));
    let sets = shown["credential_version"].as_u64().unwrap() - 1;
    assert_eq!(sets, acknowledged.load(Ordering::SeqCst) as u64, "acknowledged = stored");
    let verified = run(&["audit", "verify", "--data", text(&data)], "");
    assert!(verified.status.success(), "{}", told(&verified));
}
