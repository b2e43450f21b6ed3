//! Logs: one event, one line, on standard error; and traces, in programs that were built with them.
//!
//! Doors see to it that no field holds a secret, a body or a query string (R95, R112). Here two more holes
//! are closed: libraries may describe what they read at their most detailed levels, and a panic's text may
//! quote a value. How a line looks stands in `lines`; docs/watching.md explains its fields.

mod lines;
#[cfg(feature = "otel")]
mod traces;

use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, filter_fn};
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::sections::{Log, LogFormat, Telemetry};

use self::lines::Lines;

/// The target of the spans that traces show between the request and its answer. Logs leave them out.
const STEPS: &str = "passgate::steps";

/// Reads a level or a filter such as `info,passgate=debug`.
pub fn parse_level(text: &str) -> Result<EnvFilter, String> {
    // A word that is no level would be taken for the name of a module, and nothing would ever be logged.
    let stray = text.split(',').map(str::trim).find(|part| !part.contains('=') && part.parse::<LevelFilter>().is_err());
    match stray {
        Some(word) => Err(format!("{word:?} is none of error, warn, info, debug, trace, off")),
        None => EnvFilter::builder().parse(text).map_err(|error| error.to_string()),
    }
}

/// Traces on their way out; nothing in a program that was built without them.
#[derive(Debug, Default)]
#[must_use = "what was not sent yet is lost without `finish`"]
pub struct Traces {
    #[cfg(feature = "otel")]
    provider: Option<opentelemetry_sdk::trace::SdkTracerProvider>,
}

impl Traces {
    /// Sends what is left. Blocks until done, or until the receiver was given its time.
    pub fn finish(self) {
        #[cfg(feature = "otel")]
        if let Some(provider) = self.provider
            && let Err(error) = provider.shutdown()
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "the last traces were not sent");
        }
    }
}

/// Whether this program can send traces.
pub const fn has_traces() -> bool {
    cfg!(feature = "otel")
}

/// Starts logging; a second call changes nothing.
pub fn start(log: &Log) -> Result<(), String> {
    begun(tracing_subscriber::registry().with(lines(log)?).try_init());
    Ok(())
}

/// Starts logging, and sends traces where the settings name a receiver. Call it within the runtime.
pub fn start_server(log: &Log, telemetry: &Telemetry) -> Result<Traces, String> {
    #[cfg(feature = "otel")]
    if let Some(endpoint) = &telemetry.otlp_endpoint {
        let (provider, traces) = traces::to(endpoint)?;
        begun(tracing_subscriber::registry().with(traces).with(lines(log)?).try_init());
        return Ok(Traces { provider: Some(provider) });
    }
    if telemetry.otlp_endpoint.is_some() && !has_traces() {
        return Err("telemetry.otlp_endpoint: this program was built without traces (feature otel)".to_owned());
    }
    start(log)?;
    Ok(Traces::default())
}

fn lines<S>(log: &Log) -> Result<impl Layer<S>, String>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let filter = parse_level(&log.level)?.and(filter_fn(is_ours_or_calm));
    let lines = match log.format {
        LogFormat::Json => Lines::Json,
        LogFormat::Text => Lines::Text,
    };
    let layer = tracing_subscriber::fmt::layer().fmt_fields(JsonFields::new()).event_format(lines);
    Ok(layer.with_ansi(false).with_writer(std::io::stderr).with_filter(filter))
}

fn begun(outcome: Result<(), TryInitError>) {
    // Only tests start twice in one process.
    drop(outcome);
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic; its text is withheld, since it may quote a value");
    }));
}

/// Libraries speak from `info` on only: below it some print what they received.
fn is_ours_or_calm(about: &Metadata<'_>) -> bool {
    about.target() != STEPS && (about.target().starts_with("passgate") || *about.level() <= tracing::Level::INFO)
}
