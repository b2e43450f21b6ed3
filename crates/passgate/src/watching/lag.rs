//! How far the second places of the audit trail are behind.

use std::sync::Arc;

use passgate_gate::store::StoreError;
use passgate_store::Trail;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::config::Config;
use crate::trail::stream;

/// Chains that are looked at for one place: more behind than that is behind enough.
const CHAINS: u32 = 1_000;

/// By kind and place in the settings: an address may hold a credential (R112).
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Sink {
    sink: String,
}

/// Reads it from the store when somebody looks.
pub struct Lag {
    store: Arc<dyn Trail>,
    sinks: Vec<(String, Sink)>,
    behind: Family<Sink, Gauge>,
}

impl Lag {
    /// Of the places that the settings name.
    pub fn new(config: &Config, store: Arc<dyn Trail>) -> Self {
        let settings = &config.audit.stream;
        let labels =
            [("file", settings.files.len()), ("syslog", settings.syslog.len()), ("webhook", settings.webhooks.len())]
                .into_iter()
                .flat_map(|(kind, many)| (1..=many).map(move |number| Sink { sink: format!("{kind}-{number}") }));
        Self { store, sinks: stream::names(config).into_iter().zip(labels).collect(), behind: Family::default() }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Audit records that a second place has not received yet";
        registry.register("audit_stream_behind", help, self.behind.clone());
    }

    /// Looks anew. What cannot be read stays as it was.
    pub(super) async fn look(&self) {
        for (name, label) in &self.sinks {
            match self.behind(name).await {
                Ok(records) => {
                    self.behind.get_or_create(label).set(records);
                }
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the audit stream cannot be seen");
                }
            }
        }
    }

    async fn behind(&self, name: &str) -> Result<i64, StoreError> {
        let mut records = 0;
        for delivered in self.store.undelivered(name, CHAINS).await? {
            records += (self.store.head(delivered.chain).await?.0 - delivered.sequence).max(0);
        }
        Ok(records)
    }
}
