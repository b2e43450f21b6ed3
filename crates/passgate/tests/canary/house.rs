//! A server under watch: what was sent in, what came out, and where everything was written.

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::search::{files, found};
use crate::support::{Server, run, text, told, try_send};

/// Something that must not be found, and the one answer that may show it.
struct Secret {
    name: String,
    text: String,
    shown_by: Option<usize>,
}

pub(crate) struct House {
    _folder: TempDir,
    pub(crate) data: PathBuf,
    pub(crate) server: Server,
    secrets: Vec<Secret>,
    /// What was asked for, and the whole answer.
    answers: Vec<(String, String)>,
}

impl House {
    pub(crate) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let most_detailed = [
            ("PASSGATE_LOG_LEVEL", "trace"),
            ("PASSGATE_LOG_FORMAT", "json"),
            ("PASSGATE_TELEMETRY_METRICS_LISTEN", "127.0.0.1:0"),
            ("RUST_LOG", "trace"),
            ("RUST_BACKTRACE", "1"),
        ];
        let server = Server::dev(&data, &most_detailed);
        // Half a request: the one event that only a detailed log tells.
        TcpStream::connect(&server.address).unwrap().write_all(b"POST /v2/users/pass").unwrap();
        let mut house = Self { _folder: folder, data, server, secrets: Vec::new(), answers: Vec::new() };
        let users = house.server.credentials["users"].as_array().unwrap().clone();
        for user in users {
            house.secret(&format!("the first password of {}", user["login"]), user["password"].as_str().unwrap());
        }
        house.secret("the first API key", &house.server.member("api_key"));
        house
    }

    /// A password that the policy of every door takes and that stands nowhere else.
    pub(crate) fn marker(&mut self, name: &str) -> String {
        let marker = format!("Canary{:02}&pZ!{}x", self.secrets.len(), name.len());
        self.secret(name, &marker);
        marker
    }

    /// Something else that must not be found.
    pub(crate) fn secret(&mut self, name: &str, text: &str) {
        self.secrets.push(Secret { name: name.to_owned(), text: text.to_owned(), shown_by: None });
    }

    /// Something that the last answer was made to show, and nothing else may.
    pub(crate) fn issued(&mut self, name: &str, text: &str) {
        assert!(text.len() >= 8, "{name} is {text:?}, after {:?}", self.answers.last());
        let shown_by = Some(self.answers.len() - 1);
        self.secrets.push(Secret { name: name.to_owned(), text: text.to_owned(), shown_by });
    }

    /// Sends a request; the answer must have this status. Gives its body.
    #[track_caller]
    pub(crate) fn send(&mut self, status: u16, head: &str, body: &str) -> String {
        let answer = try_send(&self.server.address, head, body).unwrap();
        let asked = head.lines().next().unwrap_or_default().to_owned();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{head}{body}\n{answer}");
        let content = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap();
        self.answers.push((asked, answer));
        content
    }

    /// Reads what the address for whoever watches shows. Its port stands in the log.
    pub(crate) fn watch(&mut self, path: &str) -> String {
        let log = fs::read_to_string(self.data.with_extension("log")).unwrap();
        let line = log.lines().find(|line| line.contains("metrics are served")).expect("the log tells the address");
        let line: Value = serde_json::from_str(line).unwrap();
        let address = line["address"].as_str().unwrap();
        let answer = try_send(address, &format!("GET {path} HTTP/1.1\r\n"), "").unwrap();
        self.answers.push((format!("passgate watched at {path}"), answer.clone()));
        answer
    }

    /// Sends JSON with these header lines.
    #[track_caller]
    pub(crate) fn json(&mut self, status: u16, line: &str, headers: &str, body: &Value) -> Value {
        let head = format!("{line} HTTP/1.1\r\n{headers}Content-Type: application/json\r\n");
        serde_json::from_str(&self.send(status, &head, &body.to_string())).unwrap()
    }

    /// Runs a command on the data folder; its output counts as an answer.
    #[track_caller]
    pub(crate) fn command(&mut self, succeeds: bool, arguments: &[&str], input: &str) -> String {
        let arguments = [arguments, &["--data", text(&self.data)]].concat();
        let output = run(&arguments, input);
        assert_eq!(output.status.success(), succeeds, "{arguments:?}: {}", told(&output));
        self.answers.push((format!("passgate {}", arguments.join(" ")), told(&output)));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Proves that a marker has arrived where passwords are compared: it signs somebody in.
    #[track_caller]
    pub(crate) fn opens(&mut self, login: &str, password: &str) -> String {
        let body = serde_json::json!({ "login": login, "password": password });
        let answer = self.json(200, "POST /v2/auth/login", "", &body);
        let token = answer["data"]["token"].as_str().unwrap().to_owned();
        self.issued("a token", &token);
        self.issued("the claims of a token", token.split('.').nth(1).unwrap());
        self.issued("the session id in a token", &session_id(&token));
        token
    }

    /// Ends the server, so that everything is written out.
    pub(crate) fn close(&mut self) {
        self.server.signal("TERM");
        assert_eq!(self.server.ended(), Some(0));
    }

    /// Looks everywhere for everything.
    pub(crate) fn search(&self) {
        let log = fs::read_to_string(self.data.with_extension("log")).unwrap();
        let requests = self.answers.iter().filter(|(asked, _)| !asked.starts_with("passgate ")).count();
        assert!(log.matches("answered").count() >= requests, "the log tells of every request");
        assert!(log.contains("DEBUG") && log.contains("ended early"), "the log is at its most detailed");
        let stored = files(&self.data);
        assert!(
            stored.iter().any(|(_, text)| text.contains("$argon2id$") && text.contains("netadmin1")),
            "the database is among the files"
        );

        let mut places = vec![("the log".to_owned(), log)];
        places.extend(stored);
        let mut left = Vec::new();
        for secret in &self.secrets {
            let answers = self
                .answers
                .iter()
                .enumerate()
                .filter(|(at, _)| secret.shown_by != Some(*at))
                .map(|(_, answer)| answer);
            for (place, content) in places.iter().chain(answers) {
                if let Some(form) = found(content, &secret.text) {
                    left.push(format!("{} ({form}) is in {place}", secret.name));
                }
            }
        }
        for (asked, answer) in self.answers.iter().chain([&places[0]]) {
            if answer.contains("$argon2") {
                left.push(format!("a stored hash is in {asked}"));
            }
        }
        assert!(left.is_empty(), "{}", left.join("\n"));
        assert!(self.secrets.len() > 60, "only {} secrets were sent and issued", self.secrets.len());
    }
}

/// The opaque id that a token carries.
fn session_id(token: &str) -> String {
    use base64::Engine as _;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    claims["jti"].as_str().unwrap().to_owned()
}
