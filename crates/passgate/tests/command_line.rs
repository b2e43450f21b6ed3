//! What the administrative commands say, and the codes they end with: a promise to scripts.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

mod support;

use std::path::{Path, PathBuf};

use support::{json, run, run_with, text, told};

const PASSWORD: &str = "Larch-tree-42";

struct Installed {
    _folder: tempfile::TempDir,
    data: PathBuf,
}

impl Installed {
    /// The operator's tenant with `ann` (Root), and NORTHCO with `bob` (`NetworkAdmin`) and `cid` (General).
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let output = run(&["init", "--data", text(&data), "--login", "ann", "--company", "OPS"], PASSWORD);
        assert!(output.status.success(), "{}", told(&output));
        let installed = Self { _folder: folder, data };
        for arguments in [
            &["tenant", "create", "--name", "North Company", "--company", "NORTHCO"][..],
            &["user", "create", "--tenant", "NORTHCO", "--login", "bob", "--level", "NetworkAdmin"],
            &["user", "create", "--tenant", "NORTHCO", "--login", "cid", "--level", "General"],
        ] {
            let told = installed.tell(arguments, PASSWORD);
            assert!(told.ends_with("exit 0\n"), "{told}");
        }
        installed
    }

    fn tell(&self, arguments: &[&str], input: &str) -> String {
        self.tell_as(arguments, input, &[])
    }

    fn tell_as(&self, arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> String {
        let mut all = arguments.to_vec();
        all.extend(["--data", text(&self.data)]);
        told(&run_with(&all, input, variables))
    }

    fn key_of(&self, user: &str) -> String {
        let made = run(&["key", "create", user, "--json", "--data", text(&self.data)], "");
        json(&made)["api_key"].as_str().unwrap().to_owned()
    }
}

#[test]
fn tenants_and_users_are_shown_in_one_line_each() {
    let installed = Installed::new();
    assert_eq!(
        installed.tell(&["tenant", "list"], ""),
        "1001   OPS        Operator (licensed)\n1002   NORTHCO    North Company (licensed)\nexit 0\n"
    );
    assert_eq!(
        installed.tell(&["tenant", "licence", "NORTHCO", "off"], ""),
        "1002   NORTHCO    North Company (not licensed)\nexit 0\n"
    );
    let users = installed.tell(&["user", "list", "--tenant", "NORTHCO"], "");
    assert_eq!(
        users,
        "10002  bob              BOB        NetworkAdmin Active\n10003  cid              CID        General      Active\nexit 0\n"
    );
}

#[test]
fn a_set_tells_its_receipt() {
    // R19.
    let installed = Installed::new();
    let told = installed.tell(&["user", "set-password", "CID@NORTHCO"], "Birch-tree-43\n");
    assert_eq!(told, "the password is set: credential version 2, 0 sessions ended, audit 1002-4\nexit 0\n");
}

