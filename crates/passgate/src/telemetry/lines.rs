//! One event, one line: as a JSON object, or for a person at a terminal. R111.
//!
//! Every line of a request carries what is known of it: its id (as `request`, which the answer's header
//! shows too), method, route and source. Values are encoded, so that no sender can forge a line.

use std::fmt;

use passgate_gate::clock::{Clock as _, SystemClock};
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// The name of the span of a request, and of its field that holds the id.
const REQUEST_SPAN: &str = "request";
const ID: &str = "id";

/// The name that lines have for a field of the request's span; `None` for what only traces show.
fn name_in_logs(field: &str) -> Option<&str> {
    match field {
        ID => Some(REQUEST_SPAN),
        "http.request.method" => Some("method"),
        "http.route" => Some("route"),
        "client.address" => Some("source"),
        // The status has a place of its own on the last line.
        traced if traced.contains('.') => None,
        plain => Some(plain),
    }
}

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    Json,
    Text,
}

/// The members of a line in their order.
#[derive(Default)]
struct Line(Vec<(String, Value)>);

impl<S> FormatEvent<S, JsonFields> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(&self, context: &FmtContext<'_, S, JsonFields>, out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let about = event.metadata();
        let mut line = Line::default();
        line.put("time", SystemClock.now().to_string());
        line.put("level", about.level().as_str());
        line.put("target", about.target());
        let mut fields = Line::default();
        event.record(&mut fields);
        // The message first, wherever it stood.
        fields.0.sort_by_key(|(name, _)| name != "message");
        line.0.append(&mut fields.0);
        for span in context.event_scope().into_iter().flatten().filter(|span| span.name() == REQUEST_SPAN) {
            let kept = span.extensions();
            let Some(fields) = kept.get::<FormattedFields<JsonFields>>() else { continue };
            if let Ok(Value::Object(fields)) = serde_json::from_str(&fields.fields) {
                for (name, value) in fields {
                    if let Some(name) = name_in_logs(&name) {
                        line.put(name, value);
                    }
                }
            }
        }
        match self {
            Self::Json => line.write_json(out),
            Self::Text => line.write_text(out),
        }
    }
}

impl Line {
    /// A name that is there already keeps its first value.
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        if self.0.iter().all(|(there, _)| there != name) {
            self.0.push((name.to_owned(), value.into()));
        }
    }

    fn write_json(&self, mut out: Writer<'_>) -> fmt::Result {
        let mut bytes = Vec::new();
        let mut serializer = serde_json::Serializer::new(&mut bytes);
        let mut map = serializer.serialize_map(Some(self.0.len())).map_err(|_| fmt::Error)?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value).map_err(|_| fmt::Error)?;
        }
        SerializeMap::end(map).map_err(|_| fmt::Error)?;
        out.write_str(std::str::from_utf8(&bytes).map_err(|_| fmt::Error)?)?;
        out.write_char('\n')
    }

    fn write_text(&self, mut out: Writer<'_>) -> fmt::Result {
        for (at, (name, value)) in self.0.iter().enumerate() {
            if at > 0 {
                out.write_char(' ')?;
            }
            match (name.as_str(), value) {
                ("time" | "level" | "target" | "message", Value::String(text)) => write_plain(&mut out, text)?,
                (name, Value::String(text)) => write!(out, "{name}={text:?}")?,
                (name, other) => write!(out, "{name}={other}")?,
            }
        }
        out.write_char('\n')
    }
}

/// Without quotes, and still on one line and without terminal codes.
fn write_plain(out: &mut Writer<'_>, text: &str) -> fmt::Result {
    text.chars().try_for_each(|letter| {
        if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') {
            write!(out, "{}", letter.escape_default())
        } else {
            out.write_char(letter)
        }
    })
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field.name(), value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.put(field.name(), value.to_string());
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        match u64::try_from(value) {
            Ok(value) => self.put(field.name(), value),
            Err(_) => self.put(field.name(), value.to_string()),
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field.name(), value);
    }

    /// With all that caused it: what goes to the client never says, so this is the one place.
    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field.name(), crate::cli::chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field.name(), format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn written(lines: Lines, what: impl FnOnce()) -> String {
        let log = Written::default();
        let writer = log.clone();
        let layer = tracing_subscriber::fmt::layer()
            .fmt_fields(JsonFields::new())
            .event_format(lines)
            .with_ansi(false)
            .with_writer(move || writer.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), what);
        String::from_utf8(log.0.lock().unwrap().clone()).unwrap()
    }

    const FORGED: &str = "mallory\r\n{\"level\":\"INFO\",\"message\":\"all is well\"}\n\u{1b}[2Jand more\u{2028}";

    fn forging() {
        tracing::warn!(login = FORGED, shown = %FORGED, debugged = ?FORGED, "refused {FORGED}");
    }

    #[test]
    fn a_forged_line_in_a_login_stays_a_value_of_one_json_line() {
        // R111
        let log = written(Lines::Json, forging);
        assert_eq!(log.lines().count(), 1, "{log}");
        let line: Value = serde_json::from_str(&log).unwrap();
        assert_eq!((line["login"].as_str(), line["shown"].as_str()), (Some(FORGED), Some(FORGED)));
        assert_eq!(line["level"], "WARN");
    }

    #[test]
    fn a_forged_line_in_a_login_stays_on_one_line_of_text() {
        // R111
        let log = written(Lines::Text, forging);
        assert_eq!(log.trim_end().lines().count(), 1, "{log}");
        assert!(!log.trim_end().contains(['\r', '\n', '\u{1b}', '\u{2028}']), "{log:?}");
    }

    #[test]
    fn each_line_of_a_request_carries_its_id_also_within_other_spans() {
        // R113
        for lines in [Lines::Json, Lines::Text] {
            let log = written(lines, || {
                let request =
                    tracing::error_span!("request", id = "0123abcd", http.route = "/v2/x", otel.kind = "server");
                let _in = request.enter();
                tracing::info!("first");
                let _deeper = tracing::info_span!("hash", id = 7).entered();
                tracing::info!(status = 204, "second");
            });
            assert_eq!(log.matches("0123abcd").count(), 2, "{log}");
            assert!(log.matches("/v2/x").count() == 2 && !log.contains("otel"), "{log}");
        }
    }

    #[test]
    fn an_error_is_told_with_what_caused_it() {
        // style: the whole chain, once, where it is logged
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] std::io::Error);
        let error = Outer(std::io::Error::other("inner"));
        let log = written(Lines::Json, || tracing::error!(error = &error as &dyn std::error::Error, "failed"));
        let line: Value = serde_json::from_str(&log).unwrap();
        assert_eq!(line["error"], "outer: inner");
    }
}
