//! What is refused although it can be read: unsafe combinations, and values out of range.

use passgate_gate::policy::MAX_MIN_LENGTH;

use super::error::Fault;
use super::sections::{Engine, Limits, Store, Telemetry, Throttle};
use super::{Config, hidden};

/// All that is wrong, in the order of the file.
pub(super) fn faults(config: &Config) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |key, text: String| faults.push(Fault { key, text });

    let server = &config.server;
    let tls = &server.tls;
    if tls.named() == tls.key.as_os_str().is_empty() {
        fault("server.tls.key", "a certificate and its key belong together: name both, or none of them".to_owned());
    }
    let proxied = !server.trusted_proxies.is_empty();
    if !server.listen.ip().is_loopback() && !tls.named() && !server.allow_plain_http && !proxied {
        fault(
            "server.listen",
            format!(
                "{} is no loopback address, and passwords would travel in clear. Name a certificate and its \
                 key under [server.tls]; or listen on 127.0.0.1 or [::1] behind a proxy that ends TLS; or, if \
                 a private network lies between the two, name the proxy in server.trusted_proxies. \
                 server.allow_plain_http = true takes plain HTTP from anybody",
                server.listen
            ),
        );
    }
    if let Some(url) = &server.public_url
        && !is_origin(url)
    {
        let url = hidden(url);
        fault("server.public_url", format!("{url:?} is not like https://host or https://host:port, without a path"));
    }
    if let Err(text) = passgate_door_http::TrustedProxies::parse(&server.trusted_proxies) {
        fault("server.trusted_proxies", format!("{text:?} is neither an address nor a network such as 10.0.0.0/8"));
    }
    let mut range = |key: &'static str, value: u64, least: u64, most: u64| {
        if !(least..=most).contains(&value) {
            faults.push(Fault { key, text: format!("{value} is not between {least} and {most}") });
        }
    };
    range("server.connections", server.connections as u64, 1, 1_000_000);
    range("server.header_bytes", server.header_bytes as u64, 8 * 1024, 1024 * 1024);
    range("server.header_fields", server.header_fields as u64, 16, 1000);
    range("server.target_bytes", server.target_bytes as u64, 1024, 64 * 1024);
    range("server.header_seconds", server.header_seconds, 1, 120);
    range("server.body_seconds", server.body_seconds, 1, 20);
    range("server.idle_seconds", server.idle_seconds, 1, 3600);
    range("server.drain_seconds", server.drain_seconds, 1, 300);
    range("server.unready_seconds", server.unready_seconds, 0, server.drain_seconds.saturating_sub(1));
    range("server.tls.handshake_seconds", tls.handshake_seconds, 1, 60);
    range("server.tls.reload_seconds", tls.reload_seconds, 1, 86_400);
    range("hashing.slots", config.hashing.slots as u64, 0, 1024);
    range("hashing.queue", config.hashing.queue as u64, 0, 100_000);
    range("policy.min_length", config.policy.min_length.into(), 1, MAX_MIN_LENGTH as u64);
    range("store.connections", config.store.connections as u64, 1, 1000);
    range("store.connect_seconds", config.store.connect_seconds, 1, 60);
    range("store.act_seconds", config.store.act_seconds, 1, 60);
    let passwords = &config.passwords;
    range("passwords.temporary_password_days", passwords.temporary_password_days.into(), 0, 3650);
    range("passwords.password_max_age_days", passwords.password_max_age_days.into(), 0, 36_500);
    range("passwords.remember_verified_seconds", passwords.remember_verified_seconds.into(), 0, 300);
    let sessions = &config.sessions;
    range("sessions.soap_idle_seconds", sessions.soap_idle_seconds.into(), 60, 86_400);
    range("sessions.soap_session_max_hours", sessions.soap_session_max_hours.into(), 1, 168);
    range("sessions.soap_max_open", sessions.soap_max_open.into(), 1, 1000);
    range("sessions.token_seconds", sessions.token_seconds.into(), 60, 86_400);
    range("sessions.token_refresh_hours", sessions.token_refresh_hours.into(), 1, 168);
    range("sessions.token_max_open", sessions.token_max_open.into(), 1, 10_000);
    range("api_keys.max_age_days", config.api_keys.max_age_days.into(), 0, 36_500);
    let limits = &config.limits;
    range("limits.per_caller_per_second", limits.per_caller_per_second.into(), 0, 1_000_000);
    range("limits.burst", limits.burst.into(), 0, 1_000_000);
    range("limits.failures_per_source", limits.failures_per_source.into(), 0, 1_000_000);
    range("limits.failures_window_seconds", limits.failures_window_seconds.into(), 1, 86_400);

    let audit = &config.audit;
    range("audit.checkpoint_events", audit.checkpoint_events.into(), 1, 10_000);
    range("audit.checkpoint_seconds", audit.checkpoint_seconds.into(), 1, 86_400);
    range("audit.keep_days", audit.keep_days.into(), 0, 36_500);
    range("audit.stream.batch", audit.stream.batch.into(), 1, 10_000);
    faults.extend(crate::trail::stream::faults(&audit.stream).map(|(key, text)| Fault { key, text }));

    if let Some(text) = wrong_address(&config.store) {
        faults.push(Fault { key: "store.url_file", text: text.to_owned() });
    }
    if let Err(error) = crate::wiring::hash_cost(&config.hashing) {
        faults.push(Fault { key: "hashing.memory_kib", text: format!("with hashing.passes: {error}") });
    }
    faults.extend(burst(limits));
    if config.api_keys.recoverable {
        faults.push(Fault {
            key: "api_keys.recoverable",
            text: "keys that can be read back are not available yet; set it to false, keys are then shown once"
                .to_owned(),
        });
    }
    faults.extend(throttle(&config.throttle));
    faults.extend(telemetry(&config.telemetry));
    if let Err(reason) = crate::telemetry::parse_level(&config.log.level) {
        faults.push(Fault { key: "log.level", text: format!("{:?} is no filter: {reason}", config.log.level) });
    }
    faults
}

