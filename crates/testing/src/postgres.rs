//! A throwaway PostgreSQL: its own folder, its own socket, gone with the test program however that ends. The
//! system's clusters are never touched.
//!
//! Needs the server's programs (Debian: `postgresql`; `tests/install.sh` installs it without starting a
//! cluster). `PASSGATE_POSTGRES_BIN` names their folder where they are not where Debian has them.

use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::certificates::Certificates;
use crate::programs::{succeed, text};

/// Whom the server runs as when the test runs as root, whom it refuses.
pub(crate) const SERVER_USER: &str = "postgres";
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server.
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    options: String,
    databases: AtomicU32,
    // Stops the server and removes the folder when its input ends: also when this process is killed.
    keeper: Child,
}

impl Cluster {
    /// The one that all tests of a program share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Another one, for tests that kill it.
    pub fn start() -> Self {
        Self::start_with("")
    }

    /// The same with options of the server, such as `-c synchronous_commit=off`.
    ///
    /// # Panics
    /// When the server's programs are missing or fail, as everything here.
    pub fn start_with(options: &str) -> Self {
        Self::start_in(&std::env::temp_dir(), options)
    }

    /// The same in a folder that its user may enter, such as a volume of its own.
    ///
    /// # Panics
    /// As [`start_with`](Self::start_with).
    pub fn start_in(parent: &Path, options: &str) -> Self {
        Self::start_at(parent, 5432, |_| options.to_owned())
    }

    /// Another one that listens on 127.0.0.1 too, and there speaks TLS with the certificate as it is now.
    ///
    /// # Panics
    /// As [`start_with`](Self::start_with).
    pub fn start_sealed(certificates: &Certificates) -> Self {
        Self::start_on_loopback(|folder| {
            let owned = |from: PathBuf, name: &str| {
                let to = folder.join(name);
                fs::copy(from, &to).expect("a copy");
                if is_root() {
                    succeed(Command::new("chown").arg(format!("{SERVER_USER}:")).arg(&to));
                }
                to.display().to_string()
            };
            let certificate = owned(certificates.certificate(), "server.pem");
            let key = owned(certificates.key(), "server.key");
            format!("-c ssl=on -c ssl_cert_file={certificate} -c ssl_key_file={key}")
        })
    }

    /// The same without TLS.
    ///
    /// # Panics
    /// As [`start_with`](Self::start_with).
    pub fn start_plain() -> Self {
        Self::start_on_loopback(|_| String::new())
    }

