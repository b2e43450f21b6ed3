//! The audit trail of a real server, through the command line: signed, exported, sent and shortened.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

#[path = "../support/mod.rs"]
mod support;

mod retention;
mod sealed;
mod streams;
mod verify;

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use passgate_testing::certificates::Certificates;
use serde_json::{Value, json};
use support::{Server, json as said, passgate, run, text, told};

/// An installation, its API key, and the number of a user that the key may set passwords of.
struct World {
    folder: tempfile::TempDir,
    data: PathBuf,
    key: String,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let made = run(&["init", "--data", text(&data), "--login", "ann", "--company", "OPS"], "Larch-tree-42");
        assert!(made.status.success(), "{}", told(&made));
        let key = said(&run(&["key", "create", "ANN@OPS", "--json", "--data", text(&data)], ""));
        let key = key["api_key"].as_str().unwrap().to_owned();
        Self { folder, data, key }
    }

    /// Takes the place of a default in the configuration: of the last one, where sections have the same name.
    fn set(&self, key: &str, value: &str) {
        let file = self.data.join("passgate.toml");
        let before = std::fs::read_to_string(&file).unwrap();
        let begin = before.rfind(&format!("\n#{key} = ")).unwrap() + 1;
        let end = begin + before[begin..].find('\n').unwrap();
        std::fs::write(&file, format!("{}{key} = {value}{}", &before[..begin], &before[end..])).unwrap();
    }

    /// Takes this authority's word, and no other's, for receivers over TLS.
    fn believe(&self, certificates: &Certificates) {
        self.set("authorities_file", &format!("\"{}\"", certificates.root().display()));
    }

    fn serve(&self) -> Server {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Server::serve(&self.data.join("passgate.toml"), port)
    }

    /// A command on this installation.
    fn audit(&self, arguments: &[&str]) -> std::process::Output {
        let mut all = vec!["audit"];
        all.extend(arguments);
        all.extend(["--data", text(&self.data)]);
        run(&all, "")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Keeps what a command says in a file.
    fn keep(&self, name: &str, arguments: &[&str]) -> PathBuf {
        let output = self.audit(arguments);
        assert!(output.status.success(), "{}", told(&output));
        let path = self.path(name);
        std::fs::write(&path, output.stdout).unwrap();
        path
    }

    /// Somebody's way into the database behind our back.
    fn tamper(&self, sql: &str) {
        let raw = rusqlite::Connection::open(self.data.join("passgate.db")).unwrap();
        let triggers = "SELECT group_concat('DROP TRIGGER ' || name, ';') FROM sqlite_schema WHERE type = 'trigger'";
        let drop: Option<String> = raw.query_row(triggers, [], |row| row.get(0)).unwrap();
        raw.execute_batch(&drop.unwrap_or_default()).unwrap();
        raw.execute_batch(sql).unwrap();
    }

    /// Some records: refused sets, each answered.
    fn records(&self, server: &Server, count: usize) {
        let head = format!(
            "POST /v2/users/password HTTP/1.1\r\nX-API-Key: {}\r\nContent-Type: application/json\r\n",
            self.key
        );
        for _ in 0..count {
            let answer = server.send(&head, &json!({ "userId": 10_001, "newPassword": "weak" }).to_string());
            assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
        }
    }

    /// The last record of the tenant.
    fn last(&self) -> i64 {
        let verdicts = said(&self.audit(&["verify", "--json"]));
        verdicts.as_array().unwrap().iter().find(|one| one["chain"] == 1001).unwrap()["records"].as_i64().unwrap()
    }

    /// Records, and all of them signed, by a server that has stopped.
    fn signed(&self, count: usize) {
        let mut server = self.serve();
        self.records(&server, count);
        server.signal("TERM");
        assert_eq!(server.ended(), Some(0));
    }
}

#[track_caller]
fn refused(output: &std::process::Output, says: &str) {
    assert_eq!(output.status.code(), Some(7), "{}", told(output));
    assert!(told(output).contains(says), "{says:?} is not in: {}", told(output));
}

/// Verifies a file where there is no installation.
fn verify_file(file: &Path, more: &[&str]) -> std::process::Output {
    let mut command = passgate(&["audit", "verify", "--file", text(file)]);
    command.args(more).output().unwrap()
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
