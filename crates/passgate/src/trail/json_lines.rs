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

/// The latest time that a line can tell; `Timestamp::MAX` has nanoseconds, which none has.
const LATEST: Timestamp = Timestamp::constant(253_402_207_200, 0);

/// A line that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no line of an audit trail")]
pub struct Foreign;

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Shape {
    Event(Box<EventShape>),
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
    text(&Shape::Event(Box::new(EventShape {
        chain: event.id.chain.number(),
        sequence: event.id.sequence,
        // Only a damaged record has a time beyond the year 9999; its hash then tells.
        time: Timestamp::from_microsecond(event.time).unwrap_or(LATEST),
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
    })))
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
            Ok(Line::Event(Box::new(stored(*shape)?), previous))
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
        id: place(shape.chain, shape.sequence)?,
        time: microsecond(shape.time)?.as_microsecond(),
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
        id: place(shape.chain, shape.sequence)?,
        hash: digest(&shape.hash)?,
        time: microsecond(shape.time)?,
        signer: shape.signer,
        signature: unhex(&shape.signature).ok_or(Foreign)?,
    })
}

/// A place that a chain has: another number would pass for one of the system's chain.
fn place(chain: i32, sequence: i64) -> Result<AuditId, Foreign> {
    if chain < 0 || sequence < 1 {
        return Err(Foreign);
    }
    Ok(AuditId { chain: Chain::from_number(chain), sequence })
}

/// Hash and signature are over microseconds: more digits would tell a time that nobody recorded.
fn microsecond(time: Timestamp) -> Result<Timestamp, Foreign> {
    if time.as_nanosecond() % 1000 == 0 { Ok(time) } else { Err(Foreign) }
}

fn digest(text: &str) -> Result<Digest, Foreign> {
    let bytes = unhex(text).and_then(|bytes| bytes.try_into().ok());
    bytes.map(Digest::from_bytes).ok_or(Foreign)
}

#[cfg(test)]
mod tests {
    use passgate_gate::audit::{Actor, AuditEvent, Door, GENESIS, Operation};
    use passgate_gate::ids::{TenantId, UserId};

    use super::*;

    fn full() -> StoredEvent {
        let event = AuditEvent {
            time: Timestamp::from_microsecond(1_800_000_000_123_456).unwrap(),
            tenant: TenantId::new(7),
            door: Door::EcgridRest,
            operation: Operation::SetPassword,
            actor: Actor::Operator("a\"b\r\n\u{2028}".into()),
            source: Some([192, 0, 2, 7].into()),
            request: "r-1".into(),
            target: UserId::new(1042),
            refused: Some("level-too-low"),
            credential_version: Some(2),
            sessions_ended: Some(0),
            note: String::new(),
        };
        StoredEvent::link(&event, 3, &Digest::from_bytes(GENESIS))
    }

    #[test]
    fn a_record_is_one_line_with_every_field_in_this_order() {
        // R108, R111
        let expected = concat!(
            r#"{"kind":"event","chain":7,"sequence":3,"time":"2027-01-15T08:00:00.123456Z","door":"ecgrid-rest","#,
            r#""operation":"set-password","credential":"operator","actor":null,"actor_detail":"a\"b\r\n"#,
            "\u{2028}",
            r#"","source":"192.0.2.7","request":"r-1","target":1042,"refused":"level-too-low","#,
            r#""credential_version":2,"sessions_ended":0,"note":"","#,
            r#""previous":"0000000000000000000000000000000000000000000000000000000000000000","hash":""#,
        );
        let stored = full();
        let line = event(&stored, &Digest::from_bytes(GENESIS));
        assert_eq!(line, format!("{expected}{}\"}}", hex(stored.hash.as_bytes())));
        assert_eq!(parse(&line), Ok(Line::Event(Box::new(stored), Digest::from_bytes(GENESIS))));
    }

    #[test]
    fn a_checkpoint_and_an_anchor_are_lines_that_are_read_back() {
        // R110
        let id = AuditId { chain: Chain::from_number(7), sequence: 3 };
        let time = Timestamp::from_microsecond(1_800_000_000_000_000).unwrap();
        let signed = Checkpoint { id, hash: full().hash, time, signer: "ab12".into(), signature: vec![0, 255] };
        let hash = hex(signed.hash.as_bytes());
        let rest = format!(
            r#""chain":7,"sequence":3,"hash":"{hash}","time":"2027-01-15T08:00:00Z","signer":"ab12","signature":"00ff"}}"#
        );
        assert_eq!(checkpoint(&signed), format!(r#"{{"kind":"checkpoint",{rest}"#));
        assert_eq!(anchor(&signed), format!(r#"{{"kind":"anchor",{rest}"#));
        assert_eq!(parse(&checkpoint(&signed)), Ok(Line::Checkpoint(signed.clone())));
        assert_eq!(parse(&anchor(&signed)), Ok(Line::Anchor(signed)));
    }

    #[test]
    fn a_line_with_anything_more_or_less_is_none() {
        // R110: what no hash covers must not look as if one did
        let line = event(&full(), &Digest::from_bytes(GENESIS));
        for altered in [
            line.replacen("\"chain\"", "\"x\":1,\"chain\"", 1),
            line.replacen("\"chain\":7", "\"chain\":7,\"chain\":8", 1),
            line.replacen("\"note\":\"\",", "", 1),
            line.replacen("\"chain\":7", "\"chain\":-7", 1),
            line.replacen("\"sequence\":3", "\"sequence\":0", 1),
            line.replacen(".123456Z", ".1234567Z", 1),
            line.replacen("\"event\"", "\"other\"", 1),
            line.replacen("\"hash\":\"", "\"hash\":\"0", 1),
            format!("{line}{line}"),
            String::new(),
        ] {
            assert_eq!(parse(&altered), Err(Foreign), "{altered}");
        }
    }
}