    fn start_on_loopback(options: impl FnOnce(&Path) -> String) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("its number").port();
        drop(free);
        let listening = |folder: &Path| format!("-c listen_addresses=127.0.0.1 -c port={port} {}", options(folder));
        Self::start_at(&std::env::temp_dir(), port, listening)
    }

    fn start_at(parent: &Path, port: u16, options: impl FnOnce(&Path) -> String) -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new().prefix("passgate-pg-").tempdir_in(parent).expect("a folder").keep();
        if is_root() {
            succeed(Command::new("chown").arg(format!("{SERVER_USER}:")).arg(&folder));
        }
        let data = folder.join("data");
        succeed(
            as_server(&programs.join("initdb")).args(["-N", "-A", "trust", "-U", "passgate", "-E", "UTF8"]).args([
                "--locale=C",
                "-D",
                text(&data),
            ]),
        );
        let script = "cat >/dev/null; \"$1/pg_ctl\" -D \"$2/data\" -m immediate stop >/dev/null 2>&1; rm -rf \"$2\"";
        let keeper = as_server(Path::new("sh"))
            .args(["-c", script, "keeper", text(&programs), text(&folder)])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let options = format!(
            "-k {} -c listen_addresses= -c max_connections=200 -c shared_buffers=32MB {}",
            text(&folder),
            options(&folder)
        );
        let cluster = Self { programs, folder, port, options, databases: AtomicU32::new(0), keeper };
        cluster.restart();
        cluster
    }

    /// The address of a database of this cluster.
    pub fn url(&self, database: &str) -> String {
        format!("host={} port={} user=passgate dbname={database}", self.folder.display(), self.port)
    }

    /// The folder of the socket, for a way to the server that a test can cut.
    pub fn socket(&self) -> PathBuf {
        self.folder.join(format!(".s.PGSQL.{}", self.port))
    }

    /// Where it listens on 127.0.0.1, if it does.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes an empty database and gives its address.
    pub fn database(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    /// Runs statements as the owner of everything, and gives what they answer.
    ///
    /// # Panics
    /// When the server is not there, or refuses.
    pub fn sql(&self, database: &str, statements: &str) -> String {
        let output = succeed(Command::new(self.programs.join("psql")).args([
            "-XAtq",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            &self.url(database),
            "-c",
            statements,
        ]));
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    }

    /// Kills the server at once, as a crash would.
    ///
    /// # Panics
    /// When the server is not there, or refuses.
    pub fn kill(&self) {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).expect("a running server");
        let pid = file.lines().next().expect("its number");
        succeed(Command::new("kill").args(["-KILL", pid]));
    }

    /// Kills one process that serves a connection; the server then restarts all by itself.
    /// `false`: there was none.
    ///
    /// # Panics
    /// When the server is not there, or refuses.
    pub fn kill_a_backend(&self) -> bool {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default();
        let Some(pid) = file.lines().next() else { return false };
        let children = Command::new("pgrep").args(["-P", pid, "-f", "passgate"]).output().expect("pgrep");
        let children = String::from_utf8(children.stdout).expect("UTF-8");
        let Some(child) = children.lines().last() else { return false };
        Command::new("kill").args(["-KILL", child]).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    /// Whether it takes connections.
    ///
    /// # Panics
    /// When the server's programs are missing.
    pub fn answers(&self) -> bool {
        let mut ask = Command::new(self.programs.join("pg_isready"));
        ask.args(["-q", "-h", text(&self.folder), "-p", &self.port.to_string(), "-U", "passgate"]);
        ask.status().expect("pg_isready").success()
    }

    /// Starts the server, again after it was killed or stopped.
    ///
    /// # Panics
    /// When the server is not there, or refuses.
    pub fn restart(&self) {
        let begun = Instant::now();
        loop {
            // What is left of a killed server goes by itself; until then the next one refuses to start.
            let started = as_server(&self.programs.join("pg_ctl"))
                .args(["-D", text(&self.folder.join("data")), "-l", text(&self.folder.join("log")), "-w", "-o"])
                .args([&self.options, "start"])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .expect("pg_ctl");
            // One that has returned by itself meanwhile is as good.
            if started.success() || self.answers() {
                return;
            }
            let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(begun.elapsed() < PATIENCE, "PostgreSQL does not start:\n{}", log());
            sleep(Duration::from_millis(100));
        }
    }

    /// Stops the server in an orderly way, cutting its connections.
    pub fn stop(&self) {
        let data = self.folder.join("data");
        succeed(as_server(&self.programs.join("pg_ctl")).args(["-D", text(&data), "-m", "fast", "-w", "stop"]));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// The newest server that is installed.
pub(crate) fn programs() -> PathBuf {
    if let Some(folder) = std::env::var_os("PASSGATE_POSTGRES_BIN") {
        return folder.into();
    }
    let versions = match fs::read_dir("/usr/lib/postgresql") {
        Ok(versions) => versions.filter_map(Result::ok).map(|version| version.path().join("bin")).collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => panic!("/usr/lib/postgresql: {error}"),
    };
    let number = |folder: &PathBuf| folder.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    versions
        .into_iter()
        .filter(|folder| folder.join("initdb").exists())
        .max_by_key(number)
        .expect("PostgreSQL is not installed: run tests/install.sh, or set PASSGATE_POSTGRES_BIN")
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id");
    output.stdout.trim_ascii() == b"0"
}

fn as_server(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", SERVER_USER, "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    // The test's folder may be closed to the server's user.
    command.current_dir("/");
    command
}