fn burst(limits: &Limits) -> Option<Fault> {
    let (burst, rate) = (limits.burst, limits.per_caller_per_second);
    let text = format!("{burst} is less than limits.per_caller_per_second; set it to {rate} or more");
    (rate > 0 && burst < rate).then_some(Fault { key: "limits.burst", text })
}

/// Never off, never for ever (R57).
fn throttle(set: &Throttle) -> impl Iterator<Item = Fault> {
    let longest = set.longest_delay_seconds;
    [
        // 63B 3.2.2 wants no more than 100 failures in a row without more ado.
        ("throttle.failures", set.failures, 1, 100),
        ("throttle.first_delay_seconds", set.first_delay_seconds, 1, longest.clamp(1, 86_400)),
        ("throttle.longest_delay_seconds", longest, 1, 86_400),
        ("throttle.many_failures", set.many_failures, set.failures, 100_000),
        // A week: names that lead nowhere are remembered for a month.
        ("throttle.last_delay_hours", set.last_delay_hours, longest.div_ceil(3600).max(1), 168),
    ]
    .into_iter()
    .filter(|(_, value, least, most)| !(least..=most).contains(&value))
    .map(|(key, value, least, most)| Fault { key, text: format!("{value} is not between {least} and {most}") })
}

fn telemetry(settings: &Telemetry) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(address) = settings.metrics_listen
        && !address.ip().is_loopback()
        && !settings.metrics_beyond_loopback
    {
        let text = format!(
            "{address} is no loopback address, and whoever reaches it reads the metrics; listen on 127.0.0.1 or \
             [::1], or set telemetry.metrics_beyond_loopback = true if a firewall stands in front"
        );
        faults.push(Fault { key: "telemetry.metrics_listen", text });
    }
    if let Some(url) = &settings.otlp_endpoint {
        let text = if !is_origin(url) || url.starts_with("https://") {
            let url = hidden(url);
            format!("{url:?} is not like http://127.0.0.1:4318: traces are sent in plain HTTP, to a collector nearby")
        } else if !crate::telemetry::has_traces() {
            "this program was built without traces; leave it out, or build with `--features otel`".to_owned()
        } else {
            return faults;
        };
        faults.push(Fault { key: "telemetry.otlp_endpoint", text });
    }
    faults
}

/// The engine needs its address once, or none.
fn wrong_address(store: &Store) -> Option<&'static str> {
    match (store.engine, store.url.is_empty(), store.url_file.as_os_str().is_empty()) {
        (Engine::Sqlite, true, true) | (Engine::Postgres, true, false) | (Engine::Postgres, false, true) => None,
        (Engine::Sqlite, _, _) => {
            Some("an address is for PostgreSQL: set store.engine = \"postgres\", or leave it out")
        }
        (Engine::Postgres, true, true) => {
            Some("PostgreSQL needs an address: name a file that holds postgres://user:password@host/database")
        }
        (Engine::Postgres, false, false) => Some("store.url names an address too: leave one of them out"),
    }
}

/// Scheme, host and perhaps a port, nothing else.
fn is_origin(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.parse::<axum::http::uri::Authority>()
            .is_ok_and(|authority| !authority.host().is_empty() && !rest.contains('@'))
    })
}
