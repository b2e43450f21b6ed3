//! The configuration: one TOML file, then `PASSGATE_*` variables, then flags; each overrides the one before.
//!
//! Sections and defaults stand in [`sections`], refused combinations in `validate`. No secret is ever
//! part of it: keys live in files of their own (`crate::keys`).

mod environment;
mod error;
mod hidden;
mod sample;
pub mod sections;
pub(crate) mod settings;
mod store_url;
mod validate;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use environment::Overrides;
pub use error::{ConfigError, Fault};
pub(crate) use hidden::hidden;
pub use sample::sample;
pub use settings::{Section, Setting};
pub use store_url::StoreUrl;

use sections::{
    ApiKeys, Audit, AuditStream, Data, Hashing, Limits, Log, Passwords, Policy, Server, ServerTls, Sessions, Store,
    Telemetry, Throttle,
};

/// The whole configuration, one field per section.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `[server]` and `[server.tls]`
    pub server: Server,
    /// `[data]`
    pub data: Data,
    /// `[store]`
    pub store: Store,
    /// `[hashing]`
    pub hashing: Hashing,
    /// `[policy]`
    pub policy: Policy,
    /// `[passwords]`
    pub passwords: Passwords,
    /// `[sessions]`
    pub sessions: Sessions,
    /// `[api_keys]`
    pub api_keys: ApiKeys,
    /// `[throttle]`
    pub throttle: Throttle,
    /// `[limits]`
    pub limits: Limits,
    /// `[audit]` and `[audit.stream]`
    pub audit: Audit,
    /// `[telemetry]`
    pub telemetry: Telemetry,
    /// `[log]`
    pub log: Log,
}

/// A section as the sample and the environment see it.
pub(crate) struct Described {
    pub(crate) name: &'static str,
    pub(crate) docs: &'static [&'static str],
    pub(crate) settings: Vec<Setting>,
}

fn described<S: Section>() -> Described {
    Described { name: S::NAME, docs: S::DOCS, settings: S::settings() }
}

/// All sections in the order of the file.
pub(crate) fn described_sections() -> Vec<Described> {
    vec![
        described::<Server>(),
        described::<ServerTls>(),
        described::<Data>(),
        described::<Store>(),
        described::<Hashing>(),
        described::<Policy>(),
        described::<Passwords>(),
        described::<Sessions>(),
        described::<ApiKeys>(),
        described::<Throttle>(),
        described::<Limits>(),
        described::<Audit>(),
        described::<AuditStream>(),
        described::<Telemetry>(),
        described::<Log>(),
    ]
}

impl Config {
    /// Reads the file, lays the overrides over it and refuses what is not safe. Without a file the defaults
    /// are the ground.
    pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Self, ConfigError> {
        let mut table = match file {
            Some(path) => read(path)?,
            None => toml::Table::new(),
        };
        overrides.lay_over(&mut table)?;
        let mut config = Self::deserialize(table).map_err(|error| ConfigError::Override(error.to_string()))?;
        if let Some(folder) = file.and_then(Path::parent) {
            // By its components, so that nobody is told of `folder/./passgate.db`.
            config.data.folder = folder.join(&config.data.folder).components().collect();
            let tls = &mut config.server.tls;
            for path in [&mut tls.certificate, &mut tls.key] {
                if !path.as_os_str().is_empty() {
                    *path = folder.join(&*path);
                }
            }
        }
        config.validate().map_err(|faults| ConfigError::Refused { file: file.map(Path::to_owned), faults })?;
        Ok(config)
    }

    /// Every refusal at once, so that one start is enough to mend a file.
    pub fn validate(&self) -> Result<(), Vec<Fault>> {
        let faults = validate::faults(self);
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// The database file of the embedded store.
    pub fn database(&self) -> PathBuf {
        self.data.folder.join(&self.store.path)
    }

    /// The local list of breached passwords, if one is named.
    pub fn breach_list(&self) -> Option<PathBuf> {
        let named = &self.policy.breach_list;
        (!named.as_os_str().is_empty()).then(|| self.data.folder.join(named))
    }

    /// As a file that would give this configuration.
    pub fn to_toml(&self) -> String {
        // Every section is made of TOML values, as the tests of the sample show.
        toml::to_string(self).unwrap_or_default()
    }
}

/// The file alone must already be right: errors then point at its lines.
fn read(path: &Path) -> Result<toml::Table, ConfigError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { file: path.to_owned(), source })?;
    // It shows the line, which may be that of `store.url`.
    let malformed =
        |error: toml::de::Error| ConfigError::Malformed { file: path.to_owned(), message: hidden(&error.to_string()) };
    toml::from_str::<Config>(&text).map_err(malformed)?;
    toml::from_str(&text).map_err(malformed)
}