/// Refused with this code, in words and in JSON with this word.
#[track_caller]
fn check(installed: &Installed, arguments: &[&str], input: &str, code: i32, word: &str) {
    let told = installed.tell(arguments, input);
    assert!(told.starts_with("passgate: ") && told.ends_with(&format!("exit {code}\n")), "{told}");
    let mut all = arguments.to_vec();
    all.push("--json");
    let told = installed.tell(&all, input);
    assert!(told.contains(&format!(r#""error":"{word}""#)) && told.ends_with(&format!("exit {code}\n")), "{told}");
}

#[test]
fn what_was_refused_is_told_with_a_code_and_in_json_with_the_word_of_the_audit_record() {
    let installed = Installed::new();
    let set = ["user", "set-password", "CID@NORTHCO"];
    check(&installed, &set, "weak", 6, "password-too-short");
    check(&installed, &set, "larch-tree-42", 6, "password-composition");
    check(&installed, &set, "", 2, "usage");
    check(&installed, &["user", "show", "77"], "", 5, "user-not-found");
    check(&installed, &["tenant", "show", "NOWHERE"], "", 5, "tenant-not-found");
    check(&installed, &["user", "list"], "", 2, "usage");
    check(&installed, &["key", "revoke", "CID@NORTHCO", "9"], "", 5, "key-not-found");
    check(&installed, &["tenant", "create", "--name", "N", "--company", "NORTHCO"], "", 6, "taken");
    let create = ["user", "create", "--tenant", "NORTHCO", "--login", "BOB", "--level", "General"];
    check(&installed, &create, PASSWORD, 6, "taken");
}

#[test]
fn a_command_line_that_is_not_understood_ends_with_2() {
    for arguments in [&["user", "set-passwort", "1"][..], &["user", "create"], &["fly"], &[], &["user", "show", "1"]] {
        let output = run(arguments, "");
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    }
}

#[test]
fn an_output_that_cannot_be_written_is_no_panic() {
    // R112: as with `| head`, or on a full disk.
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let made = run(&["init", "--data", text(&data), "--login", "ann", "--company", "OPS"], "Larch-tree-42");
    assert!(made.status.success(), "{}", told(&made));
    for arguments in [&["tenant", "list"][..], &["user", "set-password", "ANN@OPS", "--generate"], &["doctor"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = support::passgate(arguments).args(["--data", text(&data)]).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert!(told(&output).contains("standard output cannot be written"), "{}", told(&output));
    }
}

#[test]
fn with_an_api_key_a_command_has_the_rights_of_its_owner() {
    // Contract: authorisation 4.1.
    let installed = Installed::new();
    let (bob, cid) = (installed.key_of("BOB@NORTHCO"), installed.key_of("CID@NORTHCO"));
    let file = installed.data.join("bob.key");
    std::fs::write(&file, format!("{bob}\n")).unwrap();
    let set = |user: &str, variables: &[(&str, &str)]| {
        installed.tell_as(&["user", "set-password", user, "--generate", "--json"], "", variables)
    };
    assert!(set("CID", &[("PASSGATE_API_KEY", &bob)]).ends_with("exit 0\n"));
    assert!(set("ANN@OPS", &[("PASSGATE_API_KEY", &bob)]).contains("tenant-not-found"));
    assert!(set("10001", &[("PASSGATE_API_KEY", &bob)]).contains("user-not-found"));
    assert!(set("CID", &[("PASSGATE_API_KEY", &cid)]).contains("level-too-low"));
    assert!(set("CID", &[("PASSGATE_API_KEY", "00000000-0000-0000-0000-000000000000")]).contains("unidentified"));
    let by_file = installed.tell(&["user", "list", "--api-key-file", text(&file)], "");
    assert!(by_file.contains("cid") && !by_file.contains("ann"), "{by_file}");
    assert!(installed.tell_as(&["audit", "verify"], "", &[("PASSGATE_API_KEY", &bob)]).ends_with("exit 4\n"));
}

#[test]
fn every_attempt_from_the_command_line_is_on_record() {
    // R108.
    let installed = Installed::new();
    installed.tell(&["user", "set-password", "CID@NORTHCO", "--must-change"], "weak");
    installed.tell(&["user", "set-password", "CID@NORTHCO", "--must-change"], "Birch-tree-43");
    let records = records(&installed.data, &["--tenant", "NORTHCO", "--after", "2"]);
    let allowed = records.iter().find(|record| record["operation"] == "set-password" && record["refused"].is_null());
    let allowed = allowed.unwrap();
    assert_eq!(allowed["door"], "cli");
    assert_eq!(allowed["credential"], "operator");
    assert_eq!(allowed["target"], 10_003);
    assert_eq!(allowed["note"], "must-change=required");
    let refused = self::records(&installed.data, &[]);
    assert!(refused.iter().any(|record| record["refused"] == "password-too-short"), "{refused:?}");
    let told = installed.tell(&["audit", "verify"], "");
    assert!(told.contains("tenant 1002: ") && told.ends_with("exit 0\n"), "{told}");
}

fn records(data: &Path, more: &[&str]) -> Vec<serde_json::Value> {
    let mut all = vec!["audit", "list", "--json", "--data", text(data)];
    all.extend(more);
    json(&run(&all, "")).as_array().unwrap().clone()
}

#[test]
fn a_changed_record_is_found_and_ends_with_7() {
    // R110.
    let installed = Installed::new();
    let database = rusqlite::Connection::open(installed.data.join("passgate.db")).unwrap();
    // The store forbids it to everybody who keeps to its rules; who holds the file need not.
    database.execute_batch("DROP TRIGGER tr_audit_events_update").unwrap();
    let changed = database.execute("UPDATE audit_events SET note = 'nothing' WHERE sequence = 1", []).unwrap();
    assert!(changed > 0);
    drop(database);
    let told = installed.tell(&["audit", "verify"], "");
    assert!(told.contains("does not verify") && told.ends_with("exit 7\n"), "{told}");
}

#[test]
fn the_book_names_every_exit_code() {
    use passgate::cli::exit;
    let book = include_str!("../../../docs/running.md");
    for code in [
        exit::DONE,
        exit::FAILED,
        exit::USAGE,
        exit::CONFIG,
        exit::DENIED,
        exit::NOT_FOUND,
        exit::REFUSED,
        exit::TAMPERED,
        exit::UNSOUND,
        exit::INTERRUPTED,
    ] {
        assert!(book.contains(&format!("\n| {code} | ")), "{code}");
    }
}

#[test]
fn no_command_takes_a_password_as_an_argument() {
    // R116.
    for command in [&["user", "create"][..], &["user", "set-password"], &["init"], &["dev"], &["serve"]] {
        let mut all = command.to_vec();
        all.push("--help");
        let help = told(&run(&all, ""));
        assert!(!help.contains("<PASSWORD>") && !help.contains("--password"), "{help}");
        assert!(!help.contains("--api-key "), "{help}");
    }
}

#[test]
fn a_configuration_is_checked_and_shown() {
    let installed = Installed::new();
    let file = installed.data.join("passgate.toml");
    let checked = told(&run(&["config", "check", "--config", text(&file)], ""));
    assert_eq!(checked, format!("{}: good\nexit 0\n", file.display()));
    let variables = [("PASSGATE_POLICY_MIN_LENGTH", "12")];
    let shown = told(&run_with(&["config", "show", "--config", text(&file)], "", &variables));
    assert!(shown.contains("min_length = 12\n"), "{shown}");
    let bad =
        told(&run_with(&["config", "check", "--config", text(&file)], "", &[("PASSGATE_SERVER_LISTEN", "0.0.0.0:1")]));
    assert!(bad.contains("server.listen") && bad.ends_with("exit 3\n"), "{bad}");
}
