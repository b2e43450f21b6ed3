//! `passgate doctor` over PostgreSQL: the server, the way to it, and what it keeps.

use std::path::{Path, PathBuf};

use passgate_testing::certificates::Certificates;
use passgate_testing::postgres::Cluster;
use serde_json::Value;
use tempfile::TempDir;

use crate::doctor::{doctor, verdict};
use crate::support::{run, run_with, text, told};

/// An installation whose store is in this database.
fn installed(url: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = ["init", "--data", text(&data), "--login", "root1", "--company", "ACME"];
    let made = run_with(&arguments, "Larch-tree-42\n", &over(url));
    assert!(made.status.success(), "{}", told(&made));
    (folder, data)
}

fn over(url: &str) -> [(&str, &str); 2] {
    [("PASSGATE_STORE_ENGINE", "postgres"), ("PASSGATE_STORE_URL", url)]
}

/// What is said of one thing, with what to do.
#[track_caller]
fn said(answer: &Value, check: &str) -> String {
    let found = answer["checks"].as_array().unwrap().iter().find(|one| one["check"] == check);
    let found = found.unwrap_or_else(|| panic!("no {check} in {answer:#}"));
    format!("{} -> {}", found["text"].as_str().unwrap(), found["todo"].as_str().unwrap())
}

#[test]
fn a_sound_installation_on_postgresql_passes_what_one_on_sqlite_does_and_is_left_as_it_is() {
    let cluster = Cluster::shared();
    let url = cluster.database();
    let (_folder, data) = installed(&url);
    let name = url.rsplit_once("dbname=").unwrap().1;
    let before = cluster.sql(name, "SELECT count(*) FROM audit_events");
    for more in [&[][..], &["--full"]] {
        let answer = doctor(&data, &over(&url), more);
        assert_eq!(answer["fail"], 0, "{answer:#}");
        for check in
            ["store", "way", "schema", "audit", "durability", "replication", "connections", "skew", "clock", "keys"]
        {
            assert_eq!(verdict(&answer, check), "ok", "{check}: {answer:#}");
        }
        // The cluster of the tests is made as a superuser's, and without checksums.
        assert!(said(&answer, "rights").contains("superuser"), "{answer:#}");
        assert!(said(&answer, "integrity").contains("pg_checksums --enable"), "{answer:#}");
    }
    assert_eq!(cluster.sql(name, "SELECT count(*) FROM audit_events"), before);
}

