//! Logs: one event, one line, on standard error.
//!
//! Doors see to it that no field holds a secret, a body or a query string (R95, R112). Here two more holes
//! are closed: libraries may describe what they read at their most detailed levels, and a panic's text may
//! quote a value.

use tracing::Metadata;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::config::sections::{Log, LogFormat};

/// Reads a level or a filter such as `info,passgate=debug`.
pub fn parse_level(text: &str) -> Result<EnvFilter, String> {
    // A word that is no level would be taken for the name of a module, and nothing would ever be logged.
    let stray = text.split(',').map(str::trim).find(|part| !part.contains('=') && part.parse::<LevelFilter>().is_err());
    match stray {
        Some(word) => Err(format!("{word:?} is none of error, warn, info, debug, trace, off")),
        None => EnvFilter::builder().parse(text).map_err(|error| error.to_string()),
    }
}

/// Starts logging; a second call changes nothing.
pub fn start(log: &Log) -> Result<(), String> {
    let filter = parse_level(&log.level)?;
    let own_words = filter_fn(is_ours_or_calm);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_current_span(true).with_span_list(false);
            tracing_subscriber::registry().with(filter).with(lines.with_filter(own_words)).try_init()
        }
        LogFormat::Text => {
            let lines = lines.with_ansi(false);
            tracing_subscriber::registry().with(filter).with(lines.with_filter(own_words)).try_init()
        }
    };
    // Only tests start twice in one process.
    drop(started);
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic; its text is withheld, since it may quote a value");
    }));
    Ok(())
}

/// Libraries speak from `info` on only: below it some print what they received.
fn is_ours_or_calm(about: &Metadata<'_>) -> bool {
    about.target().starts_with("passgate") || *about.level() <= tracing::Level::INFO
}
