//! Where the server is, and how the way to it is protected.
//!
//! Plain over a Unix socket or loopback. Anything else is TLS with a certificate that an authority vouches
//! for and that names the host, unless `sslmode=disable` says that the network protects itself.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{ConnectError, PostgresOptions};

/// How often an idle connection is asked for a sign of life.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// A server and the way to it.
pub(super) struct Address {
    pub(super) config: Config,
    /// `None`: plain.
    pub(super) tls: Option<MakeRustlsConnect>,
}

impl Address {
    /// Hosts and database, for messages: no user, no password.
    pub(super) fn name(&self) -> String {
        let ports = self.config.get_ports();
        let hosts = self.config.get_hosts().iter().enumerate().map(|(place, host)| {
            let name = match host {
                Host::Tcp(name) => name.clone(),
                Host::Unix(path) => path.display().to_string(),
            };
            match ports.get(place).or(ports.first()) {
                None | Some(5432) => name,
                Some(port) => format!("{name}:{port}"),
            }
        });
        let hosts = hosts.collect::<Vec<_>>().join(",");
        let database = self.config.get_dbname().or(self.config.get_user()).unwrap_or_default();
        format!("database {database} on {hosts}")
    }
}

/// Reads `postgres://user@host/name?..` or `host=.. user=..`.
pub(super) fn parse(url: &str, options: &PostgresOptions) -> Result<Address, ConnectError> {
    // Both words of libpq ask for what every sealed connection gets here.
    let url =
        url.trim().replace("sslmode=verify-full", "sslmode=require").replace("sslmode=verify-ca", "sslmode=require");
    // The parser's own words might repeat a part of the password.
    let mut config: Config =
        url.parse().map_err(|_| ConnectError::Address("it is not like postgres://user@host/name".to_owned()))?;
    if config.get_hosts().is_empty() {
        return Err(ConnectError::Address("it names no host".to_owned()));
    }
    if config.get_user().is_none() {
        return Err(ConnectError::Address("it names no user".to_owned()));
    }
    let told_plain = url.contains("sslmode=disable");
    let told_sealed = config.get_ssl_mode() == SslMode::Require;
    let near = config.get_hosts().iter().all(near) && config.get_hostaddrs().iter().all(IpAddr::is_loopback);
    let sealed = told_sealed || (!near && !told_plain);
    if !near && told_plain {
        tracing::warn!("the way to the store is not sealed: sslmode=disable");
    }
    config
        .ssl_mode(if sealed { SslMode::Require } else { SslMode::Disable })
        // Of several hosts the one that takes writes; after a failover that is another one.
        .target_session_attrs(TargetSessionAttrs::ReadWrite)
        .connect_timeout(options.connect_timeout)
        .tcp_user_timeout(options.act_timeout)
        .keepalives_idle(KEEPALIVE)
        .application_name("passgate");
    let tls = sealed.then(|| client(options.authorities.as_deref())).transpose()?;
    Ok(Address { config, tls })
}

fn near(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
    }
}

fn client(authorities: Option<&Path>) -> Result<MakeRustlsConnect, ConnectError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(authorities)? {
        roots.add(certificate).map_err(|error| ConnectError::Authorities(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(ConnectError::Authorities("there is none".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ConnectError::Authorities(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn certificates(authorities: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
    let Some(path) = authorities else { return Ok(rustls_native_certs::load_native_certs().certs) };
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| ConnectError::Authorities(format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, sealed: bool) {
        let address = parse(url, &PostgresOptions::default()).unwrap();
        assert_eq!(address.tls.is_some(), sealed, "{url}");
        let mode = if sealed { SslMode::Require } else { SslMode::Disable };
        assert_eq!(address.config.get_ssl_mode(), mode, "{url}");
    }

    #[test]
    fn the_way_is_sealed_beyond_this_machine_unless_told_otherwise() {
        // hashes travel on it
        check("postgres://passgate@localhost/passgate", false);
        check("postgres://passgate@127.0.0.1:5433/passgate", false);
        check("postgres://passgate@[::1]/passgate", false);
        check("host=/run/postgresql user=passgate", false);
        check("postgres://passgate@db.example/passgate?sslmode=disable", false);
        if !rustls_native_certs::load_native_certs().certs.is_empty() {
            check("postgres://passgate@db.example/passgate", true);
            check("postgres://passgate@db.example/passgate?sslmode=prefer", true);
            check("postgres://passgate@localhost/passgate?sslmode=verify-full", true);
            check("postgres://passgate@localhost,db.example/passgate", true);
        }
    }

    #[test]
    fn a_refused_address_is_not_repeated() {
        // it may hold the password
        for url in ["postgres://u:hunter2@host:x/", "postgres://u:hunter2@/db", "hunter2", "postgres://host/db"] {
            let refused = parse(url, &PostgresOptions::default()).map(drop).unwrap_err();
            assert!(matches!(refused, ConnectError::Address(_)), "{refused:?}");
            assert!(!format!("{refused:?} {refused}").contains("hunter2"));
        }
    }
}
