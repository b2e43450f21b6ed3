//! The local list of breached passwords: a sorted file that is searched where it lies (R12).
//!
//! It is never loaded and never fetched: a look-up reads some thirty blocks of a file of any size. It is opened
//! and checked when the program starts, and a new list is taken at the next start. Which passwords are looked
//! up, and in which letter case, the gate says.

mod fold;
mod form;
mod sorted_file;

use std::fs::File;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use passgate_gate::policy::{BreachList, BreachListError};
use zeroize::Zeroizing;

pub use fold::{Folded, fold_lines};
pub use form::Form;
pub use sorted_file::Fault;
use sorted_file::SortedFile;

/// Files up to this size are checked whole at each start, larger ones at [`PLACES`] places.
const CHECKED_WHOLE: u64 = 16 * 1024 * 1024;

/// How many places of a large file are looked at.
const PLACES: u64 = 256;

/// Why a list is not used.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// It cannot be opened or read.
    #[error("{}", .0.display())]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// It can be read, but it is no list, or not sorted.
    #[error("{}", .0.display())]
    Refused(PathBuf, #[source] Fault),
}

/// A list that was found good.
#[derive(Debug, Clone)]
pub struct ListFile {
    opened: Arc<Opened>,
}

#[derive(Debug)]
struct Opened {
    path: PathBuf,
    file: SortedFile<File>,
    state: State,
}

/// By what a change of the file is seen: it would have to be checked again.
#[derive(Debug, PartialEq, Eq)]
struct State {
    length: u64,
    modified: (i64, i64),
}

impl State {
    fn of(file: &File) -> std::io::Result<Self> {
        let about = file.metadata()?;
        Ok(Self { length: about.len(), modified: (about.mtime(), about.mtime_nsec()) })
    }
}

impl ListFile {
    /// Opens a list and checks it: whole if it is small or `whole` says so, else at many places.
    pub fn open(path: &Path, whole: bool) -> Result<Self, ListError> {
        let unreadable = |error| ListError::Unreadable(path.to_owned(), error);
        let refused = |fault: Fault| match fault {
            Fault::Io(error) => ListError::Unreadable(path.to_owned(), error),
            fault => ListError::Refused(path.to_owned(), fault),
        };
        let file = File::open(path).map_err(unreadable)?;
        if !file.metadata().map_err(unreadable)?.is_file() {
            return Err(ListError::Refused(path.to_owned(), Fault::NoFile));
        }
        let state = State::of(&file).map_err(unreadable)?;
        let file = SortedFile::new(file, state.length).map_err(refused)?;
        if whole || state.length <= CHECKED_WHOLE {
            file.check_whole().map_err(refused)?;
        } else {
            file.check_at(PLACES).map_err(refused)?;
        }
        Ok(Self { opened: Arc::new(Opened { path: path.to_owned(), file, state }) })
    }

    /// What its lines hold.
    pub fn form(&self) -> Form {
        self.opened.file.form()
    }

    /// Its bytes.
    pub fn length(&self) -> u64 {
        self.opened.state.length
    }
}

#[async_trait]
impl BreachList for ListFile {
    async fn holds(&self, text: Zeroizing<String>) -> Result<bool, BreachListError> {
        let opened = Arc::clone(&self.opened);
        // A disk may let one wait; requests must not.
        let looked = tokio::task::spawn_blocking(move || opened.holds(&text)).await;
        match looked {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) => {
                let path = self.opened.path.display();
                tracing::error!(%path, error = &error as &dyn std::error::Error, "the breach list cannot be searched");
                Err(BreachListError)
            }
            Err(_) => Err(BreachListError),
        }
    }
}

impl Opened {
    fn holds(&self, text: &str) -> Result<bool, Fault> {
        // Half a list, or one that is being written, would let through what it was named to refuse.
        if State::of(self.file.source())? != self.state {
            return Err(Fault::Changed);
        }
        self.file.holds(self.file.form().key(text).as_bytes())
    }
}
