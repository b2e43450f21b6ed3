//! Secrets on their way in: from a prompt, standard input, a file or the environment, never an argument,
//! which every user of the machine could read (R116).

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;

use clap::Args;
use passgate_gate::Gate;
use passgate_gate::password::{MAX_BYTES, Password};
use passgate_gate::policy::LONG_LENGTH;
use passgate_gate::rng::OsRng;
use zeroize::Zeroizing;

use super::{Failure, exit};

/// Where a new password comes from.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Source {
    /// Make up a password and show it once. Else it is asked for, or read from standard input.
    #[arg(long)]
    pub(super) generate: bool,
}

/// A new password, and whether it has to be shown because nobody has seen it yet.
pub(super) struct Chosen {
    pub(super) password: Password,
    pub(super) shown: Option<Zeroizing<String>>,
}

impl Source {
    pub(super) fn choose(self, gate: &Gate) -> Result<Chosen, Failure> {
        if self.generate {
            let password = gate
                .policy()
                .generate(&OsRng, LONG_LENGTH)
                .map_err(|error| Failure::new(exit::FAILED, error.to_string()))?;
            let shown = Some(Zeroizing::new(password.expose().to_owned()));
            return Ok(Chosen { password, shown });
        }
        Ok(Chosen { password: Password::new(read_password()?), shown: None })
    }
}

fn read_password() -> Result<Zeroizing<String>, Failure> {
    if !std::io::stdin().is_terminal() {
        return read_line(std::io::stdin().lock(), "standard input");
    }
    let first = Zeroizing::new(rpassword::prompt_password("New password: ")?);
    let second = Zeroizing::new(rpassword::prompt_password("The same again: ")?);
    if first == second {
        Ok(first)
    } else {
        Err(Failure::new(exit::USAGE, "the two are not the same; nothing was done"))
    }
}

/// The API key to act with, if one is given: the file wins over `PASSGATE_API_KEY`.
pub(super) fn api_key(file: Option<&Path>) -> Result<Option<Zeroizing<String>>, Failure> {
    let Some(path) = file else {
        return Ok(std::env::var("PASSGATE_API_KEY").ok().filter(|key| !key.is_empty()).map(Zeroizing::new));
    };
    let name = path.display().to_string();
    let file = std::fs::File::open(path).map_err(|error| Failure::new(exit::USAGE, format!("{name}: {error}")))?;
    read_line(file, &name).map(Some)
}

/// The first line, without its end. Read into memory that is reserved in full, so that no copy is left behind.
fn read_line(source: impl std::io::Read, name: &str) -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4 * MAX_BYTES));
    source.take(4 * MAX_BYTES as u64).read_to_end(&mut bytes)?;
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let line = bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end]);
    let text = std::str::from_utf8(line)
        .map_err(|_| Failure::new(exit::USAGE, format!("{name}: the first line is not UTF-8")))?;
    if text.is_empty() {
        return Err(Failure::new(exit::USAGE, format!("{name}: the first line is empty; nothing was done")));
    }
    Ok(Zeroizing::new(text.to_owned()))
}
