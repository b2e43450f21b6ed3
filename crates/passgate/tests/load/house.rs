//! An installation over either engine that outlives its servers, and the look behind them.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use passgate_testing::postgres::Cluster;

use crate::load::sets::{Administrator, Person, people};
use crate::support::{Server, run_with, text, told};

pub(crate) enum Engine {
    Sqlite,
    Postgres(Cluster),
}

pub(crate) struct House {
    pub(crate) engine: Engine,
    pub(crate) administrator: Administrator,
    pub(crate) people: Vec<(Person, String)>,
    data: PathBuf,
    database: String,
    folder: tempfile::TempDir,
}

impl House {
    pub(crate) fn open(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let database = match &engine {
            Engine::Sqlite => String::new(),
            Engine::Postgres(cluster) => cluster.database(),
        };
        let mut first = Server::dev(&data, &variables(&database));
        let (administrator, people) = (Administrator::of(&first), people(&first.credentials));
        first.signal("TERM");
        assert_eq!(first.ended(), Some(0));
        Self { engine, administrator, people, data, database, folder }
    }

    /// A server on a free port, whose log goes on in one file.
    pub(crate) fn serve(&self) -> Server {
        self.serve_over(&self.database)
    }

    /// The same by another way to the database.
    pub(crate) fn serve_over(&self, database: &str) -> Server {
        let address = format!("127.0.0.1:{}", free_port());
        let (file, log) = (self.data.join("passgate.toml"), self.folder.path().join("log"));
        let script = format!("exec \"$0\" \"$@\" 2>>'{}'", log.display());
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_passgate"), "serve", "--config", text(&file)]);
        command.args(["--listen", &address]).env_clear().stdin(Stdio::null()).envs(variables(database));
        Server::started(&mut command, &address)
    }

    /// Its version, the records of its sets, and how many versions these tell of.
    pub(crate) fn counted(&self, person: &Person) -> (u64, u64, u64) {
        let query = format!(
            "SELECT u.credential_version, count(e.sequence), count(DISTINCT e.credential_version) FROM users u \
             LEFT JOIN audit_events e ON e.target = u.id AND e.operation = 'set-password' AND e.refused IS NULL \
             WHERE u.id = {} GROUP BY u.credential_version",
            person.id
        );
        match &self.engine {
            Engine::Sqlite => {
                let database = rusqlite::Connection::open(self.data.join("passgate.db")).unwrap();
                let number = |row: &rusqlite::Row<'_>, at: usize| row.get::<_, i64>(at).map(i64::cast_unsigned);
                database.query_row(&query, [], |row| Ok((number(row, 0)?, number(row, 1)?, number(row, 2)?))).unwrap()
            }
            Engine::Postgres(cluster) => {
                let answer = cluster.sql(self.database_name(), &query);
                let numbers: Vec<u64> = answer.split('|').map(|number| number.parse().unwrap()).collect();
                (numbers[0], numbers[1], numbers[2])
            }
        }
    }

    pub(crate) fn database_name(&self) -> &str {
        self.database.rsplit_once("dbname=").unwrap().1
    }

    pub(crate) fn cluster(&self) -> &Cluster {
        match &self.engine {
            Engine::Postgres(cluster) => cluster,
            Engine::Sqlite => panic!("there is no cluster"),
        }
    }

    /// Every chain, as an auditor would.
    #[track_caller]
    pub(crate) fn verify(&self) {
        let file = self.data.join("passgate.toml");
        let output = run_with(&["audit", "verify", "--config", text(&file)], "", &variables(&self.database));
        assert!(output.status.success(), "{}", told(&output));
    }
}

fn variables(database: &str) -> Vec<(&str, &str)> {
    if database.is_empty() {
        return Vec::new();
    }
    vec![("PASSGATE_STORE_ENGINE", "postgres"), ("PASSGATE_STORE_URL", database)]
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Drop for House {
    fn drop(&mut self) {
        // A failed test shows what the servers said last.
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            let lines: Vec<_> = log.lines().collect();
            eprintln!("{}", lines[lines.len().saturating_sub(40)..].join("\n"));
        }
    }
}
