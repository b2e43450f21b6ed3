//! `passgate audit export`: records on standard output, one a line, while the server runs.

use std::io::{self, BufWriter, Write};

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use passgate_gate::audit::{Chain, Operation};
use passgate_gate::store::Store as _;
use passgate_store::{Checkpoint, Trail};

use crate::cli::desk::Desk;
use crate::cli::names::{self, TenantName};
use crate::cli::{Failure, exit};
use crate::trail::pages::{self, Place};
use crate::trail::{cef, json_lines};

const PAGE: u32 = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// JSON Lines, with checkpoints: verifies with `audit verify --file`.
    Jsonl,
    /// Common Event Format.
    Cef,
}

/// Write records to standard output, one a line.
#[derive(Debug, Args)]
pub(in crate::cli) struct Export {
    /// How a line looks.
    #[arg(long, default_value = "jsonl")]
    format: Format,
    /// The tenant's number or company id; without one all tenants and the system itself.
    #[arg(long, value_parser = names::tenant)]
    tenant: Option<TenantName>,
    /// Begin with the first record that is not older, such as 2026-01-31T00:00:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// End before the first record of this time or later.
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// Begin after the record with this sequence, of a tenant or with --system.
    #[arg(long, value_name = "SEQUENCE", default_value_t = 0)]
    after: i64,
    /// The system's own records alone.
    #[arg(long, conflicts_with = "tenant")]
    system: bool,
}

impl Export {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        if self.after > 0 && self.tenant.is_none() && !self.system {
            let text = "a sequence is one of a tenant: --after goes with --tenant or --system";
            return Err(Failure::new(exit::USAGE, text));
        }
        let store = desk.installation.store.as_ref();
        let chains = match &self.tenant {
            Some(named) => {
                let caller = desk.caller(Operation::ReadUser).await?;
                vec![Chain(Some(named.find(&desk.installation.gate, &caller).await?.id))]
            }
            None if self.system => vec![Chain(None)],
            None => store.chains().await.map_err(passgate_gate::Error::from)?,
        };
        let mut out = BufWriter::new(io::stdout().lock());
        for chain in chains {
            match self.chain(store, chain, &mut out).await {
                Err(Stopped::Reader) => return Ok(()),
                Err(Stopped::Failed(failure)) => return Err(failure),
                Ok(()) => {}
            }
        }
        match out.flush() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }

    async fn chain(&self, store: &dyn Trail, chain: Chain, out: &mut impl Write) -> Result<(), Stopped> {
        let Some(mut place) = Place::after(store, chain, self.after).await? else { return Ok(()) };
        let mut checkpoints = Vec::new().into_iter().peekable();
        if self.format == Format::Jsonl {
            if place.sequence > self.after
                && let Some(anchor) = store.anchor_checkpoint(chain).await?
            {
                writeln!(out, "{}", json_lines::anchor(&anchor))?;
            }
            checkpoints = pages::checkpoints(store, chain).await?.into_iter().peekable();
        }
        let since = self.since.map_or(i64::MIN, Timestamp::as_microsecond);
        let until = self.until.map_or(i64::MAX, Timestamp::as_microsecond);
        let mut begun = false;
        loop {
            let page = place.next(store, PAGE).await?;
            if page.is_empty() {
                return Ok(());
            }
            for (event, previous) in page {
                begun |= event.time >= since;
                if !begun {
                    continue;
                }
                if event.time >= until {
                    return Ok(());
                }
                match self.format {
                    Format::Jsonl => writeln!(out, "{}", json_lines::event(&event, &previous))?,
                    Format::Cef => writeln!(out, "{}", cef::event(&event))?,
                }
                let sequence = event.id.sequence;
                while let Some(signed) = checkpoints.next_if(|signed: &Checkpoint| signed.id.sequence <= sequence) {
                    if signed.id.sequence == sequence {
                        writeln!(out, "{}", json_lines::checkpoint(&signed))?;
                    }
                }
            }
        }
    }
}

/// Why no more is written.
enum Stopped {
    /// Whoever read has enough.
    Reader,
    Failed(Failure),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Reader } else { Self::Failed(error.into()) }
    }
}

impl From<passgate_gate::store::StoreError> for Stopped {
    fn from(error: passgate_gate::store::StoreError) -> Self {
        Self::Failed(passgate_gate::Error::from(error).into())
    }
}
