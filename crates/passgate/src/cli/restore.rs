//! `passgate restore`: a new data folder from a backup (R120). It overwrites nothing.

use std::path::{Path, PathBuf};

use clap::Args;

use super::backup::{copy, refuse_other_engines};
use super::init::{already, make_folder, write_configuration};
use super::{Failure, exit};
use crate::config::{Config, Overrides};
use crate::trail::signing::Trusted;
use crate::trail::verify;
use crate::wiring::{Installation, Use};
use crate::{keys, private_file};

/// Make a data folder from a backup and the keys that were kept beside it, and verify it.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// A file that `passgate backup` made.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The folder to make. It may hold passgate.toml and keys/ already, but no database.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,
    /// Copy the keys from this folder: the copy of keys/ that was kept elsewhere.
    #[arg(long, value_name = "FOLDER")]
    keys: Option<PathBuf>,
}

impl Restore {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let file = self.data.join("passgate.toml");
        make_folder(&self.data)?;
        write_configuration(&file, None)?;
        let config = Config::load(Some(&file), &Overrides::none())?;
        refuse_other_engines(&config)?;
        let database = config.database();
        if database.exists() {
            return Err(already(&self.data));
        }
        refuse_remains(&database)?;
        if let Some(from) = &self.keys {
            copy_keys(from, &keys::folder(&self.data))?;
        }
        // Looked at first: with keys that others can read, or none, there is nothing to start.
        keys::load(&self.data).map_err(|error| {
            let text = format!("{}\nname the copy of the keys with --keys FOLDER", super::chain(&error));
            Failure::new(exit::CONFIG, text)
        })?;
        place(self.from, &database).await?;

        let installation = Installation::open(&config, Use::Serve)?;
        let trusted = Trusted::of(&installation.keys.checkpoints);
        let verdicts =
            verify::all(installation.store.as_ref(), &trusted, &[]).await.map_err(passgate_gate::Error::from)?;
        if let Some(tampered) = verdicts.iter().find_map(|verdict| verdict.outcome.as_ref().err()) {
            let text = format!(
                "{} is restored, but its audit trail does not verify\n{tampered}\n\
                 if these keys are another installation's, serve nobody from it: restore into a new folder with the \
                 right ones",
                database.display()
            );
            return Err(Failure::new(exit::TAMPERED, text));
        }
        println!("restored {}: whole, {} audit chains verify", database.display(), verdicts.len());
        println!("\nstart the server:\n  passgate serve --config {}", file.display());
        Ok(())
    }
}

/// SQLite would take what another database left beside its file for a part of this one.
fn refuse_remains(database: &Path) -> Result<(), Failure> {
    let holds_something = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|about| about.len() > 0);
    match ["-wal", "-journal"].map(|ending| with(database, ending)).into_iter().find(holds_something) {
        None => Ok(()),
        Some(left) => {
            let text = format!("{} belongs to another database: move it away, or name a new folder", left.display());
            Err(Failure::new(exit::CONFIG, text))
        }
    }
}

fn with(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Whole or not at all: under another name until it is examined.
async fn place(from: PathBuf, database: &Path) -> Result<(), Failure> {
    let beside = database.with_extension("restoring");
    // Left over from a run that was cut off.
    for ending in ["", "-journal"] {
        let _ = std::fs::remove_file(with(&beside, ending));
    }
    copy(from, beside.clone()).await?;
    std::fs::rename(&beside, database)?;
    if let Some(folder) = database.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Keys that are there already stay, and are refused where the copy has another of that name.
fn copy_keys(from: &Path, to: &Path) -> Result<(), Failure> {
    private_file::make_folder(to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_name().filter(|_| path.extension().is_some_and(|kind| kind == "key")) else {
            continue;
        };
        let key = zeroize::Zeroizing::new(std::fs::read(&path)?);
        let here = to.join(name);
        if !here.exists() {
            private_file::write(&here, &key)?;
        } else if *key != std::fs::read(&here)? {
            let text = format!("{} is another key than {}", here.display(), path.display());
            return Err(Failure::new(exit::REFUSED, text));
        }
    }
    Ok(())
}
