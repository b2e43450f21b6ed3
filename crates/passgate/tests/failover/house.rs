//! Two nodes of Passgate, set up as docs/clustering.md says, over three PostgreSQL servers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use passgate_testing::patroni::Trio;

use crate::load::sets::{Administrator, Person, people};
use crate::support::{Server, run_with, text, told};
use crate::wait_until;

pub(crate) struct House {
    pub(crate) trio: Trio,
    pub(crate) administrator: Administrator,
    pub(crate) people: Vec<(Person, String)>,
    pub(crate) nodes: Vec<Server>,
    place: PathBuf,
}

impl House {
    pub(crate) fn open(place: &Path) -> Self {
        let trio = Trio::start(place);
        wait_until("a leader with two standbys", || trio.is_whole());
        trio.make_database();
        let first = place.join("node1");
        let (url, authorities) = (trio.url(), text(trio.authorities()).to_owned());
        let variables = [
            ("PASSGATE_STORE_ENGINE", "postgres"),
            ("PASSGATE_STORE_URL", &url),
            ("PASSGATE_STORE_AUTHORITIES_FILE", &authorities),
        ];
        let mut dev = Server::dev(&first, &variables);
        let (administrator, people) = (Administrator::of(&dev), people(&dev.credentials));
        dev.signal("TERM");
        assert_eq!(dev.ended(), Some(0));

        fs::write(first.join("store-url"), &url).unwrap();
        close_to_others(&first.join("store-url"));
        let store = "[store]\nengine = \"postgres\"\nurl_file = \"store-url\"\nauthorities_file = ";
        let file = fs::read_to_string(first.join("passgate.toml")).unwrap();
        fs::write(first.join("passgate.toml"), format!("{file}\n{store}{authorities:?}\n")).unwrap();
        // The second node has the same keys, and otherwise a folder of its own.
        assert!(Command::new("cp").arg("-a").args([&first, &place.join("node2")]).status().unwrap().success());
        // A build beside a long run puts another program in the place of this one.
        fs::copy(env!("CARGO_BIN_EXE_passgate"), place.join("passgate")).unwrap();
        let nodes = (1..=2).map(|number| serve(place, number)).collect();
        Self { trio, administrator, people, nodes, place: place.to_owned() }
    }

    /// Its version, the records of its sets, and how many versions these tell of.
    pub(crate) fn counted(&self, person: &Person) -> (u64, u64, u64) {
        let query = format!(
            "SELECT u.credential_version, count(e.sequence), count(DISTINCT e.credential_version) FROM users u \
             LEFT JOIN audit_events e ON e.target = u.id AND e.operation = 'set-password' AND e.refused IS NULL \
             WHERE u.id = {} GROUP BY u.credential_version",
            person.id
        );
        let answer = self.trio.sql("passgate", &query);
        let numbers: Vec<u64> = answer.split('|').map(|number| number.parse().unwrap()).collect();
        (numbers[0], numbers[1], numbers[2])
    }

    /// The requests that have set a password, by the audit trail.
    pub(crate) fn recorded(&self) -> Vec<String> {
        let query = "SELECT request FROM audit_events WHERE operation = 'set-password' AND refused IS NULL";
        self.trio.sql("passgate", query).lines().map(str::to_owned).collect()
    }

    /// Every chain, as an auditor would; then all else that can be examined.
    pub(crate) fn examine(&self) {
        let file = self.place.join("node1/passgate.toml");
        for command in [vec!["audit", "verify"], vec!["doctor", "--full"]] {
            let arguments: Vec<_> = command.into_iter().chain(["--config", text(&file)]).collect();
            let output = run_with(&arguments, "", &[]);
            println!("{}", told(&output));
            assert!(output.status.success(), "{}", told(&output));
        }
    }
}

fn serve(place: &Path, number: u16) -> Server {
    let (file, log) = (place.join(format!("node{number}/passgate.toml")), place.join(format!("node{number}.log")));
    // In a network of its own every port is free.
    let address = format!("127.0.0.1:{}", 8700 + number);
    let script = format!("exec \"$0\" \"$@\" 2>>'{}'", log.display());
    let mut command = Command::new("sh");
    command.args(["-c", &script, text(&place.join("passgate")), "serve", "--config", text(&file)]);
    Server::started(command.args(["--listen", &address]).env_clear().stdin(Stdio::null()), &address)
}

fn close_to_others(file: &Path) {
    assert!(Command::new("chmod").arg("600").arg(file).status().unwrap().success());
}

impl Drop for House {
    fn drop(&mut self) {
        // A failed test shows what everybody said last.
        if std::thread::panicking() {
            let last = |log: &str| {
                let lines: Vec<_> = log.lines().collect();
                lines[lines.len().saturating_sub(60)..].join("\n")
            };
            for at in 0..self.trio.count() {
                eprintln!("db{}:\n{}", at + 1, last(&self.trio.log(at)));
            }
            for number in 1..=2 {
                let log = fs::read_to_string(self.place.join(format!("node{number}.log"))).unwrap_or_default();
                eprintln!("node{number}:\n{}", last(&log));
            }
        }
    }
}
