//! `passgate dev`: everything on this machine, with sample data and requests to paste. Not for real passwords.

mod announcement;
mod credentials;
mod sample_data;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use passgate_gate::digest::hex;
use passgate_gate::rng::{OsRng, Rng as _};

use self::credentials::Credentials;
use super::serve::{listen, serve};
use super::{Failure, exit};
use crate::config::{Config, Overrides};
use crate::serve::stop_signal;
use crate::telemetry::start_server;
use crate::wiring::{Installation, Use};
use crate::{keys, private_file};

/// In a folder that `dev` made: it may be used again, and given fresh credentials.
const MARK: &str = "made-by-passgate-dev";

/// Limits would stop a stress test of one's own; the delay after wrong passwords stays. More hashes than usual may
/// wait, so that fifty parallel sets of a test all hold on a machine with two cores.
const CONFIGURATION: &str = "\
# Made by `passgate dev`. Not for real passwords.
[data]
folder = \".\"

[hashing]
queue = 64

[limits]
per_caller_per_second = 0
burst = 0
failures_per_source = 0

[log]
level = \"warn\"
format = \"text\"
";

/// Try everything: a server on this machine with sample data, and requests to paste.
#[derive(Debug, Args)]
pub(super) struct Dev {
    /// Listen here.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8700")]
    listen: SocketAddr,
    /// Keep everything in this folder, instead of a new one that is removed at the end.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Write address and credentials to this file as JSON, readable by its owner alone, before the first answer.
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,
}

impl Dev {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let folder = self.data.clone().unwrap_or_else(fresh_folder);
        let outcome = self.run_in(&folder).await;
        if self.data.is_none() {
            // Best effort: it is a folder for temporary files.
            let _ = std::fs::remove_dir_all(&folder);
        }
        outcome
    }

    async fn run_in(&self, folder: &Path) -> Result<(), Failure> {
        let known = is_ours(folder)?;
        prepare(folder)?;
        let overrides = Overrides::from_variables(std::env::vars()).with_flag(
            "--listen",
            "server",
            "listen",
            self.listen.to_string(),
        );
        let config = Config::load(Some(&folder.join("passgate.toml")), &overrides)?;
        let traces =
            start_server(&config.log, &config.telemetry).map_err(|reason| Failure::new(exit::CONFIG, reason))?;
        // Before anything is made: a port that is taken leaves no folder with data behind.
        let listener = listen(&config).await?;
        let installation = if known && Installation::exists(&config)? {
            Installation::open(&config, Use::Serve)?
        } else {
            Installation::create(&config)?
        };
        let samples = sample_data::make(&installation.gate).await?;
        let scheme = if config.server.tls.named() { "https" } else { "http" };
        let credentials = Credentials::of(scheme, listener.local_addr()?, &samples);
        // Before anybody can know that it is there to be stopped.
        let stop = stop_signal()?;
        if let Some(file) = &self.credentials {
            credentials.write(file)?;
        }
        let told = announcement::of(&credentials, &samples, folder, self.data.is_some());
        // Not by `print!`, which ends the program: the folder would stay.
        std::io::stdout().write_all(told.as_bytes())?;
        let outcome = serve(&config, installation, listener, stop).await;
        tokio::task::spawn_blocking(|| traces.finish()).await.map_err(std::io::Error::other)?;
        outcome
    }
}

fn fresh_folder() -> PathBuf {
    let mut bytes = [0; 8];
    OsRng.fill(&mut bytes);
    std::env::temp_dir().join(format!("passgate-dev-{}", hex(&bytes)))
}

/// Whether `dev` made this folder before. One that holds anything else is refused: its passwords may be real.
fn is_ours(folder: &Path) -> Result<bool, Failure> {
    if !folder.exists() || std::fs::read_dir(folder)?.next().is_none() {
        return Ok(false);
    }
    if folder.join(MARK).exists() {
        return Ok(true);
    }
    let text = format!(
        "{} was not made by `passgate dev`, which would give its users new passwords; name another folder",
        folder.display()
    );
    Err(Failure::new(exit::CONFIG, text))
}

fn prepare(folder: &Path) -> Result<(), Failure> {
    private_file::make_folder(folder)?;
    if std::fs::read_dir(folder)?.next().is_none() {
        // Whoever named an empty folder gave it to us; what will stand in it is for its owner alone.
        private_file::close_to_others(folder)?;
    }
    if let Some(what) = private_file::exposure(folder)? {
        let text = format!("{0} {what}; it is for your own account alone: `chmod 700 {0}`", folder.display());
        return Err(Failure::new(exit::CONFIG, text));
    }
    private_file::write(&folder.join(MARK), b"Sample data; new credentials at each start.\n")?;
    private_file::write(&folder.join("passgate.toml"), CONFIGURATION.as_bytes())?;
    Ok(keys::create(folder, &OsRng)?)
}
