//! An installation with an administrator and somebody whose password is set, under settings that a test chooses.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{Server, json, passgate, run_with, text, told, try_send};

/// No limit gets in the way of a table.
const UNLIMITED: [(&str, &str); 3] = [
    ("PASSGATE_LIMITS_PER_CALLER_PER_SECOND", "0"),
    ("PASSGATE_LIMITS_BURST", "0"),
    ("PASSGATE_LIMITS_FAILURES_PER_SOURCE", "0"),
];

pub(crate) struct House {
    pub(crate) data: PathBuf,
    key: String,
    target: i64,
    _folder: tempfile::TempDir,
}

impl House {
    /// With the user of the policy's own tables: `j.smith`, `JSMITH` at `NORTHCO`, Northern Freight.
    pub(crate) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut house = Self { data, key: String::new(), target: 0, _folder: folder };
        let arguments = ["init", "--data", text(&house.data), "--login", "ann", "--company", "OPS", "--generate"];
        let output = run_with(&arguments, "", &[]);
        assert!(output.status.success(), "{}", told(&output));
        house.json(&["tenant", "create", "--name", "Northern Freight", "--company", "NORTHCO"]);
        house.json(&[
            "user",
            "create",
            "--tenant",
            "NORTHCO",
            "--login",
            "boss",
            "--level",
            "NetworkAdmin",
            "--generate",
        ]);
        let target = ["user", "create", "--tenant", "NORTHCO", "--login", "j.smith", "--portal-id", "JSMITH"];
        let target = house.json(&[&target[..], &["--level", "MailboxUser", "--generate"]].concat());
        house.target = target["user"].as_i64().or(target["user_id"].as_i64()).unwrap_or_else(|| panic!("{target}"));
        let key = house.json(&["key", "create", "BOSS@NORTHCO"]);
        key["api_key"].as_str().unwrap().clone_into(&mut house.key);
        house
    }

    /// Where a file of this name may lie.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.data.with_file_name(name)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        json(&run_with(&[arguments, &["--json", "--data", text(&self.data)]].concat(), "", &[]))
    }

    /// The server under these settings.
    pub(crate) fn serve(&self, variables: &[(&str, &str)]) -> Server {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let mut command = passgate(&["serve", "--config", &self.file(), "--listen", &address]);
        Server::started(command.envs(UNLIMITED).envs(variables.iter().copied()), &address)
    }

    /// What a server says that does not start under these settings.
    #[track_caller]
    pub(crate) fn refused(&self, variables: &[(&str, &str)]) -> String {
        let mut all = String::new();
        for command in ["serve", "check"] {
            let arguments: &[&str] = if command == "serve" { &["serve"] } else { &["config", "check"] };
            let output = run_with(&[arguments, &["--config", &self.file()]].concat(), "", variables);
            assert_eq!(output.status.code(), Some(3), "{command}: {}", told(&output));
            all.push_str(&told(&output));
        }
        all
    }

    fn file(&self) -> String {
        text(&self.data.join("passgate.toml")).to_owned()
    }

    /// Status and body of a set through REST.
    pub(crate) fn set(&self, server: &Server, password: &str) -> (u16, String) {
        let key = &self.key;
        let head =
            format!("POST /v2/users/password HTTP/1.1\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\n");
        let body = json!({ "userId": self.target, "newPassword": password }).to_string();
        let answer = try_send(&server.address, &head, &body).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// Whether a password signs in.
    pub(crate) fn accepts(server: &Server, password: &str) -> bool {
        let body = json!({ "login": "j.smith", "password": password }).to_string();
        server.send("POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n", &body).contains("\"token\"")
    }

    /// A set on the command line: its exit code, and the word that a script reads.
    pub(crate) fn set_here(&self, password: &str, variables: &[(&str, &str)]) -> (i32, String) {
        let arguments = ["user", "set-password", "JSMITH@NORTHCO", "--json", "--data", text(&self.data)];
        let output = run_with(&arguments, &format!("{password}\n"), variables);
        let said: Value = serde_json::from_slice(&output.stderr).unwrap_or_default();
        (output.status.code().unwrap(), said["error"].as_str().unwrap_or("ok").to_owned())
    }

    /// What the sets were refused with, in their order; `ok` for those that were made.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut events = Vec::new();
        loop {
            // A page that fits into a pipe.
            let after = events.len().to_string();
            let page = self.json(&["audit", "list", "--tenant", "NORTHCO", "--limit", "50", "--after", &after]);
            let page = page.as_array().unwrap();
            events.extend(page.iter().cloned());
            if page.is_empty() {
                break;
            }
        }
        let sets = events.iter().filter(|event| event["operation"] == "set-password");
        sets.map(|event| event["refused"].as_str().unwrap_or("ok").to_owned()).collect()
    }
}

/// A file with these bytes.
pub(crate) fn written(path: &Path, bytes: impl AsRef<[u8]>) -> String {
    std::fs::write(path, bytes).unwrap();
    text(path).to_owned()
}