#[test]
fn a_role_of_its_own_is_told_what_it_may_and_what_it_may_not() {
    let cluster = Cluster::shared();
    let url = cluster.database();
    let name = url.rsplit_once("dbname=").unwrap().1.to_owned();
    cluster.sql(
        "postgres",
        &format!("CREATE ROLE owner_{name} LOGIN; CREATE ROLE guest_{name} LOGIN CONNECTION LIMIT 16"),
    );
    cluster.sql(
        "postgres",
        &format!("ALTER DATABASE {name} OWNER TO owner_{name}; ALTER ROLE guest_{name} SET search_path = public"),
    );
    let owner = url.replace("user=passgate", &format!("user=owner_{name}"));
    let (_folder, data) = installed(&owner);
    assert_eq!(verdict(&doctor(&data, &over(&owner), &[]), "rights"), "ok");

    let guest = url.replace("user=passgate", &format!("user=guest_{name}"));
    cluster.sql(&name, &format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest_{name}"));
    let answer = doctor(&data, &over(&guest), &[]);
    assert_eq!(verdict(&answer, "rights"), "fail", "{answer:#}");
    assert!(said(&answer, "rights").contains("may not read and write"), "{answer:#}");
    // One server of 16 connections, and no second one.
    assert_eq!(verdict(&answer, "connections"), "warn", "{answer:#}");
    cluster.sql("postgres", &format!("ALTER ROLE guest_{name} CONNECTION LIMIT 15"));
    assert_eq!(verdict(&doctor(&data, &over(&guest), &[]), "connections"), "fail");
}

#[test]
fn a_database_without_a_store_or_with_one_of_another_version_is_told_and_not_touched() {
    // R119
    let cluster = Cluster::shared();
    let url = cluster.database();
    let (_folder, data) = installed(&url);
    let empty = cluster.database();
    let answer = doctor(&data, &over(&empty), &[]);
    assert!(verdict(&answer, "schema") == "fail" && said(&answer, "schema").contains("passgate init"), "{answer:#}");

    let name = url.rsplit_once("dbname=").unwrap().1;
    let last = cluster.sql(name, "SELECT max(number) FROM schema_migrations");
    cluster.sql(name, &format!("DELETE FROM schema_migrations WHERE number = {last}"));
    let answer = doctor(&data, &over(&url), &[]);
    assert!(verdict(&answer, "schema") == "warn" && said(&answer, "schema").contains("pg_dump"), "{answer:#}");
    assert_ne!(cluster.sql(name, "SELECT max(number) FROM schema_migrations"), last, "it migrates nothing");
    cluster.sql(name, "INSERT INTO schema_migrations (number, name, checksum) VALUES (9999, 'x', '')");
    let answer = doctor(&data, &over(&url), &[]);
    assert!(verdict(&answer, "schema") == "fail" && said(&answer, "schema").contains("newer"), "{answer:#}");
}

#[test]
fn a_server_that_may_lose_what_it_acknowledged_is_told_with_every_setting() {
    // R117
    let cluster = Cluster::start_with("-c fsync=off -c full_page_writes=off -c synchronous_commit=off");
    let url = cluster.database();
    let lossy = [&over(&url)[..], &[("PASSGATE_STORE_LOSSY_COMMIT", "true")]].concat();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = ["init", "--data", text(&data), "--login", "root1", "--company", "ACME"];
    let made = run_with(&arguments, "Larch-tree-42\n", &lossy);
    assert!(made.status.success(), "{}", told(&made));
    let answer = doctor(&data, &over(&url), &[]);
    assert_eq!(verdict(&answer, "durability"), "fail", "{answer:#}");
    for setting in ["synchronous_commit = off", "fsync = off", "full_page_writes = off", "ALTER ROLE"] {
        assert!(said(&answer, "durability").contains(setting), "{answer:#}");
    }
    // The records are looked at all the same.
    assert_eq!(verdict(&answer, "audit"), "ok", "{answer:#}");
    assert_eq!(verdict(&doctor(&data, &lossy, &[]), "durability"), "warn");
}

#[test]
fn an_altered_record_in_the_chain_of_any_tenant_is_found() {
    // R110
    let cluster = Cluster::shared();
    let url = cluster.database();
    let (_folder, data) = installed(&url);
    let name = url.rsplit_once("dbname=").unwrap().1;
    cluster.sql(
        name,
        "ALTER TABLE audit_events DISABLE TRIGGER USER; UPDATE audit_events SET note = 'x' WHERE sequence = 1",
    );
    for more in [&[][..], &["--full"]] {
        assert_eq!(verdict(&doctor(&data, &over(&url), more), "audit"), "fail");
    }
}

fn far(cluster: &Cluster, database: &str) -> String {
    let name = database.rsplit_once("dbname=").unwrap().1;
    format!("host=db.example hostaddr=127.0.0.1 port={} user=passgate dbname={name}", cluster.port())
}

#[test]
fn the_way_is_told_and_a_server_that_does_not_prove_its_name_is_not_asked() {
    // R87
    let certificates = Certificates::new();
    certificates.issue_for("server", &["db.example"]);
    let cluster = Cluster::start_sealed(&certificates);
    let near = cluster.database();
    let (_folder, data) = installed(&near);
    let url = far(&cluster, &near);
    let believed = |root: &Path| {
        let root = text(root).to_owned();
        let all = [&over(&url)[..], &[("PASSGATE_STORE_AUTHORITIES_FILE", root.as_str())]].concat();
        doctor(&data, &all, &[])
    };
    let answer = believed(&certificates.root());
    assert_eq!(verdict(&answer, "way"), "ok", "{answer:#}");
    assert!(said(&answer, "way").contains("TLSv1.3"), "{answer:#}");
    let answer = believed(&Certificates::new().root());
    assert_eq!(verdict(&answer, "store"), "fail", "{answer:#}");
    assert!(said(&answer, "store").contains("UnknownIssuer"), "{answer:#}");
    assert!(said(&answer, "store").contains("store.authorities_file"), "{answer:#}");
}

#[test]
fn what_is_away_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let made = run(&["init", "--data", text(&data), "--login", "root1", "--company", "ACME"], "Larch-tree-42\n");
    assert!(made.status.success(), "{}", told(&made));
    let answer = doctor(&data, &over("host=127.0.0.1 port=1 user=passgate dbname=x"), &[]);
    assert_eq!(verdict(&answer, "store"), "fail", "{answer:#}");
    assert!(said(&answer, "store").contains("is the server up"), "{answer:#}");
}
