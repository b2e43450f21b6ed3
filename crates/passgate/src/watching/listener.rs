//! The address of whoever watches: metrics and health, away from the doors. It stays until the doors have
//! drained, so that the end can be watched too.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use passgate_door_http::{TrustedProxies, dress};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::cli::{Failure, exit};
use crate::config::Config;
use crate::serve::{Limits, Traffic, run};

use super::{Gauges, Health, Lag, Metrics};

/// `OpenMetrics` 1.0, which every Prometheus since 2.5 reads.
const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Connections at most: a scraper or two, and a person.
const CONNECTIONS: usize = 16;

/// A running listener.
pub struct Listener {
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Listener {
    /// Answers no more.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.served.await;
    }
}

/// Everything that is told to whoever watches.
pub struct Watched {
    registry: Registry,
    lag: Lag,
    health: Arc<Health>,
    ready: Gauge,
}

impl Watched {
    /// What these parts tell.
    pub fn new(metrics: &Metrics, gauges: Gauges, lag: Lag, health: Arc<Health>) -> Self {
        let mut registry = Registry::with_prefix("passgate");
        metrics.register(&mut registry);
        registry.register_collector(Box::new(gauges));
        lag.register(&mut registry);
        let ready = Gauge::default();
        registry.register("ready", "1 while requests would be answered, as /readyz says", ready.clone());
        Self { registry, lag, health, ready }
    }
}

/// Listens where `telemetry.metrics_listen` says; nowhere if it says nothing.
pub async fn start(config: &Config, watched: Watched) -> Result<Option<Listener>, Failure> {
    let Some(address) = config.telemetry.metrics_listen else { return Ok(None) };
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Failure::new(exit::CONFIG, format!("telemetry.metrics_listen: cannot listen on {address}: {error}"))
    })?;
    tracing::info!(address = %listener.local_addr()?, "metrics are served");
    let limits = Limits {
        connections: CONNECTIONS,
        traffic: Arc::new(Traffic::default()),
        unready_time: std::time::Duration::ZERO,
        drain_time: std::time::Duration::from_secs(1),
        ..Limits::from(&config.server)
    };
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(async move {
        run(listener, app(watched), limits, async {
            // Dropped is stopped too.
            let _ = stopped.await;
        })
        .await;
    });
    Ok(Some(Listener { stop, served }))
}

fn app(watched: Watched) -> Router {
    let app = Router::new()
        .route("/metrics", get(metrics))
        .route("/livez", get(|| async { Health::alive() }))
        .route("/readyz", get(|State(watched): State<Arc<Watched>>| async move { watched.health.ready().await }))
        .with_state(Arc::new(watched));
    dress(app, TrustedProxies::default())
}

async fn metrics(State(watched): State<Arc<Watched>>) -> Response {
    watched.ready.set(watched.health.check().await.is_ok().into());
    watched.lag.look().await;
    let mut text = String::new();
    match prometheus_client::encoding::text::encode(&mut text, &watched.registry) {
        Ok(()) => ([(header::CONTENT_TYPE, TEXT)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
