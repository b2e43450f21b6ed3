//! The two servers: the program itself with its sample data, and the bare one.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::bare;
use crate::client::{Client, request};

/// `passgate dev`, whose rate limits are off.
pub(crate) struct Server {
    process: Process,
    credentials: Value,
    _folder: tempfile::TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (data, file) = (folder.path().join("data"), folder.path().join("credentials.json"));
        let child = Command::new(env!("CARGO_BIN_EXE_passgate"))
            .args(["dev", "--listen", "127.0.0.1:0", "--data", text(&data), "--credentials", text(&file)])
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut process = Process { child, address: String::new() };
        let begun = Instant::now();
        while !file.exists() {
            assert!(begun.elapsed() < Duration::from_mins(1), "the server does not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
        let credentials: Value =
            serde_json::from_slice(&std::fs::read(&file).expect("credentials")).expect("they are JSON");
        member(&credentials, "base_url").trim_start_matches("http://").clone_into(&mut process.address);
        Self { process, credentials, _folder: folder }
    }

    pub(crate) fn address(&self) -> &str {
        &self.process.address
    }

    pub(crate) fn process(&self) -> u32 {
        self.process.child.id()
    }

    /// A text of the credentials.
    pub(crate) fn member(&self, name: &str) -> &str {
        member(&self.credentials, name)
    }

    /// `GET /v2/users/me` by the API key.
    pub(crate) fn users_me(&self) -> Vec<u8> {
        request(&format!("GET /v2/users/me HTTP/1.1\r\nX-API-Key: {}\r\n", self.member("api_key")), "")
    }

    /// `WhoAmI` by a session that this opens.
    pub(crate) fn who_am_i(&self) -> Vec<u8> {
        let (login, password) = (self.member("admin_login"), self.member("admin_password"));
        let password = password.replace('&', "&amp;").replace('<', "&lt;");
        let login = soap("Login", &format!("<UserName>{login}</UserName><Password>{password}</Password>"));
        let answer = Client::connect(self.address()).succeed(&login);
        let (_, session) = answer.split_once("<LoginResult>").expect("a session");
        let (session, _) = session.split_once('<').expect("an end");
        soap("WhoAmI", &format!("<SessionID>{session}</SessionID>"))
    }

    /// Sets of a password by the API key, one for each of these callers; they take turns among the users that the
    /// administrator may administer.
    pub(crate) fn sets(&self, callers: usize) -> Vec<Vec<u8>> {
        let set = |user: i64| {
            let body = format!(r#"{{"userId":{user},"newPassword":"Larch-tree-4711"}}"#);
            self.post("/v2/users/password", &body)
        };
        self.administered().into_iter().cycle().take(callers).map(set).collect()
    }

    /// What takes the same way as a set but for the hash: judged, recorded, committed.
    pub(crate) fn reset(&self) -> Vec<u8> {
        self.post(&format!("/v2/users/reset/{}", self.administered()[0]), "")
    }

    fn post(&self, path: &str, body: &str) -> Vec<u8> {
        let key = self.member("api_key");
        let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
        request(&format!("POST {path} HTTP/1.1\r\nX-API-Key: {key}\r\n{kind}"), body)
    }

    fn administered(&self) -> Vec<i64> {
        const LEVELS: [&str; 5] = ["NetworkUser", "MailboxAdmin", "MailboxUser", "TPUser", "General"];
        let company = self.member("company_id");
        let users = self.credentials["users"].as_array().expect("users").iter();
        users
            .filter(|user| user["company"] == company && LEVELS.iter().any(|level| user["level"] == *level))
            .map(|user| user["user_id"].as_i64().expect("a number"))
            .collect()
    }
}

/// The bare server, answering bodies of this size.
pub(crate) struct Bare(Process);

impl Bare {
    pub(crate) fn start(size: usize) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args([bare::COMMAND, &size.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts");
        let mut address = String::new();
        let said = child.stdout.take().expect("a pipe");
        BufReader::new(said).read_line(&mut address).expect("an address");
        Self(Process { child, address: address.trim().to_owned() })
    }

    pub(crate) fn address(&self) -> &str {
        &self.0.address
    }

    pub(crate) fn process(&self) -> u32 {
        self.0.child.id()
    }
}

struct Process {
    child: Child,
    address: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn soap(operation: &str, parameters: &str) -> Vec<u8> {
    let head = format!(
        "POST /v4.1/prod/ECGridOS.asmx HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"http://www.ecgridos.net/{operation}\"\r\n"
    );
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><{operation} xmlns=\"http://www.ecgridos.net/\">{parameters}</{operation}></s:Body></s:Envelope>"
    );
    request(&head, &body)
}

fn member<'v>(credentials: &'v Value, name: &str) -> &'v str {
    credentials[name].as_str().unwrap_or_else(|| panic!("no {name}"))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}
