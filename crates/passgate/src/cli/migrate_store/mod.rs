//! `passgate migrate-store`: moves an installation from SQLite to PostgreSQL (R117).
//!
//! The store does it (`passgate_store::moving`); here stand the order of steps, the signatures of the audit
//! trail on both sides, and what is said. Cut off at any point, the same command goes on where it stopped.

mod abandon;
mod progress;
mod refusal;
mod told;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use passgate_gate::rng::OsRng;
use passgate_store::moving::{Begun, Move, MoveId, Source, Target};
use passgate_store::{Checkpoint, Trail};
use zeroize::Zeroizing;

use self::progress::Progress;
use self::refusal::Refusal;
use super::desk::{Place, plain};
use super::{Failure, exit};
use crate::config::Config;
use crate::config::sections::{Engine, Log};
use crate::trail::signing::Trusted;
use crate::trail::{checkpoints, verify};
use crate::wiring::{address_in, postgres_options};
use crate::{keys, watching::Metrics};

/// The address, where no file is named.
const VARIABLE: &str = "PASSGATE_TO_URL";

/// Move the installation from SQLite to PostgreSQL. Stop the servers first; run it again if it was cut off.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct MigrateStore {
    /// A file of mode 0600 with the address of an empty database: `postgres://user:password@host/database`.
    /// Without it the variable `PASSGATE_TO_URL` is read.
    #[arg(long, value_name = "FILE")]
    to_url_file: Option<PathBuf>,
    /// Rows that are copied in one transaction.
    #[arg(long, value_name = "ROWS", default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    batch_rows: u32,
    /// Look whether it can be done, count the rows, and change nothing. May run beside the servers.
    #[arg(long, conflicts_with = "abandon")]
    dry_run: bool,
    /// Give the move up, also one that was finished: the SQLite store may be served from again. What happened
    /// in PostgreSQL since is not in it.
    #[arg(long)]
    abandon: bool,
    /// With --abandon: the PostgreSQL database is lost for good, and nothing is asked of it.
    #[arg(long, requires = "abandon")]
    target_lost: bool,
    #[command(flatten)]
    place: Place,
    /// Answer in JSON.
    #[arg(long)]
    pub(super) json: bool,
}

