//! What a second place is, and what it is sent.

use std::io;

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::audit::StoredEvent;
use passgate_gate::digest::Digest;
use passgate_store::Checkpoint;

use crate::trail::json_lines;

/// A second place.
#[async_trait]
pub(super) trait Sink: Send + Sync {
    /// Gives it a batch and answers once it has taken all of it. After an error it is given the batch again,
    /// of which it may then have a part twice.
    async fn send(&mut self, items: &[Item]) -> io::Result<()>;
}

/// One line for a second place.
pub(super) struct Item {
    /// As JSON, without its end.
    pub(super) text: String,
    /// When what it tells happened.
    pub(super) time: Timestamp,
    /// The operation, or `checkpoint`.
    pub(super) word: String,
    /// Whether it tells of a refusal.
    pub(super) refused: bool,
}

impl Item {
    pub(super) fn event(event: &StoredEvent, previous: &Digest) -> Self {
        Self {
            text: json_lines::event(event, previous),
            time: Timestamp::from_microsecond(event.time).unwrap_or(Timestamp::MAX),
            word: event.operation.clone(),
            refused: event.refused.is_some(),
        }
    }

    pub(super) fn checkpoint(checkpoint: &Checkpoint) -> Self {
        let text = json_lines::checkpoint(checkpoint);
        Self { text, time: checkpoint.time, word: "checkpoint".to_owned(), refused: false }
    }

    pub(super) fn anchor(checkpoint: &Checkpoint) -> Self {
        Self { text: json_lines::anchor(checkpoint), ..Self::checkpoint(checkpoint) }
    }
}

/// Items as the lines of a file or of a body.
pub(super) fn lines(items: &[Item]) -> String {
    items.iter().flat_map(|item| [item.text.as_str(), "\n"]).collect()
}
