//! What every administrative command needs: the installation, who asks, and a way to answer.

use std::path::{Path, PathBuf};

use clap::Args;
use passgate_gate::audit::{Door, Operation};
use passgate_gate::caller::{Caller, Origin, Proof};
use passgate_gate::ids::RequestId;
use passgate_gate::policy::Profile;
use passgate_gate::rng::OsRng;
use passgate_gate::secret::Token;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Failure, exit, secrets};
use crate::config::{Config, Overrides, sections::Log};
use crate::wiring::{Installation, Use, profile};

/// Where the installation is, and who asks.
#[derive(Debug, Clone, Args)]
pub(super) struct Access {
    /// The configuration file.
    #[arg(long, global = true, value_name = "FILE", env = "PASSGATE_CONFIG")]
    config: Option<PathBuf>,
    /// The data folder, instead of --config: its passgate.toml, or the defaults if it has none.
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Act as the owner of the API key in this file (or in `PASSGATE_API_KEY`), with that user's rights only.
    /// Without a key the command acts as the operator of this machine, who may do everything.
    #[arg(long, global = true, value_name = "FILE")]
    api_key_file: Option<PathBuf>,
    /// Answer in JSON.
    #[arg(long, global = true)]
    pub(super) json: bool,
}

impl Access {
    /// Opens the installation.
    pub(super) fn desk(&self) -> Result<Desk, Failure> {
        let config = configuration(self.config.as_deref(), self.data.as_deref())?;
        let own = Log { level: "warn".to_owned(), ..config.log.clone() };
        crate::telemetry::start(&own).map_err(|reason| Failure::new(exit::CONFIG, reason))?;
        let key = secrets::api_key(self.api_key_file.as_deref())?;
        let installation = Installation::open(&config, Use::Command)?;
        Ok(Desk { installation, config, key, json: self.json })
    }
}

/// Where the installation is, for commands that do without a desk.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The configuration file.
    #[arg(long, value_name = "FILE", env = "PASSGATE_CONFIG")]
    pub(super) config: Option<PathBuf>,
    /// The data folder, instead of --config: its passgate.toml, or the defaults if it has none.
    #[arg(long, value_name = "FOLDER")]
    pub(super) data: Option<PathBuf>,
}

impl Place {
    /// Its configuration.
    pub(super) fn configuration(&self) -> Result<Config, Failure> {
        configuration(self.config.as_deref(), self.data.as_deref())
    }
}

/// The configuration of the installation that a file or its data folder names.
fn configuration(file: Option<&Path>, folder: Option<&Path>) -> Result<Config, Failure> {
    let environment = Overrides::from_variables(std::env::vars());
    let Some(folder) = folder else {
        let Some(file) = file else {
            let text = "say where the installation is: --config FILE, --data FOLDER, or PASSGATE_CONFIG";
            return Err(Failure::new(exit::USAGE, text));
        };
        return Ok(Config::load(Some(file), &environment)?);
    };
    let file = folder.join("passgate.toml");
    if file.exists() {
        return Ok(Config::load(Some(&file), &environment)?);
    }
    let here = environment.with_flag("--data", "data", "folder", folder.to_string_lossy().into_owned());
    Ok(Config::load(None, &here)?)
}

/// An opened installation with somebody in front of it.
pub(super) struct Desk {
    pub(super) installation: Installation,
    pub(super) config: Config,
    key: Option<Zeroizing<String>>,
    json: bool,
}

impl Desk {
    /// Who asks: the owner of the API key if one was given, else the operator of this machine.
    pub(super) async fn caller(&self, operation: Operation) -> Result<Caller, Failure> {
        let origin = origin(operation);
        let gate = &self.installation.gate;
        match &self.key {
            Some(key) => Ok(gate.identify(origin, Proof::ApiKey(Token::sent(key.clone()))).await?),
            None => Ok(gate.operator(origin, operator_name())),
        }
    }

    /// What a new password must be here (R14).
    pub(super) fn profile(&self) -> Profile {
        profile(self.config.policy.command_line, Profile::Pattern)
    }

    /// For what only the operator may see: the audit trail of all tenants.
    pub(super) fn refuse_key(&self) -> Result<(), Failure> {
        match self.key {
            None => Ok(()),
            Some(_) => {
                Err(Failure::new(exit::DENIED, "this is for the operator of this machine: leave the API key out"))
            }
        }
    }

    /// Says what was done.
    pub(super) fn say(&self, text: &str, json: &Value) {
        if self.json {
            println!("{json}");
        } else {
            println!("{}", text.trim_end());
        }
    }
}

/// One attempt from the command line.
pub(crate) fn origin(operation: Operation) -> Origin {
    Origin { door: Door::Cli, operation, source: None, request: RequestId::random(&OsRng) }
}

/// By the number that the system vouches for; names in the environment are anybody's word.
pub(crate) fn operator_name() -> String {
    format!("uid-{}", rustix::process::getuid().as_raw())
}

/// The path as the configuration would name it: from the data folder on, if it lies there.
pub(super) fn seen_from(folder: &Path, file: &Path) -> PathBuf {
    let (folder, file) = (plain(folder), plain(file));
    file.strip_prefix(&folder).map_or(file.clone(), Path::to_owned)
}

/// A path without detours, if it leads anywhere.
pub(super) fn plain(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
