//! Settings from outside the file: `PASSGATE_<SECTION>_<KEY>` variables and flags.

use toml::Value;

use super::{Config, ConfigError, described_sections};
use serde::Deserialize;

/// One value for one setting, and where it came from.
#[derive(Debug, Clone)]
struct Override {
    origin: String,
    section: &'static str,
    key: &'static str,
    text: String,
}

/// Values that are laid over the file, later ones over earlier ones.
#[derive(Debug, Clone, Default)]
pub struct Overrides(Vec<Override>);

impl Overrides {
    /// Nothing to lay over the file.
    pub fn none() -> Self {
        Self::default()
    }

    /// Every variable that names a setting, such as `PASSGATE_SERVER_LISTEN`. Others are left alone: an
    /// orchestrator adds variables of its own with the same beginning (`PASSGATE_SERVICE_HOST`).
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let sections = described_sections();
        let named = |name: &str| {
            sections.iter().find_map(|section| {
                section.settings.iter().find_map(|setting| {
                    (variable(section.name, setting.key) == name).then_some((section.name, setting.key))
                })
            })
        };
        Self(
            variables
                .into_iter()
                .filter_map(|(name, text)| {
                    let (section, key) = named(&name)?;
                    Some(Override { origin: name, section, key, text })
                })
                .collect(),
        )
    }

    /// Adds the value of a flag. An unknown section or key is ours to find in the tests, so it is no error.
    #[must_use]
    pub fn with_flag(mut self, flag: &str, section: &'static str, key: &'static str, text: String) -> Self {
        self.0.push(Override { origin: flag.to_owned(), section, key, text });
        self
    }

    pub(super) fn lay_over(&self, table: &mut toml::Table) -> Result<(), ConfigError> {
        for one in &self.0 {
            let value = one.value();
            one.try_alone(&value)?;
            insert(table, one.section, one.key, value);
        }
        Ok(())
    }
}

impl Override {
    /// The text in the kind of the setting's default. What does not parse stays text; the reader then says
    /// what it wants instead.
    fn value(&self) -> Value {
        let text = self.text.trim();
        let as_text = || Value::String(text.to_owned());
        let default = described_sections()
            .into_iter()
            .filter(|section| section.name == self.section)
            .flat_map(|section| section.settings)
            .find(|setting| setting.key == self.key)
            .map(|setting| setting.value);
        match default {
            Some(Value::Integer(_)) => text.parse().map_or_else(|_| as_text(), Value::Integer),
            Some(Value::Boolean(_)) => text.parse().map_or_else(|_| as_text(), Value::Boolean),
            Some(Value::Array(_)) => Value::Array(
                text.split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty())
                    .map(|item| Value::String(item.to_owned()))
                    .collect(),
            ),
            _ => as_text(),
        }
    }

    /// Reads the value by itself, so that the error names the variable and not the file.
    fn try_alone(&self, value: &Value) -> Result<(), ConfigError> {
        let mut table = toml::Table::new();
        insert(&mut table, self.section, self.key, value.clone());
        Config::deserialize(table).map(drop).map_err(|error| {
            ConfigError::Override(format!("{} ({}.{}): {}", self.origin, self.section, self.key, error.message()))
        })
    }
}

/// Puts a value into its section, which may stand within another: `audit.stream`.
fn insert(table: &mut toml::Table, section: &str, key: &str, value: Value) {
    let mut inner = table;
    for name in section.split('.') {
        let entry = inner.entry(name).or_insert_with(|| Value::Table(toml::Table::new()));
        // The file was read before, so a section is a table.
        let Value::Table(next) = entry else { return };
        inner = next;
    }
    inner.insert(key.to_owned(), value);
}

/// The variable of a setting.
pub(super) fn variable(section: &str, key: &str) -> String {
    format!("PASSGATE_{section}_{key}").replace('.', "_").to_ascii_uppercase()
}
