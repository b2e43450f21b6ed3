//! Records in the Common Event Format, version 0, for tools that read nothing else. It carries each hash, yet
//! does not verify by itself: JSON Lines do.

use std::fmt::Write as _;
use std::net::IpAddr;

use passgate_gate::audit::StoredEvent;
use passgate_gate::digest::hex;

/// A record as one line, without its end.
pub fn event(event: &StoredEvent) -> String {
    let severity = if event.refused.is_some() { 5 } else { 3 };
    let mut line = format!(
        "CEF:0|Passgate|Passgate|{}|{}|{}|{severity}|",
        header(env!("CARGO_PKG_VERSION")),
        header(&event.operation),
        header(&event.operation.replace('-', " ")),
    );
    let mut first = true;
    let mut say = |key: &str, value: &str| {
        let gap = if std::mem::take(&mut first) { "" } else { " " };
        let _ = write!(line, "{gap}{key}={}", extension(value));
    };
    say("externalId", &event.id.to_string());
    say("rt", &event.time.div_euclid(1_000).to_string());
    say("outcome", if event.refused.is_some() { "refused" } else { "allowed" });
    if let Some(word) = &event.refused {
        say("reason", word);
    }
    if let Some(source) = &event.source {
        match source.parse() {
            Ok(IpAddr::V6(_)) => {
                say("c6a2Label", "Source IPv6 Address");
                say("c6a2", source);
            }
            _ => say("src", source),
        }
    }
    if let Some(actor) = event.actor {
        say("suid", &actor.to_string());
    }
    if let Some(detail) = &event.actor_detail {
        say("suser", detail);
    }
    if let Some(target) = event.target {
        say("duid", &target.to_string());
    }
    if let Some(version) = event.credential_version {
        say("cn1Label", "credentialVersion");
        say("cn1", &version.to_string());
    }
    if let Some(ended) = event.sessions_ended {
        say("cn2Label", "sessionsEnded");
        say("cn2", &ended.to_string());
    }
    for (key, label, value) in [
        ("cs1", "door", &event.door),
        ("cs2", "credential", &event.credential),
        ("cs3", "request", &event.request),
        ("cs4", "hash", &hex(event.hash.as_bytes())),
    ] {
        say(&format!("{key}Label"), label);
        say(key, value);
    }
    if !event.note.is_empty() {
        say("msg", &event.note);
    }
    line
}

/// In the header `\` and `|` are escaped; a line end has no place there.
fn header(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        match c {
            '\\' | '|' => escaped.extend(['\\', c]),
            '\n' | '\r' => escaped.push(' '),
            _ => escaped.push(c),
        }
        escaped
    })
}

/// In an extension `\`, `=` and line ends are.
fn extension(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        match c {
            '\\' | '=' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            _ => escaped.push(c),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use passgate_gate::audit::{Actor, AuditEvent, Door, GENESIS, Operation};
    use passgate_gate::digest::Digest;
    use passgate_gate::ids::{TenantId, UserId};

    use super::*;

    fn refused() -> AuditEvent {
        AuditEvent {
            time: Timestamp::from_millisecond(1_800_000_000_123).unwrap(),
            tenant: TenantId::new(7),
            door: Door::Omnitracs,
            operation: Operation::SetPassword,
            actor: Actor::Operator("a|b=c\\d\r\ne".into()),
            source: Some([192, 0, 2, 7].into()),
            request: "r-1".into(),
            target: UserId::new(1042),
            refused: Some("level-too-low"),
            credential_version: None,
            sessions_ended: None,
            note: "x=1|y".into(),
        }
    }

    #[test]
    fn a_refused_record_is_one_line_with_its_values_escaped() {
        // R111; CEF: a pipe is escaped in the header, an equals sign in an extension, a backslash in both
        let stored = StoredEvent::link(&refused(), 3, &Digest::from_bytes(GENESIS));
        let hash = hex(stored.hash.as_bytes());
        let expected = format!(
            "CEF:0|Passgate|Passgate|{}|set-password|set password|5|externalId=7-3 rt=1800000000123 outcome=refused \
             reason=level-too-low src=192.0.2.7 suser=a|b\\=c\\\\d\\r\\ne duid=1042 cs1Label=door cs1=omnitracs \
             cs2Label=credential cs2=operator cs3Label=request cs3=r-1 cs4Label=hash cs4={hash} msg=x\\=1|y",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(event(&stored), expected);
    }

    #[test]
    fn an_allowed_record_tells_version_sessions_and_an_ipv6_source() {
        // R108
        let allowed = AuditEvent {
            actor: Actor::Session(UserId::new(5).unwrap()),
            source: Some("2001:db8::7".parse().unwrap()),
            refused: None,
            credential_version: Some(2),
            sessions_ended: Some(0),
            note: String::new(),
            ..refused()
        };
        let stored = StoredEvent::link(&allowed, 4, &Digest::from_bytes(GENESIS));
        let line = event(&stored);
        let expected = "|set password|3|externalId=7-4 rt=1800000000123 outcome=allowed \
             c6a2Label=Source IPv6 Address c6a2=2001:db8::7 suid=5 duid=1042 \
             cn1Label=credentialVersion cn1=2 cn2Label=sessionsEnded cn2=0 cs1Label=door ";
        assert!(line.contains(expected), "{line}");
        assert!(!line.contains("msg="), "{line}");
    }

    #[test]
    fn a_word_of_a_later_version_cannot_break_the_header() {
        // R111
        let mut stored = StoredEvent::link(&refused(), 3, &Digest::from_bytes(GENESIS));
        stored.operation = "a|b\\c\nd".into();
        assert!(event(&stored).contains("|a\\|b\\\\c d|"), "{}", event(&stored));
    }
}
