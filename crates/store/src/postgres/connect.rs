//! Making a connection to whichever of several servers takes writes, and driving it.
//!
//! After a failover a server may be there and silent: cut off, frozen, or starting. None of them may use up the time
//! in which another would have answered, so all are tried, each a little after the one before it. The first is the one
//! that led last, unless a connection to it has failed since: an old leader that nobody stopped says that it takes
//! writes, and confirms none.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deadpool_postgres::Connect;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::{JoinHandle, JoinSet};
use tokio_postgres::config::Host;
use tokio_postgres::error::DbError;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Error, Socket};

/// What a server has before the next one is asked: enough where it leads and is well.
const HEAD_START: Duration = Duration::from_millis(200);

/// How connections are made.
pub(super) struct Connector<T> {
    servers: Vec<Config>,
    /// The place of the server that is asked first.
    first: Arc<AtomicUsize>,
    tls: T,
}

impl<T> Connector<T> {
    pub(super) fn new(config: &Config, tls: T) -> Self {
        Self { servers: each_server(config), first: Arc::default(), tls }
    }
}

impl<T> fmt::Debug for Connector<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connector({} servers)", self.servers.len())
    }
}

type Connecting<'a> = Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), Error>> + Send + 'a>>;

impl<T> Connect for Connector<T>
where
    T: MakeTlsConnect<Socket> + Clone + Sync + Send + 'static,
    T::Stream: Sync + Send + 'static,
    T::TlsConnect: Sync + Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    /// Waits as long as any server is silent: the pool says how long that may be.
    fn connect(&self, whole: &Config) -> Connecting<'_> {
        let whole = whole.clone();
        Box::pin(async move {
            let servers = &self.servers;
            let [_, _, ..] = servers.as_slice() else {
                let (client, connection) = whole.connect(self.tls.clone()).await?;
                return Ok((client, tokio::spawn(drive(connection))));
            };
            let first = self.first.load(Ordering::Relaxed);
            let mut tries = JoinSet::new();
            for (step, delay) in (0..servers.len()).zip(delays()) {
                let place = (first + step) % servers.len();
                let (server, tls) = (servers[place].clone(), self.tls.clone());
                tries.spawn(async move {
                    tokio::time::sleep(delay).await;
                    server.connect(tls).await.map(|connected| (place, connected))
                });
            }
            let (place, (client, connection)) = first_good(tries).await?;
            if self.first.swap(place, Ordering::Relaxed) != place {
                tracing::info!(server = place + 1, "the store is written at another server");
            }
            let leaving = Leaving { first: self.first.clone(), place, count: servers.len() };
            let driven = async move {
                let _leaving = leaving;
                drive(connection).await;
            };
            Ok((client, tokio::spawn(driven)))
        })
    }
}

fn delays() -> impl Iterator<Item = Duration> {
    (0..).map(|step| HEAD_START * step)
}

