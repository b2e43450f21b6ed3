//! The end of a certificate is seen before it comes: by the doctor, in the metrics, in the log.

use std::path::Path;

use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use passgate::serve::{Standing, Tls};
use passgate_gate::clock::{Clock as _, SystemClock};
use serde_json::Value;

use crate::house::Certificates;
use crate::renewal::{await_that, log};
use crate::support::{run, run_with, text, told, try_send};

fn new_year(year: i32) -> Timestamp {
    date(year.try_into().unwrap(), 1, 1).to_zoned(TimeZone::UTC).unwrap().timestamp()
}

fn this_year() -> i32 {
    SystemClock.now().to_zoned(TimeZone::UTC).year().into()
}

#[track_caller]
fn stands(from: i32, to: i32, at: Timestamp, expected: Standing) {
    let certificates = Certificates::new();
    certificates.issue_between("first", from, to);
    let tls = Tls::start(&certificates.settings()).unwrap().unwrap();
    assert_eq!(tls.standing(at), expected);
}

#[test]
fn a_certificate_ends_soon_thirty_days_before_its_end() {
    // R87
    let (end, day) = (new_year(2040), SignedDuration::from_hours(24));
    stands(2030, 2040, end - day * 31, Standing::Good(Some(end)));
    stands(2030, 2040, end - day * 30, Standing::EndsSoon(end));
    stands(2030, 2040, end, Standing::Over(end));
    stands(2030, 2040, new_year(2030) - day, Standing::NotYet(new_year(2030)));
    stands(2030, 2040, new_year(2030), Standing::Good(Some(end)));
}

/// The one finding of the doctor about the certificate, as `verdict: what -> todo`.
fn doctor(data: &Path, certificates: Option<&Certificates>) -> Option<String> {
    let ours = certificates.map(Certificates::variables);
    let mut variables: Vec<_> = ours.iter().flatten().map(|(name, value)| (*name, value.as_str())).collect();
    variables.push(("PASSGATE_SERVER_LISTEN", "127.0.0.1:0"));
    let output = run_with(&["doctor", "--json", "--data", text(data)], "", &variables);
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", told(&output)));
    let found = said["checks"].as_array().unwrap().iter().find(|one| one["check"] == "certificate")?.clone();
    let part = |name: &str| found[name].as_str().unwrap().to_owned();
    Some(format!("{}: {} -> {}", part("verdict"), part("text"), part("todo")))
}

#[test]
fn the_doctor_tells_when_the_certificate_ends_and_what_to_do() {
    // R87
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let made = run(&["init", "--data", text(&data), "--login", "ann", "--company", "OPS"], "Larch-tree-42");
    assert!(made.status.success(), "{}", told(&made));
    assert_eq!(doctor(&data, None), None, "no TLS, no certificate");

    let certificates = Certificates::new();
    certificates.issue_between("good", 2020, this_year() + 2);
    let said = doctor(&data, Some(&certificates)).unwrap();
    assert!(said.starts_with("ok: good until ") && said.ends_with(" -> "), "{said}");
    certificates.issue_between("over", 2020, 2021);
    let said = doctor(&data, Some(&certificates)).unwrap();
    assert!(said.starts_with("fail: over since 2021-01-01T00:00:00Z") && said.contains("new certificate"), "{said}");
    certificates.issue_between("not yet", this_year() + 2, this_year() + 3);
    let said = doctor(&data, Some(&certificates)).unwrap();
    assert!(said.starts_with("fail: not valid before ") && said.contains("set the clock"), "{said}");
    let now = SystemClock.now();
    certificates.issue_until("soon", now + SignedDuration::from_hours(20 * 24 + 1));
    let said = doctor(&data, Some(&certificates)).unwrap();
    assert!(said.starts_with("warn: ends in 20 days") && said.contains("renewed"), "{said}");
    std::fs::write(certificates.key(), "").unwrap();
    let said = doctor(&data, Some(&certificates)).unwrap();
    assert!(said.starts_with("fail: ") && said.contains("no private key"), "{said}");
}

/// The figure of the running server.
fn metric(watch: &str) -> Option<Timestamp> {
    let metrics = try_send(watch, "GET /metrics HTTP/1.1\r\n", "").unwrap();
    let line = metrics.lines().find_map(|line| line.strip_prefix("passgate_tls_certificate_not_after_seconds "))?;
    Some(Timestamp::from_second(line.parse().unwrap()).unwrap())
}

#[test]
fn the_metric_follows_a_new_certificate_and_the_log_says_that_one_ends_soon() {
    // R87
    let certificates = Certificates::new();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let soon = Timestamp::from_second(SystemClock.now().as_second() + 20 * 24 * 3600).unwrap();
    certificates.issue_until("first", soon);
    let more = [
        ("PASSGATE_SERVER_TLS_RELOAD_SECONDS", "1"),
        ("PASSGATE_TELEMETRY_METRICS_LISTEN", "127.0.0.1:0"),
        ("PASSGATE_LOG_FORMAT", "json"),
        ("PASSGATE_LOG_LEVEL", "info"),
    ];
    let _server = certificates.dev(&data, &more);
    await_that("the log says so", || log(&data).contains("the certificate ends soon"));
    let watch = || {
        let log = log(&data);
        let mut lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.find(|line| line["message"] == "metrics are served").map(|line| line["address"].clone())
    };
    await_that("metrics are served", || watch().is_some());
    let watch = watch().unwrap().as_str().unwrap().to_owned();
    assert_eq!(metric(&watch), Some(soon));
    certificates.issue_between("second", 2020, 2040);
    await_that("the metric follows", || metric(&watch) == Some(new_year(2040)));
}
