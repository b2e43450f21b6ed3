//! Whether the process is up, and whether it can do its work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use passgate_gate::Gate;
use passgate_gate::clock::{Clock as _, SystemClock};
use passgate_hashing::HashingLane;
use serde_json::json;
use tokio::sync::Mutex;

/// How long the store may take to be read and written before it counts as unavailable.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a look holds for those who ask next: whoever asks in a loop must not make the disk busy.
const HOLDS: Duration = Duration::from_millis(500);

/// When the server began, and whether it is about to end.
#[derive(Debug)]
pub struct Lifetime {
    began: i64,
    draining: AtomicBool,
}

impl Default for Lifetime {
    fn default() -> Self {
        Self { began: SystemClock.now().as_second(), draining: AtomicBool::new(false) }
    }
}

impl Lifetime {
    /// A stop was asked for.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether a stop was asked for.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// In seconds since 1970.
    pub fn began(&self) -> i64 {
        self.began
    }
}

/// Why a server should be sent no requests just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unready {
    /// It is about to end.
    Draining,
    /// The store cannot be read and written, or not in time.
    Store,
    /// Passwords are not hashed any more.
    Hashing,
}

impl Unready {
    /// The word in the answer. A promise to scripts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draining => "draining",
            Self::Store => "store",
            Self::Hashing => "hashing",
        }
    }
}

/// Answers whether this server is alive and ready.
pub struct Health {
    gate: Arc<Gate>,
    lane: Arc<HashingLane>,
    lifetime: Arc<Lifetime>,
    /// Held while looking, so that many who ask at once cause one look.
    last: Mutex<Option<(Instant, Result<(), Unready>)>>,
}

impl Health {
    /// Over these parts.
    pub fn new(gate: Arc<Gate>, lane: Arc<HashingLane>, lifetime: Arc<Lifetime>) -> Self {
        Self { gate, lane, lifetime, last: Mutex::new(None) }
    }

    /// Whether requests would be answered. A full hashing queue is no reason against: it empties by itself,
    /// and nodes that leave one by one under a flood would hand it on.
    pub async fn check(&self) -> Result<(), Unready> {
        if self.lifetime.is_draining() {
            return Err(Unready::Draining);
        }
        if !self.lane.takes_work() {
            return Err(Unready::Hashing);
        }
        let mut last = self.last.lock().await;
        if let Some((when, verdict)) = *last
            && when.elapsed() < HOLDS
        {
            return verdict;
        }
        let verdict = self.store().await;
        *last = Some((Instant::now(), verdict));
        verdict
    }

    async fn store(&self) -> Result<(), Unready> {
        match tokio::time::timeout(PATIENCE, self.gate.ready()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the store is not ready");
                Err(Unready::Store)
            }
            Err(_) => {
                tracing::error!(seconds = PATIENCE.as_secs(), "the store does not answer");
                Err(Unready::Store)
            }
        }
    }

    /// The answer of `/readyz`.
    pub async fn ready(&self) -> Response {
        match self.check().await {
            Ok(()) => answer(StatusCode::OK, &json!({ "ready": true })),
            Err(unready) => {
                let reason = json!({ "ready": false, "reason": unready.word() });
                let mut answer = answer(StatusCode::SERVICE_UNAVAILABLE, &reason);
                answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
                answer
            }
        }
    }

    /// The answer of `/livez`: that there is one at all.
    pub fn alive() -> Response {
        answer(StatusCode::OK, &json!({ "alive": true }))
    }
}

fn answer(status: StatusCode, body: &serde_json::Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], format!("{body}\n")).into_response()
}
