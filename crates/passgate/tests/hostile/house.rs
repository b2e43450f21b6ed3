//! A server that is attacked, and the judgement after each attack.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use passgate_gate::audit::{Chain, StoredEvent};
use passgate_gate::store::Store as _;
use passgate_store::{SqliteOptions, SqliteStore};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::requests::Request;
use crate::support::Server;

/// What every attack asks for: whoever gets through has set this password.
pub(crate) const WANTED: &str = "Hostile-Larch-42";

pub(crate) struct House {
    pub(crate) folder: TempDir,
    pub(crate) server: Server,
    store: SqliteStore,
    runtime: Runtime,
    /// The last record that was seen of each chain.
    seen: BTreeMap<Chain, i64>,
    login: String,
    password: String,
    attacks: usize,
}

impl House {
    /// A server with sample data, and the target that still has its first password.
    pub(crate) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let server = Server::dev(&data, &[]);
        let options = SqliteOptions { check_integrity: false, ..SqliteOptions::default() };
        let database = data.join("passgate.db");
        let store = SqliteStore::open(&database, &options).unwrap();
        let (login, password) = (server.member("target_login"), server.member("target_password"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut house = Self { folder, server, store, runtime, seen: BTreeMap::new(), login, password, attacks: 0 };
        house.new_records();
        house
    }

    pub(crate) fn member(&self, name: &str) -> String {
        self.server.member(name)
    }

    /// Attacks, and judges: this status, a body that holds this text, one record of a refusal.
    #[track_caller]
    pub(crate) fn refuses(&mut self, what: &str, request: &Request, status: u16, holds: &str) -> String {
        let answer = self.answers(what, request, status, holds);
        let records = self.new_records();
        assert!(matches!(&records[..], [one] if one.refused.is_some()), "{what}: one record, not {records:#?}");
        self.is_unharmed(what);
        answer
    }

    /// The same for what reaches no door or is a page: the log has it, the audit trail does not.
    #[track_caller]
    pub(crate) fn turns_away(&mut self, what: &str, request: &Request, status: u16, holds: &str) -> String {
        let answer = self.answers(what, request, status, holds);
        let records = self.new_records();
        assert!(records.is_empty(), "{what}: no record, not {records:#?}");
        self.is_unharmed(what);
        answer
    }

    /// The same for what is not even told what is wrong: the connection ends.
    #[track_caller]
    pub(crate) fn hangs_up_on(&mut self, what: &str, request: &Request) {
        self.attacks += 1;
        self.new_records();
        assert_eq!(self.send(request), "", "{what}: no answer");
        assert!(self.new_records().is_empty(), "{what}: no record");
        self.is_unharmed(what);
    }

    #[track_caller]
    fn answers(&mut self, what: &str, request: &Request, status: u16, holds: &str) -> String {
        self.attacks += 1;
        self.new_records();
        let answer = self.send(request);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{what}: {status} expected: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{what}: one answer: {answer}");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        assert!(body.contains(holds), "{what}: {holds:?} expected: {answer}");
        assert!(!answer.contains(WANTED), "{what}: what was sent comes back: {answer}");
        answer
    }

    /// Sends bytes on a connection of its own and reads to its end.
    pub(crate) fn send(&self, request: &Request) -> String {
        let mut stream = TcpStream::connect(&self.server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        // The server may answer and close before it has everything.
        let _ = stream.write_all(&request.bytes());
        let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
        while let Ok(length @ 1..) = stream.read(&mut piece) {
            answer.extend_from_slice(&piece[..length]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The target signs in with its first password, and not with the one that was wanted: so the server lives, too.
    #[track_caller]
    fn is_unharmed(&mut self, what: &str) {
        let answer = self.server.post("/v2/auth/login", &self.sign_in(&self.password));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{what}: the old password no longer works: {answer}");
        self.new_records();
    }

    fn sign_in(&self, password: &str) -> String {
        serde_json::json!({ "login": self.login, "password": password }).to_string()
    }

    /// The same calls as they should be, which set the wanted password and then the old one again: so that a row is
    /// refused for what is wrong with it and for nothing else.
    #[track_caller]
    pub(crate) fn takes(&mut self, what: &str, request: &Request) {
        self.new_records();
        let answer = self.send(request);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{what}: {answer}");
        let records = self.new_records();
        assert!(matches!(&records[..], [one] if one.refused.is_none()), "{what}: {records:#?}");
        let answer = self.server.post("/v2/auth/login", &self.sign_in(WANTED));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{what}: the new password works: {answer}");
        let back = serde_json::json!({ "userId": 1042, "newPassword": self.password });
        self.server.post("/v2/users/password", &back.to_string());
        self.is_unharmed(what);
    }

    /// The records since the last look.
    fn new_records(&mut self) -> Vec<StoredEvent> {
        let mut records = Vec::new();
        for chain in self.runtime.block_on(self.store.chains()).unwrap() {
            let after = self.seen.entry(chain).or_default();
            let page = self.runtime.block_on(self.store.events(chain, *after, 1000)).unwrap();
            *after = page.last().map_or(*after, |last| last.id.sequence);
            records.extend(page);
        }
        records
    }

    /// A theme is not empty by mistake.
    #[track_caller]
    pub(crate) fn closes_after(self, attacks: usize) {
        assert!(self.attacks >= attacks, "only {} attacks", self.attacks);
    }
}

/// A listener that nobody may ever call: what a document points to is not fetched.
pub(crate) struct Silent(TcpListener);

impl Silent {
    pub(crate) fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/x", self.0.local_addr().unwrap())
    }

    #[track_caller]
    pub(crate) fn was_never_called(&self) {
        assert!(self.0.accept().is_err(), "something was fetched");
    }
}
