//! TLS to a real server: whom it is taken from, and what is refused. R87.

use passgate_store::{ConnectError, PostgresOptions, PostgresStore};
use passgate_testing::certificates::Certificates;
use passgate_testing::postgres::Cluster;

use crate::contract::world::*;

/// A way that is no loopback to whoever reads the address: the name is another machine's.
fn far(cluster: &Cluster, host: &str) -> String {
    let url = cluster.database();
    let name = url.rsplit_once("dbname=").unwrap().1;
    format!("host={host} hostaddr=127.0.0.1 port={} user=passgate dbname={name}", cluster.port())
}

fn believing(certificates: &Certificates) -> PostgresOptions {
    PostgresOptions { authorities: Some(certificates.root()), ..PostgresOptions::default() }
}

/// Its whole chain of reasons.
#[track_caller]
fn refused(outcome: Result<PostgresStore, ConnectError>, says: &str) {
    let error = outcome.map(drop).expect_err("refused");
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    assert!(text.contains(says), "{says:?} is not in: {text}");
}

#[tokio::test]
async fn a_server_that_proves_its_name_is_taken_and_everything_goes_within_tls() {
    // R87
    let certificates = Certificates::new();
    certificates.issue_for("server", &["db.example"]);
    let cluster = Cluster::start_sealed(&certificates);
    let url = far(&cluster, "db.example");
    let store = PostgresStore::create(&url, &believing(&certificates)).await.unwrap();
    populate(&store).await;
    let ways = "SELECT string_agg(DISTINCT version, ',') FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                WHERE application_name = 'passgate'";
    assert_eq!(cluster.sql("postgres", ways), "TLSv1.3");
    // The words of libpq mean the same here: no less is taken.
    for mode in ["require", "verify-ca", "verify-full", "prefer"] {
        let url = format!("{url} sslmode={mode}");
        assert!(PostgresStore::open(&url, &believing(&certificates)).await.is_ok(), "{mode}");
        refused(PostgresStore::open(&url, &believing(&Certificates::new())).await, "UnknownIssuer");
    }
}

#[tokio::test]
async fn another_authority_another_name_and_an_expired_certificate_are_refused() {
    // R87
    let certificates = Certificates::new();
    certificates.issue_for("server", &["db.example"]);
    let cluster = Cluster::start_sealed(&certificates);
    let url = far(&cluster, "db.example");
    refused(PostgresStore::create(&url, &believing(&Certificates::new())).await, "UnknownIssuer");
    // Nobody whom the system believes vouches for it; a system without authorities believes nobody.
    let system = PostgresStore::create(&url, &PostgresOptions::default()).await;
    assert!(matches!(system, Err(ConnectError::Unreachable(_) | ConnectError::Authorities(_))), "{:?}", system.err());
    let other = far(&cluster, "other.example");
    refused(PostgresStore::create(&other, &believing(&certificates)).await, "not valid for name");

    certificates.issue_between("expired", 2020, 2021);
    let cluster = Cluster::start_sealed(&certificates);
    refused(
        PostgresStore::create(&(far(&cluster, "localhost") + " sslmode=require"), &believing(&certificates)).await,
        "expired",
    );
}

#[tokio::test]
async fn a_server_without_tls_is_taken_only_where_the_address_says_so() {
    // R87: a name beyond this machine means TLS
    let certificates = Certificates::new();
    let cluster = Cluster::start_plain();
    let url = far(&cluster, "db.example");
    for sealed in [url.clone(), format!("{url} sslmode=prefer"), format!("{url} sslmode=require")] {
        refused(PostgresStore::create(&sealed, &believing(&certificates)).await, "server does not support TLS");
    }
    let plain = format!("{url} sslmode=disable");
    assert!(PostgresStore::create(&plain, &believing(&certificates)).await.is_ok());
}

#[tokio::test]
async fn a_file_of_authorities_that_is_none_is_refused_by_its_name() {
    let cluster = Cluster::shared();
    let certificates = Certificates::new();
    let url = far(cluster, "db.example");
    for file in [certificates.key(), certificates.root().with_extension("none")] {
        let options = PostgresOptions { authorities: Some(file), ..PostgresOptions::default() };
        let outcome = PostgresStore::create(&url, &options).await;
        assert!(matches!(&outcome, Err(ConnectError::Authorities(_))), "{:?}", outcome.err());
    }
}
