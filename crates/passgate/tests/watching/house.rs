//! A server that is watched: its doors, its other address, and its log.

use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Server, try_send};

/// A password that stands nowhere else.
pub(crate) const MARKER: &str = "Canary42&pZ!watched";

/// A login that tries to be a line of the log.
pub(crate) const FORGED: &str = "mallory9\r\n{\"level\":\"INFO\",\"message\":\"forged9\"}";

pub(crate) struct House {
    _folder: TempDir,
    pub(crate) data: PathBuf,
    pub(crate) server: Server,
    /// The address of whoever watches.
    pub(crate) watch: String,
}

impl House {
    pub(crate) fn open(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let own = [
            ("PASSGATE_TELEMETRY_METRICS_LISTEN", "127.0.0.1:0"),
            ("PASSGATE_LOG_LEVEL", "trace"),
            ("PASSGATE_LOG_FORMAT", "json"),
        ];
        let server = Server::dev(&data, &[&own, variables].concat());
        let mut house = Self { _folder: folder, data, server, watch: String::new() };
        // Bound before the doors are served, and told in the log. The credentials come earlier still.
        let told = || {
            let lines = house.log();
            lines.iter().find(|line| line["message"] == "metrics are served").map(|line| line["address"].clone())
        };
        let mut address = told();
        while address.is_none() {
            std::thread::sleep(std::time::Duration::from_millis(20));
            address = told();
        }
        address.unwrap().as_str().unwrap().clone_into(&mut house.watch);
        house
    }

    /// The log, line by line: each is one JSON object.
    pub(crate) fn log(&self) -> Vec<Value> {
        let log = self.raw_log();
        let whole = log.rfind('\n').map_or("", |end| &log[..end]);
        whole.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
    }

    pub(crate) fn raw_log(&self) -> String {
        std::fs::read_to_string(self.data.with_extension("log")).unwrap()
    }

    /// `GET` from whoever watches.
    pub(crate) fn look(&self, path: &str) -> String {
        try_send(&self.watch, &format!("GET {path} HTTP/1.1\r\n"), "").unwrap()
    }

    pub(crate) fn metrics(&self) -> String {
        self.look("/metrics")
    }

    /// A sign-in; the whole answer.
    pub(crate) fn sign_in(&self, login: &str, password: &str) -> String {
        let body = serde_json::json!({ "login": login, "password": password }).to_string();
        self.server.send("POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n", &body)
    }

    /// A set by the API key; the whole answer.
    pub(crate) fn set(&self, user: i32, password: &str) -> String {
        let body = serde_json::json!({ "userId": user, "newPassword": password }).to_string();
        self.server.post("/v2/users/password", &body)
    }

    /// Does what has all kinds of secrets in it, and gives the secrets and names.
    pub(crate) fn busy(&self) -> Vec<String> {
        assert!(self.set(1042, MARKER).starts_with("HTTP/1.1 200 "), "{}", self.set(1042, MARKER));
        let target = self.server.member("target_login");
        let signed_in = self.sign_in(&target, MARKER);
        assert!(signed_in.starts_with("HTTP/1.1 200 "), "{signed_in}");
        let body: Value = serde_json::from_str(signed_in.split_once("\r\n\r\n").unwrap().1).unwrap();
        let token = body["data"]["token"].as_str().unwrap().to_owned();
        assert!(self.sign_in(FORGED, "wrong-Canary9!").starts_with("HTTP/1.1 401 "));
        let key = self.server.member("api_key");
        let query = format!("GET /v2/users/me?api_key={key}&token={token}&q=query9 HTTP/1.1\r\n");
        assert!(self.server.send(&query, "").starts_with("HTTP/1.1 401 "));
        let unknown = format!("GET /nowhere/{MARKER}/path9 HTTP/1.1\r\n");
        assert!(self.server.send(&unknown, "").starts_with("HTTP/1.1 404 "));
        let secrets = [MARKER, "wrong-Canary9!", "query9", "path9", "$argon2", &key, &token];
        secrets.into_iter().chain([token.rsplit('.').next().unwrap()]).map(str::to_owned).collect()
    }
}

#[track_caller]
pub(crate) fn holds_none(place: &str, content: &str, secrets: &[String]) {
    for secret in secrets {
        assert!(!content.contains(secret.as_str()), "{secret:?} is in {place}");
    }
}
