//! Three nodes with one store, one set of keys and sample data. The third reaches the store over a way that
//! can be cut.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use passgate_testing::cuttable::Cuttable;
use passgate_testing::postgres::Cluster;
use serde_json::Value;

use crate::calls::set;
use crate::support::{Server, run_with, text};

pub(crate) struct House {
    /// The first node, which made the sample data.
    pub(crate) dev: Server,
    /// The addresses of all three.
    pub(crate) nodes: Vec<String>,
    pub(crate) way: Cuttable,
    others: Vec<Server>,
    file: PathBuf,
    urls: [String; 3],
    variables: Vec<(&'static str, &'static str)>,
    listed: Value,
    folder: tempfile::TempDir,
}

impl House {
    pub(crate) fn open() -> Self {
        Self::open_with(&[])
    }

    /// With these variables for all three.
    pub(crate) fn open_with(variables: &[(&'static str, &'static str)]) -> Self {
        let folder = tempfile::TempDir::new().unwrap();
        let data = folder.path().join("data");
        let cluster = Cluster::shared();
        let near = cluster.database();
        let way = Cuttable::to(cluster);
        let far = way.url(near.rsplit_once("dbname=").unwrap().1);
        let dev = Server::dev(&data, &[&store(&near)[..], variables].concat());
        let mut nodes = vec![dev.address.clone()];
        let (file, urls) = (data.join("passgate.toml"), [near.clone(), near, far]);
        let mut others = Vec::new();
        for url in &urls[1..] {
            let address = free_address();
            others.push(serve(&file, &address, url, variables));
            nodes.push(address);
        }
        let listed =
            run_with(&["user", "list", "--tenant", "1", "--config", text(&file), "--json"], "", &store(&urls[0]));
        let listed = crate::support::json(&listed);
        Self { dev, nodes, way, others, file, urls, variables: variables.to_vec(), listed, folder }
    }

    /// Sets a password at a node, shown the administrator's API key; the status.
    pub(crate) fn set(&self, at: usize, user: i64, password: &str) -> u16 {
        set(&self.nodes[at], &self.dev.member("api_key"), user, password)
    }

    pub(crate) fn target(&self) -> i64 {
        self.dev.credentials["target_user_id"].as_i64().unwrap()
    }

    /// Stops a node in an orderly way and starts it again, the first one at another address.
    pub(crate) fn restart(&mut self, at: usize) {
        let stopped = if at == 0 { &mut self.dev } else { &mut self.others[at - 1] };
        stopped.signal("TERM");
        assert_eq!(stopped.ended(), Some(0), "it drains");
        if at == 0 {
            self.nodes[0] = free_address();
        }
        let server = serve(&self.file, &self.nodes[at], &self.urls[at], &self.variables);
        if at == 0 { self.others.push(server) } else { self.others[at - 1] = server }
    }

    /// Runs a command of the program on the installation; what it said.
    pub(crate) fn command(&self, arguments: &[&str]) -> String {
        let arguments: Vec<_> = arguments.iter().copied().chain(["--config", text(&self.file)]).collect();
        let output = run_with(&arguments, "", &store(&self.urls[0]));
        assert!(output.status.success(), "{}", crate::support::told(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn number_of(&self, login: &str) -> i64 {
        let users = self.listed.as_array().unwrap();
        let user = users.iter().find(|user| user["login"] == login).unwrap_or_else(|| panic!("{login} in {users:?}"));
        user["user_id"].as_i64().unwrap()
    }

    /// A user of the sample data with a password that is known; its number as a text.
    pub(crate) fn user(&self, login: &str) -> (String, String) {
        let (number, password) = (self.number_of(login), "Known-Passw0rd!".to_owned());
        assert_eq!(self.set(0, number, &password), 200);
        (number.to_string(), password)
    }

    /// Changes the database beside the nodes.
    pub(crate) fn sql(&self, statement: &str) {
        Cluster::shared().sql(self.urls[0].rsplit_once("dbname=").unwrap().1, statement);
    }

    /// What the nodes but the first have said.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("data.log")).unwrap_or_default()
    }

    /// Lifts what wrong passwords have counted.
    pub(crate) fn reset(&self, login: &str) {
        self.command(&["user", "reset", &self.number_of(login).to_string()]);
    }
}

fn store(url: &str) -> [(&str, &str); 2] {
    [("PASSGATE_STORE_ENGINE", "postgres"), ("PASSGATE_STORE_URL", url)]
}

/// A server whose log stands beside the data.
fn serve(file: &Path, address: &str, url: &str, variables: &[(&str, &str)]) -> Server {
    let log = file.parent().unwrap().with_extension("log");
    let script = format!("exec \"$0\" \"$@\" 2>>'{}'", log.display());
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_passgate"), "serve", "--config", text(file), "--listen", address]);
    let variables = [&store(url)[..], variables].concat();
    Server::started(command.env_clear().stdin(Stdio::null()).envs(variables), address)
}

/// Below the ports that the system gives to clients: a node that is restarted finds its own free again.
fn free_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = u16::try_from(21_000 + std::process::id() % 5_000).unwrap();
    loop {
        let port = begin + NEXT.fetch_add(1, Ordering::Relaxed);
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)) {
            return listener.local_addr().unwrap().to_string();
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // A failed test shows what the nodes said.
        if std::thread::panicking() {
            eprintln!("{}", self.log());
        }
    }
}
