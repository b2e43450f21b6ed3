//! Records and checkpoints as JSON Lines: what `audit export` writes, second places receive and
//! `audit verify --file` reads. The names and their order are a promise to whoever keeps such files.
//!
//! A record's line carries the hash of the record before it, so that any run of lines verifies by itself.

use jiff::Timestamp;
use passgate_gate::audit::{AuditId, Chain, StoredEvent};
use passgate_gate::digest::{Digest, hex};
use passgate_store::Checkpoint;
use serde::{Deserialize, Serialize};

use super::signing::unhex;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A record, and the hash of the one before it.
    Event(Box<StoredEvent>, Digest),
    /// A checkpoint.
    Checkpoint(Checkpoint),
    /// The checkpoint in whose place the chain begins, since retention removed what it signs.
    Anchor(Checkpoint),
}

/// A line that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no line of an audit trail")]
pub struct Foreign;

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Shape {
    Event(EventShape),
    Checkpoint(CheckpointShape),
    Anchor(CheckpointShape),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventShape {
    chain: i32,
    sequence: i64,
    time: Timestamp,
    door: String,
    operation: String,
    credential: String,
    actor: Option<i32>,
    actor_detail: Option<String>,
    source: Option<String>,
    request: String,
    target: Option<i32>,
    refused: Option<String>,
    credential_version: Option<i64>,
    sessions_ended: Option<i64>,
    note: String,
    previous: String,
    hash: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointShape {
    chain: i32,
    sequence: i64,
    hash: String,
    time: Timestamp,
    signer: String,
    signature: String,
}

/// A record as a line, without its end.
pub fn event(event: &StoredEvent, previous: &Digest) -> String {
    text(&Shape::Event(EventShape {
        chain: event.id.chain.number(),
        sequence: event.id.sequence,
        // Only a damaged record has a time beyond the year 9999; its hash then tells.
        time: Timestamp::from_microsecond(event.time).unwrap_or(Timestamp::MAX),
        door: event.door.clone(),
        operation: event.operation.clone(),
        credential: event.credential.clone(),
        actor: event.actor,
        actor_detail: event.actor_detail.clone(),
        source: event.source.clone(),
        request: event.request.clone(),
        target: event.target,
        refused: event.refused.clone(),
        credential_version: event.credential_version,
        sessions_ended: event.sessions_ended,
        note: event.note.clone(),
        previous: hex(previous.as_bytes()),
        hash: hex(event.hash.as_bytes()),
    }))
}

/// A checkpoint as a line, without its end.
pub fn checkpoint(checkpoint: &Checkpoint) -> String {
    text(&Shape::Checkpoint(shape(checkpoint)))
}

/// An anchor as a line, without its end.
pub fn anchor(checkpoint: &Checkpoint) -> String {
    text(&Shape::Anchor(shape(checkpoint)))
}

/// Reads a line.
pub fn parse(line: &str) -> Result<Line, Foreign> {
    match serde_json::from_str(line).map_err(|_| Foreign)? {
        Shape::Event(shape) => {
            let previous = digest(&shape.previous)?;
            Ok(Line::Event(Box::new(stored(shape)?), previous))
        }
        Shape::Checkpoint(shape) => Ok(Line::Checkpoint(signed(shape)?)),
        Shape::Anchor(shape) => Ok(Line::Anchor(signed(shape)?)),
    }
}

fn text(shape: &Shape) -> String {
    serde_json::to_string(shape).expect("texts and numbers are always JSON")
}

fn shape(checkpoint: &Checkpoint) -> CheckpointShape {
    CheckpointShape {
        chain: checkpoint.id.chain.number(),
        sequence: checkpoint.id.sequence,
        hash: hex(checkpoint.hash.as_bytes()),
        time: checkpoint.time,
        signer: checkpoint.signer.clone(),
        signature: hex(&checkpoint.signature),
    }
}

fn stored(shape: EventShape) -> Result<StoredEvent, Foreign> {
    Ok(StoredEvent {
        id: AuditId { chain: Chain::from_number(shape.chain), sequence: shape.sequence },
        time: shape.time.as_microsecond(),
        door: shape.door,
        operation: shape.operation,
        credential: shape.credential,
        actor: shape.actor,
        actor_detail: shape.actor_detail,
        source: shape.source,
        request: shape.request,
        target: shape.target,
        refused: shape.refused,
        credential_version: shape.credential_version,
        sessions_ended: shape.sessions_ended,
        note: shape.note,
        hash: digest(&shape.hash)?,
    })
}

fn signed(shape: CheckpointShape) -> Result<Checkpoint, Foreign> {
    Ok(Checkpoint {
        id: AuditId { chain: Chain::from_number(shape.chain), sequence: shape.sequence },
        hash: digest(&shape.hash)?,
        time: shape.time,
        signer: shape.signer,
        signature: unhex(&shape.signature).ok_or(Foreign)?,
    })
}

fn digest(text: &str) -> Result<Digest, Foreign> {
    let bytes = unhex(text).and_then(|bytes| bytes.try_into().ok());
    bytes.map(Digest::from_bytes).ok_or(Foreign)
}
