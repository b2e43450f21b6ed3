//! Three PostgreSQL servers under Patroni and etcd, each on a host of its own that can be killed, frozen and cut off,
//! with the files of `deploy/patroni` as they stand there.
//!
//! `place` is the machine that they live in: network, processes and files of its own, gone with the test program
//! however that ends. `network` is the way between the hosts, `files` their configuration, `host` one of them.

mod files;
mod host;
mod network;
mod place;

use std::path::{Path, PathBuf};

use crate::certificates::Certificates;
use crate::postgres;
use crate::programs::{succeed, text};

use self::host::Host;
pub use self::network::Side;
pub use self::place::enter;

/// The password of every role, at hosts that nobody else can reach.
const PASSWORD: &str = "Larch-tree-4711";

/// The three servers.
pub struct Trio {
    hosts: Vec<Host>,
    authorities: PathBuf,
}

impl Trio {
    /// Starts them here; [`Trio::is_whole`] tells when they are ready.
    ///
    /// # Panics
    /// When a program is missing or fails, as everything here.
    pub fn start(place: &Path) -> Self {
        network::make();
        let (certificates, programs) = (Certificates::new(), postgres::programs());
        let mut hosts: Vec<_> = (1..=3).map(|number| Host::make(number, place, &programs, &certificates)).collect();
        let authorities = place.join("authority.crt");
        std::fs::copy(certificates.root(), &authorities).expect("a file");
        // The first members of etcd wait for each other.
        hosts.iter_mut().for_each(Host::start_etcd);
        hosts.iter_mut().for_each(Host::start_patroni);
        Self { hosts, authorities }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.hosts.len()
    }

    /// Makes the role and the database of Passgate, as `deploy/patroni/README.md` says.
    ///
    /// # Panics
    /// When there is no leader.
    pub fn make_database(&self) {
        let leader = self.leader().expect("a leader");
        let password = format!("password={PASSWORD}");
        let script = files::folder().join("roles.sql");
        succeed(self.hosts[leader].psql("postgres").args(["-v", &password, "-f"]).arg(script));
    }

    /// The address of Passgate's database: all hosts, over TLS.
    pub fn url(&self) -> String {
        let hosts: Vec<_> = self.hosts.iter().map(|host| network::address(Side::Clients, host.number)).collect();
        format!("postgres://passgate:{PASSWORD}@{}/passgate?sslmode=verify-full", hosts.join(","))
    }

    /// The certificates of whoever vouches for the servers.
    pub fn authorities(&self) -> &Path {
        &self.authorities
    }

    /// The only one that takes writes, if there is exactly one.
    pub fn leader(&self) -> Option<usize> {
        let mut leading = self.leading();
        leading.next().filter(|_| leading.next().is_none())
    }

    fn leading(&self) -> impl Iterator<Item = usize> {
        (0..self.count()).filter(|&at| {
            self.hosts[at].ask("postgres", "SELECT pg_is_in_recovery()").is_some_and(|answer| answer == "f")
        })
    }

    /// Whether one leads, both others stream from it, and etcd knows which of them may take over.
    pub fn is_whole(&self) -> bool {
        let Some(leader) = self.leader() else { return false };
        let standbys = "SELECT count(*) FILTER (WHERE state = 'streaming'), \
                        count(*) FILTER (WHERE sync_state = 'sync') FROM pg_stat_replication \
                        WHERE application_name LIKE 'db%'";
        self.hosts[leader].ask("postgres", standbys).is_some_and(|answer| answer == "2|1")
            && self.hosts[leader].list_members().is_some_and(|list| {
                list.contains("\"Sync Standby\"") && list.matches("\"running\"").count() == self.count()
            })
    }

    /// Runs statements on the leader, and gives what they answer.
    ///
    /// # Panics
    /// When there is no leader, or it refuses.
    pub fn sql(&self, database: &str, statements: &str) -> String {
        let leader = self.leader().expect("a leader");
        let output = succeed(self.hosts[leader].psql(database).args(["-c", statements]));
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    }

    /// Kills Patroni and PostgreSQL of a host at once. Its etcd lives.
    pub fn kill(&mut self, at: usize) {
        self.hosts[at].kill();
    }

    /// Kills Patroni of a host alone, and waits for nothing: its PostgreSQL goes on, whatever becomes of the others.
    pub fn orphan(&mut self, at: usize) {
        self.hosts[at].orphan();
    }

    /// Whether a host besides this one says that it takes writes.
    pub fn another_leads(&self, than: usize) -> bool {
        self.leading().any(|at| at != than)
    }

    /// Starts Patroni again on a host where it was killed.
    pub fn start_again(&mut self, at: usize) {
        self.hosts[at].start_patroni();
    }

    /// Cuts a host off on one side, or joins it again.
    pub fn link(&self, at: usize, side: Side, up: bool) {
        network::link(side, self.hosts[at].number, up);
    }

    /// Stops every process of a host where it stands, or lets it go on, as with a virtual machine that is paused.
    pub fn freeze(&self, at: usize, frozen: bool) {
        self.hosts[at].freeze(frozen);
    }

    /// What Patroni and PostgreSQL of a host have said.
    pub fn log(&self, at: usize) -> String {
        self.hosts[at].log()
    }
}
