//! `passgate breach-list fold|check`: what `policy.breach_list` names.

use std::io::{BufReader, BufWriter, stdin, stdout};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Failure, chain, exit};
use crate::breach_list::{ListFile, fold_lines};

/// Prepare and check a list of breached passwords.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Fold the passwords of standard input, one in each line, as a list needs them; sort what comes out with
    /// `LC_ALL=C sort -u`.
    Fold,
    /// Read a whole list and say whether it is one, and sorted.
    Check(Check),
}

/// Check a list.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The list.
    file: PathBuf,
}

impl Command {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Fold => {
                let folded = fold_lines(BufReader::new(stdin().lock()), BufWriter::new(stdout().lock()))?;
                eprintln!("{} lines folded, {} left out", folded.written, folded.left_out);
            }
            Self::Check(check) => {
                let list =
                    ListFile::open(&check.file, true).map_err(|error| Failure::new(exit::CONFIG, chain(&error)))?;
                println!("{}: good, {} bytes of {}", check.file.display(), list.length(), list.form());
            }
        }
        Ok(())
    }
}
