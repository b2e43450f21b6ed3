//! An installation over SQLite with rows in every table, and an empty PostgreSQL database to go to.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use passgate_testing::postgres::Cluster;
use serde_json::{Value, json};

use crate::support::{Server, json as said, passgate, run_with, text, told, try_send};

const TOMORROW: &str = "2999-01-01";

pub(crate) struct House {
    pub(crate) data: PathBuf,
    /// What `dev` wrote: credentials of the sample users.
    pub(crate) credentials: Value,
    /// The address to go to, and the file that holds it.
    pub(crate) url: String,
    pub(crate) url_file: PathBuf,
    folder: tempfile::TempDir,
}

impl House {
    /// With the sample users and nothing else.
    pub(crate) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut dev = Server::dev(&data, &[]);
        // Once it has answered, it knows what a signal means.
        assert_eq!(status(&dev.send("GET /livez HTTP/1.1\r\n", "")), 200);
        dev.signal("TERM");
        assert_eq!(dev.ended(), Some(0));
        let (url, url_file) = (Cluster::shared().database(), data.join("store-url"));
        let house = Self { data, credentials: dev.credentials.clone(), url, url_file, folder };
        house.go_to(&house.url);
        house
    }

    /// The place of a copy of the same installation, on its way elsewhere.
    pub(crate) fn beside(&self, name: &str, url: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join(name);
        Self { url_file: data.join("store-url"), data, credentials: self.credentials.clone(), url, folder }
    }

    /// Writes an address into the file that names it.
    pub(crate) fn go_to(&self, url: &str) {
        passgate::private_file::write(&self.url_file, url.as_bytes()).unwrap();
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data.join("passgate.db")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn member(&self, name: &str) -> &str {
        self.credentials[name].as_str().unwrap()
    }

    /// A command on the installation as its configuration stands.
    pub(crate) fn command(&self, arguments: &[&str]) -> Output {
        let file = self.data.join("passgate.toml");
        run_with(&[arguments, &["--config", text(&file)]].concat(), "", &[])
    }

    #[track_caller]
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", told(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The move itself.
    pub(crate) fn migrate(&self, more: &[&str]) -> Output {
        self.command(&[&["migrate-store", "--to-url-file", text(&self.url_file)], more].concat())
    }

    /// The same, to be watched or killed.
    pub(crate) fn migrating(&self, more: &[&str]) -> Command {
        let file = self.data.join("passgate.toml");
        let mut command = passgate(&["migrate-store", "--to-url-file", text(&self.url_file), "--config", text(&file)]);
        command.args(more).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    #[track_caller]
    pub(crate) fn refused(&self, more: &[&str], code: i32, says: &str) {
        let output = self.migrate(more);
        assert_eq!(output.status.code(), Some(code), "{}", told(&output));
        assert!(told(&output).contains(says), "{says:?} is not in: {}", told(&output));
    }

    /// The move, to its end; what it told.
    #[track_caller]
    pub(crate) fn moved(&self) -> Value {
        let told = said(&self.migrate(&["--json"]));
        assert_eq!(told["moved"], true);
        told
    }

    /// Puts into the configuration what the move says is to be put there.
    pub(crate) fn switch(&self) {
        self.configure("store", "engine", "postgres");
        self.configure("store", "url_file", "store-url");
    }

    /// Sets something in the configuration.
    pub(crate) fn configure(&self, section: &str, key: &str, value: impl Into<toml::Value>) {
        let file = self.data.join("passgate.toml");
        let mut all: toml::Table = toml::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let mut inner = &mut all;
        for name in section.split('.') {
            inner = inner.entry(name).or_insert_with(|| toml::Table::new().into()).as_table_mut().unwrap();
        }
        inner.insert(key.to_owned(), value.into());
        std::fs::write(&file, toml::to_string(&all).unwrap()).unwrap();
    }

    /// Goes back to the file in the data folder.
    pub(crate) fn switch_back(&self) {
        self.configure("store", "engine", "sqlite");
        self.configure("store", "url_file", "");
    }

    pub(crate) fn serve(&self) -> Server {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Server::serve(&self.data.join("passgate.toml"), port)
    }

    pub(crate) fn stop(mut server: Server) {
        server.signal("TERM");
        assert_eq!(server.ended(), Some(0));
    }

    /// Somebody's way into the database behind our back.
    pub(crate) fn tamper(&self, sql: &str) {
        let raw = rusqlite::Connection::open(self.database()).unwrap();
        let triggers = "SELECT group_concat('DROP TRIGGER ' || name, ';') FROM sqlite_schema WHERE type = 'trigger'";
        let drop: Option<String> = raw.query_row(triggers, [], |row| row.get(0)).unwrap();
        raw.execute_batch(&drop.unwrap_or_default()).unwrap();
        raw.execute_batch(sql).unwrap();
    }

    /// What is in the PostgreSQL database, asked by its owner.
    pub(crate) fn ask(&self, sql: &str) -> String {
        Cluster::shared().sql(self.url.rsplit_once("dbname=").unwrap().1, sql)
    }

    /// Everything that leaves rows: sessions and tokens, open and ended, wrong passwords of known and unknown
    /// names, nonces, keys, sets allowed and refused, second places, and a trail that was pruned and goes on.
    pub(crate) fn live(&self) -> Lived {
        self.configure("audit.stream", "files", vec!["second.jsonl"]);
        let server = self.serve();
        let tokens: Vec<_> = (0..2).map(|_| self.token(&server).unwrap()).collect();
        let session = self.session(&server, "admin_login", "admin_password").unwrap();
        let ended = self.session(&server, "target_login", "target_password").unwrap();
        assert_eq!(ecgridos(&server, "Logout", &format!("<SessionID>{ended}</SessionID>")).0, 200);
        for name in ["nobody@example.com", "nul\\u0000in-it", self.member("target_login")] {
            assert!(sign_in(&server, name, "Wr0ng-password").is_none(), "{name}");
        }
        assert_eq!(self.token_call(&server, "first-nonce"), 200);
        for password in ["weak", "Larch-tree-42", "Larch-tree-43"] {
            self.set(&server, password);
        }
        let made: Value = serde_json::from_str(&self.done(&["key", "create", "1042", "--json"])).unwrap();
        let revoked = made["api_key"].as_str().unwrap().to_owned();
        let keys: Value = serde_json::from_str(&self.done(&["key", "list", "1042", "--json"])).unwrap();
        self.done(&["key", "revoke", "1042", &keys[0]["key"].to_string()]);
        self.done(&["user", "lock", "5001"]);
        Self::stop(server);
        assert!(self.done(&["audit", "prune", "--before", TOMORROW]).contains("tenant 1: "));
        let server = self.serve();
        for password in ["weak", "Larch-tree-44"] {
            self.set(&server, password);
        }
        assert!(sign_in(&server, "jdoe", "Wr0ng-password").is_none());
        Self::stop(server);
        // What only a server that was killed, or one of several, leaves.
        let raw = rusqlite::Connection::open(self.database()).unwrap();
        raw.execute_batch(
            "INSERT INTO audit_leases (name, holder, expires) VALUES ('a lease', 'somebody', 1); \
             INSERT OR IGNORE INTO source_failures (source, arrival) VALUES ('192.0.2.1', 1); \
             INSERT INTO caller_calls (user_id, arrival) VALUES (1042, 1)",
        )
        .unwrap();
        Lived { token: tokens[0].clone(), session, ended, revoked, password: "Larch-tree-44" }
    }

    /// A REST token of the administrator.
    pub(crate) fn token(&self, server: &Server) -> Option<String> {
        sign_in(server, self.member("admin_login"), self.member("admin_password"))
    }

    /// An ECGridOS session.
    pub(crate) fn session(&self, server: &Server, login: &str, password: &str) -> Option<String> {
        let (login, password) = (self.member(login), self.member(password));
        let parameters = format!("<UserName>{login}</UserName><Password>{password}</Password>");
        let (_, answer) = ecgridos(server, "Login", &parameters);
        Some(answer.split_once("<LoginResult>")?.1.split_once("</LoginResult>")?.0.to_owned())
    }

    /// Sets the password of the sample target with the administrator's key; the status.
    pub(crate) fn set(&self, server: &Server, password: &str) -> u16 {
        let head = format!(
            "POST /v2/users/password HTTP/1.1\r\nX-API-Key: {}\r\nContent-Type: application/json\r\n",
            self.member("api_key")
        );
        let body = json!({ "userId": self.credentials["target_user_id"], "newPassword": password });
        status(&try_send(&server.address, &head, &body.to_string()).unwrap())
    }

    /// A set of somebody else by WS-Security with this nonce; the status.
    pub(crate) fn token_call(&self, server: &Server, nonce: &str) -> u16 {
        const WSSE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
        const WSU: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
        let now = jiff::Timestamp::from_second(unix_time()).unwrap();
        let (name, secret) = (self.member("wsse_username"), self.member("wsse_password"));
        let nonce = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, nonce);
        let head = format!(
            "POST {} HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"\"\r\n",
            passgate_door_omnitracs::PATH
        );
        let body = format!(
            "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header><wsse:Security \
             xmlns:wsse=\"{WSSE}\"><wsse:UsernameToken><wsse:Username>{name}</wsse:Username><wsse:Password>{secret}\
             </wsse:Password><wsse:Nonce>{nonce}</wsse:Nonce><wsu:Created xmlns:wsu=\"{WSU}\">{now}</wsu:Created>\
             </wsse:UsernameToken></wsse:Security></soap:Header><soap:Body><setUserPassword><companyId>{}</companyId>\
             <userId>JSMITH</userId><password>Token1Passw0rd</password><forcePwdReset>0</forcePwdReset>\
             </setUserPassword></soap:Body></soap:Envelope>",
            self.member("company_id")
        );
        status(&try_send(&server.address, &head, &body).unwrap())
    }
}

