//! One host: its namespace, its files, its etcd, its Patroni with PostgreSQL.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::files::filled;
use super::network::{self, Side, address, on, processes};
use super::{PASSWORD, succeed, text};
use crate::certificates::Certificates;
use crate::postgres::SERVER_USER;

pub(super) struct Host {
    pub(super) number: u8,
    folder: PathBuf,
    programs: PathBuf,
    etcd: Option<Child>,
    patroni: Option<Child>,
}

impl Host {
    /// A host with its files, on which nothing runs yet.
    pub(super) fn make(number: u8, place: &Path, programs: &Path, certificates: &Certificates) -> Self {
        network::attach(number);
        let folder = place.join(format!("db{number}"));
        for part in ["run", "etcd", "certificates"] {
            fs::create_dir_all(folder.join(part)).expect("a folder");
            fs::set_permissions(folder.join(part), Permissions::from_mode(0o700)).expect("its mode");
        }
        let host = Self { number, folder, programs: programs.to_owned(), etcd: None, patroni: None };
        host.certify(certificates);
        for name in ["patroni.yml", "etcd.env"] {
            fs::write(host.folder.join(name), host.filled(name)).expect("a file");
        }
        succeed(Command::new("chown").args(["-R", &format!("{SERVER_USER}:")]).arg(&host.folder));
        host
    }

    fn certify(&self, certificates: &Certificates) {
        let addresses = [address(Side::Peers, self.number), address(Side::Clients, self.number)];
        certificates.issue_for(&format!("db{}", self.number), &[&addresses[0], &addresses[1]]);
        for (from, to) in [
            (certificates.root(), "authority.crt"),
            (certificates.certificate(), "server.crt"),
            (certificates.key(), "server.key"),
        ] {
            fs::copy(from, self.folder.join("certificates").join(to)).expect("a file");
        }
    }

    fn filled(&self, name: &str) -> String {
        let all = || (1..=3).map(|host| (host, address(Side::Peers, host)));
        let etcd_hosts: Vec<_> = all().map(|(_, address)| format!("'{address}:2379'")).collect();
        let etcd_members: Vec<_> = all().map(|(host, address)| format!("db{host}=https://{address}:2380")).collect();
        let part = |part: &str| text(&self.folder.join(part)).to_owned();
        filled(
            name,
            &[
                ("NAME", &format!("db{}", self.number)),
                ("ADDRESS", &address(Side::Peers, self.number)),
                ("ETCD_HOSTS", &etcd_hosts.join(", ")),
                ("ETCD_MEMBERS", &etcd_members.join(",")),
                ("CERTIFICATES", &part("certificates")),
                ("ETCD_DATA", &part("etcd")),
                ("DATA", &part("data")),
                ("RUN", &part("run")),
                ("PROGRAMS", text(&self.programs)),
                ("SUPERUSER_PASSWORD", PASSWORD),
                ("REPLICATION_PASSWORD", PASSWORD),
                ("REWIND_PASSWORD", PASSWORD),
            ],
        )
    }

    pub(super) fn start_etcd(&mut self) {
        let settings = fs::read_to_string(self.folder.join("etcd.env")).expect("a file");
        let mut command = self.as_server("etcd");
        command.envs(settings.lines().filter_map(|line| line.split_once('=')));
        self.etcd = Some(self.logged(&mut command, "etcd.log"));
    }

    pub(super) fn start_patroni(&mut self) {
        let mut command = self.as_server("patroni");
        command.arg(self.folder.join("patroni.yml"));
        self.patroni = Some(self.logged(&mut command, "patroni.log"));
    }

    fn as_server(&self, program: &str) -> Command {
        // Unlike runuser it becomes the program, whose number is then that of the child.
        let mut command = on(self.number, "setpriv");
        let user = ["--reuid", SERVER_USER, "--regid", SERVER_USER, "--init-groups", "--", program];
        command.args(user).env_clear().current_dir("/").stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("LANG", "C.UTF-8");
        command
    }

    fn logged(&self, command: &mut Command, name: &str) -> Child {
        let log = File::options().create(true).append(true).open(self.folder.join(name)).expect("a file");
        command.stdout(log.try_clone().expect("a file")).stderr(log).spawn().expect("a program")
    }

    /// Patroni, PostgreSQL and whatever they have started.
    pub(super) fn kill(&mut self) {
        let etcd = self.etcd.as_ref().map(Child::id);
        loop {
            let doomed: Vec<_> = processes(self.number).into_iter().filter(|process| Some(*process) != etcd).collect();
            if doomed.is_empty() {
                break;
            }
            signal("KILL", &doomed);
        }
        if let Some(mut patroni) = self.patroni.take() {
            let _ = patroni.wait();
        }
    }

    /// Patroni alone: PostgreSQL goes on as it was.
    pub(super) fn orphan(&mut self) {
        if let Some(mut patroni) = self.patroni.take() {
            patroni.kill().expect("it runs");
            let _ = patroni.wait();
        }
    }

    pub(super) fn freeze(&self, frozen: bool) {
        signal(if frozen { "STOP" } else { "CONT" }, &processes(self.number));
    }

    pub(super) fn psql(&self, database: &str) -> Command {
        let mut command = on(self.number, "psql");
        command.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-h"]);
        command.arg(self.folder.join("run")).env("PGPASSWORD", PASSWORD).env("PGCONNECT_TIMEOUT", "2");
        command
    }

    /// What a statement answers; `None`: this host does not say.
    pub(super) fn ask(&self, database: &str, statement: &str) -> Option<String> {
        let output = self.psql(database).args(["-c", statement]).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// What `patronictl` knows of the members, in JSON.
    pub(super) fn list_members(&self) -> Option<String> {
        let mut command = self.as_server("patronictl");
        command.arg("-c").arg(self.folder.join("patroni.yml")).args(["list", "-f", "json"]);
        let output = command.output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("patroni.log")).unwrap_or_default()
    }
}

/// Some may be gone in between.
fn signal(name: &str, processes: &[u32]) {
    let numbers = processes.iter().map(u32::to_string);
    let sent = Command::new("kill").arg(format!("-{name}")).args(numbers).stderr(Stdio::null()).status();
    sent.expect("kill");
}
