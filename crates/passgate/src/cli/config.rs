//! `passgate config check|show|sample`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Failure, exit};
use crate::config::{Config, Overrides};

/// Check, show or print a configuration file.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say whether a server would start with this file and the present environment.
    Check(File),
    /// Print what is in force: file, then environment. It holds no secrets.
    Show(File),
    /// Print a file with every setting, its meaning and its default.
    Sample,
}

/// Which configuration.
#[derive(Debug, Clone, Args)]
pub(super) struct File {
    /// The configuration file.
    #[arg(long, value_name = "FILE", env = "PASSGATE_CONFIG")]
    pub(super) config: PathBuf,
}

impl File {
    /// Reads it, with the environment laid over it.
    pub(super) fn load(&self) -> Result<Config, Failure> {
        Ok(Config::load(Some(&self.config), &Overrides::from_variables(std::env::vars()))?)
    }
}

impl Command {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Check(file) => {
                let config = file.load()?;
                super::serve::transport(&config)?;
                crate::wiring::breach_list(&config)?;
                crate::trail::stream::check(&config)
                    .map_err(|error| Failure::new(exit::CONFIG, format!("[audit.stream]: {error}")))?;
                println!("{}: good", file.config.display());
            }
            Self::Show(file) => print!("{}", file.load()?.to_toml()),
            Self::Sample => print!("{}", crate::config::sample()),
        }
        Ok(())
    }
}
