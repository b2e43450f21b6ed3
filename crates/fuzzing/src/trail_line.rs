//! Lines of an audit trail from elsewhere, as `audit verify --file` reads them, against `serde_json`. R110, R111, R126.

use jiff::Timestamp;
use passgate::trail::json_lines::{Line, anchor, checkpoint, event, parse};
use passgate::trail::offline::Reader;
use passgate_gate::audit::{AuditId, Chain, StoredEvent};
use passgate_gate::digest::{Digest, hex};
use serde_json::Value;

use crate::choices::{choose, text, texts};

/// What is taken means what `serde_json` says it means and comes back the same; a record arrives whatever its texts
/// are; and no file makes the verifier stumble.
pub fn holds(data: &[u8]) {
    match choose(data, 3) {
        Some((0, rest)) => any_line(&text(rest)),
        Some((1, rest)) => a_record_arrives(rest),
        Some((_, rest)) => any_file(&text(rest)),
        None => {}
    }
}

fn any_line(text: &str) {
    let Ok(line) = parse(text) else { return };
    let told: Value = serde_json::from_str(text).expect("what is taken is JSON");
    assert_eq!(told["kind"], kind(&line), "another kind");
    match &line {
        Line::Event(event, previous) => {
            place(&told, event.id);
            digest(&told["previous"], previous);
            digest(&told["hash"], &event.hash);
            instant(&told["time"], i128::from(event.time) * 1000);
            for (name, taken) in [
                ("door", &event.door),
                ("operation", &event.operation),
                ("credential", &event.credential),
                ("request", &event.request),
                ("note", &event.note),
            ] {
                assert_eq!(told[name].as_str(), Some(taken.as_str()), "{name}");
            }
            for (name, taken) in
                [("actor_detail", &event.actor_detail), ("source", &event.source), ("refused", &event.refused)]
            {
                assert_eq!(told[name].as_str(), taken.as_deref(), "{name}");
            }
            for (name, taken) in [
                ("actor", event.actor.map(i64::from)),
                ("target", event.target.map(i64::from)),
                ("credential_version", event.credential_version),
                ("sessions_ended", event.sessions_ended),
            ] {
                assert_eq!(told[name].as_i64(), taken, "{name}");
            }
        }
        Line::Checkpoint(signed) | Line::Anchor(signed) => {
            place(&told, signed.id);
            digest(&told["hash"], &signed.hash);
            instant(&told["time"], signed.time.as_nanosecond());
            assert_eq!(told["signer"].as_str(), Some(signed.signer.as_str()), "signer");
            assert_eq!(told["signature"], hex(&signed.signature), "signature");
        }
    }
    assert_eq!(parse(&written(&line)), Ok(line), "written and read again it is another line");
}

fn kind(line: &Line) -> &'static str {
    match line {
        Line::Event(..) => "event",
        Line::Checkpoint(_) => "checkpoint",
        Line::Anchor(_) => "anchor",
    }
}

fn written(line: &Line) -> String {
    match line {
        Line::Event(stored, previous) => event(stored, previous),
        Line::Checkpoint(signed) => checkpoint(signed),
        Line::Anchor(signed) => anchor(signed),
    }
}

fn place(told: &Value, id: AuditId) {
    assert_eq!(told["chain"], id.chain.number(), "another chain");
    assert_eq!(told["sequence"], id.sequence, "another place");
    assert!(id.chain.number() >= 0 && id.sequence >= 1, "a place that no chain has");
}

fn digest(told: &Value, taken: &Digest) {
    assert_eq!(*told, hex(taken.as_bytes()), "another hash");
}

/// To the nanosecond: digits that no hash covers would tell a time that nobody recorded.
fn instant(told: &Value, taken: i128) {
    let read: Timestamp = told.as_str().expect("a time").parse().expect("a time");
    assert_eq!(read.as_nanosecond(), taken, "another time");
}

/// A record with these texts is one line, and is read as it was written.
fn a_record_arrives(rest: &[u8]) {
    let (numbers, rest) = rest.split_at(rest.len().min(16));
    let number =
        |at: usize| numbers.get(at..at + 8).map_or(0, |eight| i64::from_le_bytes(eight.try_into().unwrap_or([0; 8])));
    let [door, operation, credential, detail, source, request, refused, note] = texts(rest);
    let maybe = |text: String| (!text.is_empty()).then_some(text);
    // To the last whole second of the year 9999, as far as microseconds are counted.
    let (least, most) = (Timestamp::MIN.as_second() * 1_000_000, Timestamp::MAX.as_second() * 1_000_000);
    let small = i32::try_from(number(8) & 0x7fff_ffff).unwrap_or(0);
    let id = AuditId { chain: Chain::from_number(small), sequence: number(8).saturating_abs().max(1) };
    let mut stored = StoredEvent {
        id,
        time: number(0).clamp(least, most),
        door,
        operation,
        credential,
        actor: (small % 2 == 0).then_some(small),
        actor_detail: maybe(detail),
        source: maybe(source),
        request,
        target: (small % 3 == 0).then_some(small),
        refused: maybe(refused),
        credential_version: (small % 5 == 0).then_some(number(0)),
        sessions_ended: (small % 7 == 0).then_some(number(8)),
        note,
        hash: Digest::of(rest),
    };
    let previous = Digest::of(numbers);
    stored.hash = stored.expected_hash(&previous);
    let line = event(&stored, &previous);
    assert!(!line.contains(['\n', '\r']), "one line");
    assert_eq!(parse(&line), Ok(Line::Event(Box::new(stored), previous)), "it is another record");
    // The first place of a chain follows from nothing, whatever the hash is.
    let first = id.sequence == 1;
    assert_eq!(Reader::new(None).line(&line).is_ok(), !first, "its own hash is right");
}

fn any_file(text: &str) {
    let mut reader = Reader::new(None);
    let taken = text.lines().take_while(|line| reader.line(line).is_ok()).count();
    for (chain, part) in reader.finish() {
        let Ok(part) = part else { continue };
        assert!(chain.number() >= 0, "a chain that nobody has");
        let records = part.last - part.first + 1;
        let at_most = i64::try_from(taken).unwrap_or(i64::MAX);
        assert!(part.first == 0 || records <= at_most, "more records than lines");
    }
}
