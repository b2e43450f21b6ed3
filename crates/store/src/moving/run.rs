//! One move from its beginning to its end, or to where it is given up.

use passgate_gate::digest::Digest;

use super::canonical::{self, Rows};
use super::errors::{Differs, MoveError};
use super::plan::TABLES;
use super::{Mark, MoveId, Present, Source, Target};
use crate::trail::Trail;

/// Rows read between two signs of life while both sides are compared.
const EVERY: u32 = 10_000;

/// What a move does at the moment, for whoever watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Rows of this table are copied; so many of it are there.
    Copying(&'static str, u64),
    /// This table is read back from both sides; so many rows of it were.
    Comparing(&'static str, u64),
}

/// How a move begins.
pub enum Begun {
    /// There is something to do.
    Move(Box<Move>),
    /// It was done before, and nothing was changed.
    Done,
}

/// What was copied before and by this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Copied {
    /// Rows that an earlier run had copied.
    pub before: u64,
    /// Rows that this one copied.
    pub now: u64,
}

/// A move under way: the source is marked, the target has its schema.
pub struct Move {
    source: Source,
    target: Target,
    mark: Mark,
}

impl Move {
    /// Begins a move, or takes one up again where it was cut off. From here on nobody can open the source as a
    /// store, until the move is given up ([`abandon`]).
    pub async fn begin(source: Source, mut target: Target, new: MoveId) -> Result<Begun, MoveError> {
        let marked = source.mark()?;
        let present = target.present().await?;
        let mark = judge(marked.as_ref(), &present, new, target.name())?;
        let Some(mark) = mark else { return Ok(Begun::Done) };
        target.may_create().await?;
        if marked.is_none() {
            // First the source: a server that starts now must not change what is about to be read.
            source.set_mark(&mark)?;
        }
        if present == Present::Nothing {
            target.prepare(mark.id).await?;
        }
        target.check_schema().await?;
        Ok(Begun::Move(Box::new(Self { source, target, mark })))
    }

    /// What [`begin`](Self::begin) would refuse, without changing anything.
    pub async fn check(source: &Source, target: &mut Target, new: MoveId) -> Result<(), MoveError> {
        judge(source.mark()?.as_ref(), &target.present().await?, new, target.name())?;
        target.may_create().await
    }

    /// Copies what is not there yet, so many rows in one transaction.
    pub async fn copy(&mut self, batch: u32, mut watch: impl FnMut(Step) + Send) -> Result<Copied, MoveError> {
        let mut copied = Copied::default();
        for table in TABLES {
            let (mut after, there) = self.target.progress(table).await?;
            copied.before += there;
            watch(Step::Copying(table.name, there));
            let mut rows = there;
            loop {
                let read = self.source.batch(table, after.as_deref(), batch)?;
                if read.is_empty() {
                    break;
                }
                let number = read.len() as u64;
                self.target.load(table, &read).await?;
                rows += number;
                copied.now += number;
                after = read.into_iter().next_back().map(|row| row.into_iter().take(table.key).collect());
                watch(Step::Copying(table.name, rows));
            }
        }
        self.target.settle().await?;
        Ok(copied)
    }

    /// Reads both sides back, every row, and refuses any difference. Gives the tables and one digest over all.
    pub async fn compare(&mut self, mut watch: impl FnMut(Step) + Send) -> Result<(Vec<Rows>, Digest), MoveError> {
        let (mut same, mut differ) = (Vec::new(), Vec::new());
        for table in TABLES {
            watch(Step::Comparing(table.name, 0));
            let source = self.source.read(table, EVERY, |rows| watch(Step::Comparing(table.name, rows / 2)))?;
            let half = source.count / 2;
            let target =
                self.target.read(table, EVERY, |rows| watch(Step::Comparing(table.name, half + rows / 2))).await?;
            watch(Step::Comparing(table.name, source.count));
            if source == target {
                same.push(source);
            } else {
                let (source, target) = (source.to_string(), target.to_string());
                differ.push(Differs { table: table.name, source, target });
            }
        }
        if !differ.is_empty() {
            return Err(MoveError::Differ(differ));
        }
        let digest = canonical::whole(&same);
        Ok((same, digest))
    }

    /// The audit trail in the target, to verify it.
    pub fn trail(&self) -> impl Trail + use<> {
        self.target.store()
    }

    /// Ends the move: marks the source as moved, then makes the target a store.
    pub async fn finish(mut self) -> Result<(), MoveError> {
        self.source.set_mark(&Mark { finished: true, ..self.mark.clone() })?;
        self.target.open_for_service(self.mark.id).await
    }
}

/// Gives a move up: the source may be served from again. A target that was never served from is emptied; one
/// that was is closed, and what happened there since is not in the source. `None`: the target is lost, and
/// nothing is asked of it.
pub async fn abandon(source: &Source, target: Option<&mut Target>) -> Result<Mark, MoveError> {
    let mark = source.mark()?.ok_or(MoveError::NotMoved)?;
    if let Some(target) = target {
        // The target first: at no time may both be served from.
        match target.present().await? {
            Present::Unfinished(id) if id == mark.id => target.empty().await?,
            Present::Moved(id) if id == mark.id => target.close_for_service().await?,
            Present::GivenUp(id) if id == mark.id => {}
            Present::Nothing if !mark.finished && mark.target == target.name() => {}
            _ => return Err(MoveError::Elsewhere(mark.target)),
        }
    }
    source.clear_mark()?;
    Ok(mark)
}

/// Whether these two belong together; `None`: all is done.
fn judge(marked: Option<&Mark>, present: &Present, new: MoveId, target: &str) -> Result<Option<Mark>, MoveError> {
    use crate::postgres::ConnectError;

    match (marked, present) {
        (None, Present::Nothing) => Ok(Some(Mark { id: new, target: target.to_owned(), finished: false })),
        // An empty database elsewhere would make a second copy beside the one that was begun.
        (Some(mark), Present::Nothing) if !mark.finished && mark.target == target => Ok(Some(mark.clone())),
        (Some(mark), Present::Unfinished(id)) if *id == mark.id => Ok(Some(mark.clone())),
        (Some(mark), Present::Moved(id)) if *id == mark.id && mark.finished => Ok(None),
        (Some(mark), _) => Err(MoveError::Elsewhere(mark.target.clone())),
        (None, Present::Unfinished(_)) => Err(MoveError::OtherMove),
        (None, Present::Store | Present::Moved(_) | Present::GivenUp(_)) => Err(ConnectError::Exists.into()),
        (None, Present::Foreign) => Err(ConnectError::Foreign.into()),
    }
}
