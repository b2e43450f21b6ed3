//! Connections: how many, how each is set up, and which servers are refused.

use deadpool_postgres::{ClientWrapper, Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::NoTls;

use super::address::Address;
use super::connect::Connector;
use super::{ConnectError, PostgresOptions};

/// An empty pool.
pub(super) fn make(address: Address, options: &PostgresOptions) -> Result<Pool, ConnectError> {
    // A closed connection is noticed without asking; what else may be wrong with one is seen by its acts.
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = if let Some(tls) = address.tls {
        let connector = Connector::new(&address.config, tls);
        Manager::from_connect(address.config, connector, recycling)
    } else {
        let connector = Connector::new(&address.config, NoTls);
        Manager::from_connect(address.config, connector, recycling)
    };
    let checked = {
        let options = options.clone();
        Hook::async_fn(move |client, _| {
            let options = options.clone();
            Box::pin(async move { set_up(client, &options).await })
        })
    };
    Pool::builder(manager)
        .max_size(options.connections.max(1))
        .wait_timeout(Some(options.connect_timeout))
        .create_timeout(Some(options.connect_timeout))
        .recycle_timeout(Some(options.connect_timeout))
        .runtime(Runtime::Tokio1)
        .post_create(checked)
        .build()
        .map_err(|error| ConnectError::Unreachable(error.into()))
}

/// Limits for everything on the connection, so that a node that hangs lets go of the rows it holds; then
/// whether the server keeps what it acknowledges. Each connection may lead to another server.
async fn set_up(client: &ClientWrapper, options: &PostgresOptions) -> Result<(), HookError> {
    let limit = options.act_timeout.as_millis().max(1);
    client
        .batch_execute(&format!(
            "SET statement_timeout = {limit}; SET lock_timeout = {limit}; \
             SET idle_in_transaction_session_timeout = {limit}; SET client_connection_check_interval = 1000; \
             SET default_transaction_isolation = 'read committed'; SET client_encoding = 'UTF8'; \
             SET client_min_messages = 'warning'"
        ))
        .await
        .map_err(HookError::Backend)?;
    let settings = client
        .query_one(
            "SELECT current_setting('synchronous_commit'), current_setting('fsync'), \
             current_setting('full_page_writes'), current_setting('server_encoding')",
            &[],
        )
        .await
        .map_err(HookError::Backend)?;
    refuse_unsafe(settings.get(0), settings.get(1), settings.get(2), settings.get(3), options.lossy_commit)
        .map_err(HookError::message)
}

fn refuse_unsafe(commit: &str, fsync: &str, pages: &str, encoding: &str, lossy: bool) -> Result<(), String> {
    let (setting, value) = match (commit, fsync, pages) {
        _ if encoding != "UTF8" => return Err(format!("the database has the encoding {encoding}, not UTF8")),
        _ if lossy => return Ok(()),
        // `local` keeps a commit on this server alone: a failover loses it.
        ("off" | "local", _, _) => ("synchronous_commit", commit),
        (_, "off", _) => ("fsync", fsync),
        (_, _, "off") => ("full_page_writes", pages),
        _ => return Ok(()),
    };
    Err(format!("with {setting} = {value} a crash may lose acknowledged changes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(commit: &str, fsync: &str, pages: &str, taken: bool) {
        assert_eq!(refuse_unsafe(commit, fsync, pages, "UTF8", false).is_ok(), taken, "{commit} {fsync} {pages}");
        assert!(refuse_unsafe(commit, fsync, pages, "UTF8", true).is_ok());
        assert!(refuse_unsafe(commit, fsync, pages, "LATIN1", true).is_err());
    }

    #[test]
    fn a_server_that_may_lose_what_it_acknowledged_is_refused_unless_told() {
        // R117
        check("on", "on", "on", true);
        check("remote_apply", "on", "on", true);
        check("remote_write", "on", "on", true);
        check("off", "on", "on", false);
        check("local", "on", "on", false);
        check("on", "off", "on", false);
        check("on", "on", "off", false);
    }
}
