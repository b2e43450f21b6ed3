//! `passgate serve`: the server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use clap::Args;
use passgate_gate::clock::{Clock, SystemClock};
use passgate_gate::store::Store as _;
use passgate_store::Trail;
use tokio::net::TcpListener;

use super::config::File;
use super::{Failure, exit};
use crate::config::sections::Throttle;
use crate::config::{Config, Overrides};
use crate::keys;
use crate::serve::{Drained, Limits, Renewal, Transport, outlive_hangup, run, stop_signal};
use crate::telemetry::start_server;
use crate::trail::Watch;
use crate::trail::signing::Trusted;
use crate::trail::verify::is_anothers;
use crate::watching::{Gauges, Health, Lag, Lifetime, listener};
use crate::wiring::{Installation, Use, app};

/// Run the server.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    file: File,
    /// Listen here instead of where the file says.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

impl Serve {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let mut overrides = Overrides::from_variables(std::env::vars());
        if let Some(address) = self.listen {
            overrides = overrides.with_flag("--listen", "server", "listen", address.to_string());
        }
        let config = Config::load(Some(&self.file.config), &overrides)?;
        let traces =
            start_server(&config.log, &config.telemetry).map_err(|reason| Failure::new(exit::CONFIG, reason))?;
        outlive_hangup()?;
        let installation = Installation::open(&config, Use::Serve)?;
        refuse_empty(&installation).await?;
        refuse_foreign_keys(&config, &installation).await?;
        let listener = listen(&config).await?;
        warn_of_weak_settings(&config);
        let outcome = serve(&config, installation, listener, stop_signal()?).await;
        tokio::task::spawn_blocking(|| traces.finish()).await.map_err(std::io::Error::other)?;
        outcome
    }
}

/// Takes the address, and says so when it is taken.
pub(super) async fn listen(config: &Config) -> Result<TcpListener, Failure> {
    let address = config.server.listen;
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new(exit::CONFIG, format!("cannot listen on {address}: {error}; choose another with --listen"))
    })
}

/// Answers requests until `stop`, then drains and closes the store.
pub(super) async fn serve(
    config: &Config,
    installation: Installation,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let transport = transport(config)?;
    let tls = match &transport {
        Transport::Tls(tls) => Some(Arc::clone(tls)),
        Transport::Plain | Transport::PlainFrom(_) => None,
    };
    let renewal = tls.clone().map(Renewal::start).transpose()?;
    let lifetime = Arc::new(Lifetime::default());
    let health = Arc::new(Health::new(installation.gate.clone(), installation.lane.clone(), lifetime.clone()));
    let app = app(config, &installation, health.clone())?;
    let limits = Limits { transport, ..Limits::from(&config.server) };
    let broken = Arc::default();
    let gauges = Gauges {
        lane: installation.lane.clone(),
        traffic: limits.traffic.clone(),
        lifetime: lifetime.clone(),
        tls,
        broken: Arc::clone(&broken),
    };
    let lag = Lag::new(config, installation.store.clone());
    let watched = listener::Watched::new(&installation.metrics, gauges, lag, health);
    let watchers = listener::start(config, watched).await?;
    let watch = watch_over_the_trail(config, &installation, broken)?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    let drained = run(listener, app, limits, async move {
        stop.await;
        lifetime.drain();
        tracing::info!("stopping: no new connections, running requests finish");
    })
    .await;
    drop(renewal);
    watch.stop().await;
    if let Some(watchers) = watchers {
        watchers.stop().await;
    }
    let store = installation.store.clone();
    drop(installation);
    // Finishes what is being committed; nothing acknowledged waits for it.
    tokio::task::spawn_blocking(move || store.close()).await.map_err(std::io::Error::other)?;
    match drained {
        Drained::Whole => tracing::info!("stopped"),
        Drained::Cut => tracing::warn!("stopped with requests unanswered: the time for draining was over"),
    }
    Ok(())
}

/// How clients have to speak; with TLS, its files are read and checked.
pub(super) fn transport(config: &Config) -> Result<Transport, Failure> {
    Transport::of(&config.server)
        .map_err(|error| Failure::new(exit::CONFIG, format!("[server.tls] {}", super::chain(&error))))
}

/// Signs the audit trail, sends it to second places and removes what is too old, beside the requests.
fn watch_over_the_trail(
    config: &Config,
    installation: &Installation,
    broken: Arc<AtomicUsize>,
) -> Result<Watch, Failure> {
    let store: Arc<dyn Trail> = installation.store.clone();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Watch::start(config, &store, &installation.keys.checkpoints, &clock, broken)
        .map_err(|error| Failure::new(exit::CONFIG, format!("[audit.stream]: {error}")))
}

/// A server without a user could not be asked for anything (R46).
async fn refuse_empty(installation: &Installation) -> Result<(), Failure> {
    let store = &installation.store;
    for tenant in store.tenants(None, 1000).await.map_err(passgate_gate::Error::from)? {
        if !store.accounts(tenant.id, None, 1).await.map_err(passgate_gate::Error::from)?.is_empty() {
            return Ok(());
        }
    }
    Err(Failure::new(exit::CONFIG, "nobody is there yet: `passgate init` makes the first administrator"))
}

/// With another installation's keys no password is right, and what is signed would make the trail look changed.
async fn refuse_foreign_keys(config: &Config, installation: &Installation) -> Result<(), Failure> {
    if config.audit.accept_foreign_signatures {
        return Ok(());
    }
    let trusted = Trusted::of(&installation.keys.checkpoints);
    if !is_anothers(installation.store.as_ref(), &trusted).await.map_err(passgate_gate::Error::from)? {
        return Ok(());
    }
    let text = format!(
        "the keys in {} are another installation's: none of them signed this audit trail\n\
         copy the keys folder of another node or of a backup there; if the key of checkpoints alone is lost, set \
         audit.accept_foreign_signatures",
        keys::folder(&config.data.folder).display()
    );
    Err(Failure::new(exit::CONFIG, text))
}

/// The settings under which more guesses fit into a day than under the defaults (R57).
fn weaker_throttle(set: &Throttle) -> impl Iterator<Item = &'static str> {
    let default = Throttle::default();
    [
        (set.failures > default.failures, "throttle.failures"),
        (set.first_delay_seconds < default.first_delay_seconds, "throttle.first_delay_seconds"),
        (set.longest_delay_seconds < default.longest_delay_seconds, "throttle.longest_delay_seconds"),
        (set.many_failures > default.many_failures, "throttle.many_failures"),
        (set.last_delay_hours < default.last_delay_hours, "throttle.last_delay_hours"),
    ]
    .into_iter()
    .filter_map(|(weaker, key)| weaker.then_some(key))
}

/// What is allowed, and worth a second look (R8).
fn warn_of_weak_settings(config: &Config) {
    if config.policy.min_length < 8 {
        tracing::warn!(policy.min_length = config.policy.min_length, "passwords shorter than 8 characters are taken");
    }
    if !config.policy.common_passwords {
        tracing::warn!("common passwords are taken: policy.common_passwords is false");
    }
    for key in weaker_throttle(&config.throttle) {
        tracing::warn!(key, "guesses at passwords are slowed down less than by default");
    }
    let server = &config.server;
    if server.allow_plain_http && !server.tls.named() && !server.listen.ip().is_loopback() {
        tracing::warn!("plain http is taken from whoever reaches the address: passwords travel in clear");
    }
}