impl MigrateStore {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let config = self.place.configuration()?;
        let own = Log { level: "warn".to_owned(), ..config.log.clone() };
        crate::telemetry::start(&own).map_err(|reason| Failure::new(exit::CONFIG, reason))?;
        let refusal = Refusal { file: plain(&config.database()), data: plain(&config.data.folder) };
        if config.store.engine == Engine::Postgres && !refusal.file.exists() {
            return Err(settled());
        }
        let source = self.source(&config).map_err(|error| refusal.of(&error))?;
        refuse_settled(&config, &source, &refusal)?;
        if self.abandon {
            return self.give_up(&config, &source, &refusal).await;
        }
        let house = House::of(&config)?;
        let url = self.address()?;
        let chains = house.verify(source.trail(), "the store").await?;
        let counts = source.counts().map_err(|error| refusal.of(&error))?;
        let mut target = self.target(&config, &url).await.map_err(|error| refusal.of(&error))?;
        if self.dry_run {
            let checked = Move::check(&source, &mut target, MoveId::random(&OsRng)).await;
            checked.map_err(|error| refusal.of(&error))?;
            if source.mark().map_err(|error| refusal.of(&error))?.is_some_and(|mark| mark.finished) {
                told::done_before(&refusal.file, target.name(), self.json);
                return Ok(());
            }
            told::dry(&counts, chains, &target, self.json);
            return Ok(());
        }
        let to = target.name().to_owned();
        let begun = Move::begin(source, target, MoveId::random(&OsRng)).await;
        let mut moving = match begun.map_err(|error| refusal.of(&error))? {
            Begun::Move(moving) => moving,
            Begun::Done => {
                told::done_before(&refusal.file, &to, self.json);
                return Ok(());
            }
        };
        if !self.json {
            println!(
                "{}: {} rows in {} tables, {chains} audit chains verify",
                refusal.file.display(),
                told::total(&counts),
                counts.len()
            );
            println!("moving it to {to}");
        }
        let mut copying = Progress::new("copied", &counts, self.json);
        let copied = moving.copy(self.batch_rows, |step| copying.at(step)).await.map_err(|error| refusal.of(&error))?;
        copying.end();
        let mut comparing = Progress::new("compared", &counts, self.json);
        let compared = moving.compare(|step| comparing.at(step)).await;
        let (rows, digest) = compared.map_err(|error| refusal.of(&error))?;
        comparing.end();
        let chains = house.verify(&moving.trail(), "the copy").await?;
        moving.finish().await.map_err(|error| refusal.of(&error))?;
        told::moved(
            &told::Moved {
                config: &config,
                url_file: self.to_url_file.as_deref(),
                to: &to,
                copied,
                rows: &rows,
                digest,
                chains,
            },
            self.json,
        );
        Ok(())
    }

    fn source(&self, config: &Config) -> Result<Source, passgate_store::moving::MoveError> {
        let path = config.database();
        // Examining the whole file takes its time.
        tokio::task::block_in_place(|| if self.dry_run { Source::look(&path) } else { Source::hold(&path) })
    }

    async fn target(&self, config: &Config, url: &str) -> Result<Target, passgate_store::moving::MoveError> {
        Target::connect(url, &postgres_options(config, &Arc::new(Metrics::new("postgres")))).await
    }

    /// Where to: out of a private file, or the environment; never an argument (R116).
    fn address(&self) -> Result<Zeroizing<String>, Failure> {
        if let Some(file) = &self.to_url_file {
            return address_in(file, "--to-url-file");
        }
        let given = std::env::var(VARIABLE).ok().map(Zeroizing::new).filter(|url| !url.trim().is_empty());
        given.ok_or_else(|| {
            let text = format!("say where to: --to-url-file FILE, or {VARIABLE} in the environment");
            Failure::new(exit::USAGE, text)
        })
    }
}

/// A configuration that names PostgreSQL already has nothing to move, but perhaps a move to finish.
fn refuse_settled(config: &Config, source: &Source, refusal: &Refusal) -> Result<(), Failure> {
    let marked = source.mark().map_err(|error| refusal.of(&error))?;
    if config.store.engine == Engine::Sqlite || marked.is_some() {
        return Ok(());
    }
    Err(settled())
}

fn settled() -> Failure {
    let text = "the configuration names PostgreSQL already; to move a SQLite store, take engine and url_file out of \
                [store] first";
    Failure::new(exit::CONFIG, text)
}

/// Whose signatures the audit trail bears, and what was kept of them elsewhere.
struct House {
    trusted: Trusted,
    elsewhere: Vec<Checkpoint>,
}

impl House {
    fn of(config: &Config) -> Result<Self, Failure> {
        let keys = keys::load(&config.data.folder)?;
        let copy = checkpoints::file(config).filter(|copy| copy.exists());
        let elsewhere = copy.as_deref().map(checkpoints::read).transpose()?.unwrap_or_default();
        Ok(Self { trusted: Trusted::of(&keys.checkpoints), elsewhere })
    }

    /// Verifies every chain as `audit verify` does; tells how many there are.
    async fn verify(&self, store: &dyn Trail, which: &str) -> Result<usize, Failure> {
        let verdicts = verify::all(store, &self.trusted, &self.elsewhere).await.map_err(passgate_gate::Error::from)?;
        let chains = verdicts.len();
        match verdicts.into_iter().find_map(|verdict| Some((verdict.chain, verdict.outcome.err()?))) {
            None => Ok(chains),
            Some((chain, tampered)) => {
                let text = format!(
                    "the audit trail of {which} does not verify, and is not moved\n{}: {tampered}\n\
                     `passgate audit verify` names each place; a backup has the records",
                    super::audit::name(chain)
                );
                Err(Failure::new(exit::TAMPERED, text))
            }
        }
    }
}
