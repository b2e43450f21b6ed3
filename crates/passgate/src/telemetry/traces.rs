//! Traces by OpenTelemetry's protocol, over HTTP: the span of each request and the steps within it. Spans
//! alone, no events: what a log line says stays in the log.
//!
//! Attributes are those of the spans, with OpenTelemetry's own names where it has some; docs/watching.md lists
//! them. No name, no password, no path, no query (R95, R112).

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Metadata;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::{Layer, Registry};

use super::STEPS;

/// The span of a request, made by what surrounds all doors.
const REQUESTS: &str = "passgate_door_http";

type Boxed = Box<dyn Layer<Registry> + Send + Sync>;

/// Sends to the receiver at this address, from a thread of its own.
pub(super) fn to(endpoint: &str) -> Result<(SdkTracerProvider, Boxed), String> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()
        .map_err(|error| format!("telemetry.otlp_endpoint: {error}"))?;
    let about = Resource::builder_empty()
        .with_service_name("passgate")
        .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(about).build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("passgate"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_filter(filter_fn(is_step));
    Ok((provider, Box::new(layer)))
}

fn is_step(about: &Metadata<'_>) -> bool {
    about.is_span() && (about.target() == STEPS || about.target().starts_with(REQUESTS))
}
