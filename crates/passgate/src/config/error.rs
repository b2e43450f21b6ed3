//! Why a configuration is refused, said so that the operator knows the file, the key and what to change.

use std::fmt;
use std::path::PathBuf;

/// One setting that is refused, alone or together with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `section.key`.
    pub key: &'static str,
    /// What is wrong, and what to change.
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.text)
    }
}

/// Why there is no configuration to start with.
#[derive(Debug)]
pub enum ConfigError {
    /// The file cannot be read.
    Unreadable {
        /// Its path.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No TOML, an unknown key, or a value of the wrong kind; the message shows the line.
    Malformed {
        /// Its path.
        file: PathBuf,
        /// Line, column and reason.
        message: String,
    },
    /// A variable or flag holds no value of its setting's kind.
    Override(String),
    /// Readable, yet not safe or out of range.
    Refused {
        /// The file, if there was one.
        file: Option<PathBuf>,
        /// All of it.
        faults: Vec<Fault>,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { file, source } => {
                write!(
                    f,
                    "cannot read {}: {source}\n`passgate config sample` prints a file to start with",
                    file.display()
                )
            }
            Self::Malformed { file, message } => {
                write!(f, "{}: {}", file.display(), message.trim_end())
            }
            Self::Override(message) => f.write_str(message.trim_end()),
            Self::Refused { file, faults } => {
                match file {
                    Some(file) => write!(f, "{}: refused", file.display())?,
                    None => f.write_str("the configuration is refused")?,
                }
                faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
            }
        }
    }
}

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable { source, .. } => Some(source),
            Self::Malformed { .. } | Self::Override(_) | Self::Refused { .. } => None,
        }
    }
}