/// What there is to show afterwards.
pub(crate) struct Lived {
    pub(crate) token: String,
    pub(crate) session: String,
    pub(crate) ended: String,
    pub(crate) revoked: String,
    /// The last password that was set for the target.
    pub(crate) password: &'static str,
}

pub(crate) fn status(answer: &str) -> u16 {
    answer.split_whitespace().nth(1).unwrap_or_else(|| panic!("no status: {answer}")).parse().unwrap()
}

/// A REST sign-in; the token.
pub(crate) fn sign_in(server: &Server, login: &str, password: &str) -> Option<String> {
    let body = format!("{{\"login\":\"{login}\",\"password\":\"{password}\"}}");
    let answer = server.send("POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n", &body);
    Some(answer.split_once("\"token\":\"")?.1.split_once('"')?.0.to_owned())
}

/// Who the bearer of this header is; the status.
pub(crate) fn me(server: &Server, header: &str) -> u16 {
    status(&server.send(&format!("GET /v2/users/me HTTP/1.1\r\n{header}\r\n"), ""))
}

pub(crate) fn ecgridos(server: &Server, operation: &str, parameters: &str) -> (u16, String) {
    let head = format!(
        "POST /v4.1/prod/ECGridOS.asmx HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\n\
         SOAPAction: \"http://www.ecgridos.net/{operation}\"\r\n"
    );
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><{operation} \
         xmlns=\"http://www.ecgridos.net/\">{parameters}</{operation}></s:Body></s:Envelope>"
    );
    let answer = server.send(&head, &body);
    (status(&answer), answer)
}

/// Whether an ECGridOS session is open.
pub(crate) fn holds(server: &Server, session: &str) -> bool {
    ecgridos(server, "WhoAmI", &format!("<SessionID>{session}</SessionID>")).0 == 200
}

fn unix_time() -> i64 {
    use passgate_gate::clock::Clock as _;
    passgate_gate::clock::SystemClock.now().as_second()
}

/// Every file of a folder with what is in it.
pub(crate) fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().filter(|path| path.is_file()).map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}