/// Goes with a connection. None is given up without a reason, so the server that it led to is asked last then.
struct Leaving {
    first: Arc<AtomicUsize>,
    place: usize,
    count: usize,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let next = (self.place + 1) % self.count;
        // Unless another is asked first already.
        let _ = self.first.compare_exchange(self.place, next, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// The first that succeeds; the others are given up.
async fn first_good<C: 'static>(mut tries: JoinSet<Result<C, Error>>) -> Result<C, Error> {
    let mut failed = None;
    while let Some(ended) = tries.join_next().await {
        match ended {
            Ok(Ok(connected)) => return Ok(connected),
            Ok(Err(error)) => failed = Some(error),
            // A try that panicked is one that failed; when all have, the pool's own time ends the wait.
            Err(_) => {}
        }
    }
    match failed {
        Some(error) => Err(error),
        None => std::future::pending().await,
    }
}

/// The address of each server by itself, in the order of the whole.
fn each_server(whole: &Config) -> Vec<Config> {
    let (hosts, addresses, ports) = (whole.get_hosts(), whole.get_hostaddrs(), whole.get_ports());
    (0..hosts.len().max(addresses.len()))
        .map(|place| {
            let mut one = without_hosts(whole);
            match hosts.get(place) {
                Some(Host::Tcp(name)) => _ = one.host(name),
                Some(Host::Unix(folder)) => _ = one.host_path(folder),
                None => {}
            }
            if let Some(address) = addresses.get(place) {
                one.hostaddr(*address);
            }
            if let Some(port) = ports.get(place).or_else(|| ports.first()) {
                one.port(*port);
            }
            one
        })
        .collect()
}

fn without_hosts(whole: &Config) -> Config {
    let mut one = Config::new();
    if let Some(user) = whole.get_user() {
        one.user(user);
    }
    if let Some(password) = whole.get_password() {
        one.password(password);
    }
    if let Some(name) = whole.get_dbname() {
        one.dbname(name);
    }
    if let Some(options) = whole.get_options() {
        one.options(options);
    }
    if let Some(name) = whole.get_application_name() {
        one.application_name(name);
    }
    if let Some(time) = whole.get_connect_timeout() {
        one.connect_timeout(*time);
    }
    if let Some(time) = whole.get_tcp_user_timeout() {
        one.tcp_user_timeout(*time);
    }
    if let Some(time) = whole.get_keepalives_interval() {
        one.keepalives_interval(time);
    }
    if let Some(count) = whole.get_keepalives_retries() {
        one.keepalives_retries(count);
    }
    one.ssl_mode(whole.get_ssl_mode())
        .ssl_negotiation(whole.get_ssl_negotiation())
        .channel_binding(whole.get_channel_binding())
        .target_session_attrs(whole.get_target_session_attrs())
        .load_balance_hosts(whole.get_load_balance_hosts())
        .keepalives(whole.get_keepalives())
        .keepalives_idle(whole.get_keepalives_idle());
    one
}

/// Drives a connection to its end, which it brings about where the server tells that a commit holds nowhere but on
/// it. That comes before the word that the commit is done, which then never arrives: nobody knows, so nobody is told
/// "done" (R117, R118).
async fn drive<S: AsyncRead + AsyncWrite + Unpin>(mut connection: Connection<Socket, S>) {
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        match message {
            Ok(AsyncMessage::Notice(notice)) if kept_in_one_place(&notice) => {
                tracing::warn!("the store has a commit on its leader alone: it is not told as done");
                return;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = %error, "a connection to the store ended");
                return;
            }
        }
    }
}

/// Whether it is the warning of a backend that stopped waiting for its synchronous standby: it was cancelled, or the
/// server is shutting down. The warning's text is translated and its code is that of others; its origin is neither.
fn kept_in_one_place(notice: &DbError) -> bool {
    notice.routine() == Some("SyncRepWaitForLSN")
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::{SslMode, TargetSessionAttrs};

    use super::*;

    #[test]
    fn of_several_servers_each_is_asked_with_all_that_was_said_of_the_whole() {
        let mut whole: Config =
            "postgres://ann:secret@one:5433,two:5434/passgate?sslmode=require&connect_timeout=3".parse().unwrap();
        whole.target_session_attrs(TargetSessionAttrs::ReadWrite).application_name("passgate");
        let servers = each_server(&whole);
        let expected = |host: &str| {
            let url = format!("postgres://ann:secret@{host}/passgate?sslmode=require&connect_timeout=3");
            let mut one: Config = url.parse().unwrap();
            one.target_session_attrs(TargetSessionAttrs::ReadWrite).application_name("passgate");
            one
        };
        assert_eq!(servers, [expected("one:5433"), expected("two:5434")]);
        assert_eq!(servers[1].get_ssl_mode(), SslMode::Require);
    }

    #[test]
    fn one_port_is_for_all_servers() {
        let whole: Config = "host=one,two hostaddr=127.0.0.1,127.0.0.2 port=5433 user=ann".parse().unwrap();
        let expected: Config = "host=two hostaddr=127.0.0.2 port=5433 user=ann".parse().unwrap();
        assert_eq!(each_server(&whole)[1], expected);
    }
}
