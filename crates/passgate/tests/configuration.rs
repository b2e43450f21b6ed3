//! The configuration file, its environment, and what it refuses.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

use std::path::PathBuf;

use passgate::config::{Config, ConfigError, Overrides, sample};

fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passgate.toml");
    std::fs::write(&file, text).unwrap();
    (folder, file)
}

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let (_folder, file) = written(text);
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(Some(&file), &Overrides::from_variables(variables))
}

#[track_caller]
fn refused(text: &str, variables: &[(&str, &str)], says: &[&str]) {
    let error = load(text, variables).expect_err("refused").to_string();
    for part in says {
        assert!(error.contains(part), "{part:?} is not in: {error}");
    }
}

#[test]
fn the_sample_in_the_book_is_the_one_that_the_program_prints() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/config-sample.toml");
    let book = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(book, sample(), "write it anew: cargo run -- config sample > docs/config-sample.toml");
}

#[test]
fn every_default_that_the_sample_shows_is_the_default() {
    let settings: String = sample()
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') && !setting.is_empty() => setting,
            _ => line,
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    assert!(settings.contains("\nsoap_max_open = 5\n"), "{settings}");
    assert!(toml::from_str::<Config>(&settings).is_ok(), "a server could read all of it");
    let shown: toml::Table = toml::from_str(&settings).unwrap();
    let defaults: toml::Table = toml::from_str(&Config::default().to_toml()).unwrap();
    assert_eq!(unlike("", &defaults, &shown), Vec::<String>::new());
}

/// The settings that have another value in the sample. One without a default shows an example there.
fn unlike(path: &str, defaults: &toml::Table, shown: &toml::Table) -> Vec<String> {
    defaults
        .iter()
        .flat_map(|(key, default)| match (default, shown.get(key)) {
            (toml::Value::Table(default), Some(toml::Value::Table(shown))) => {
                unlike(&format!("{path}{key}."), default, shown)
            }
            (default, Some(shown)) if default == shown => Vec::new(),
            (default, shown) => vec![format!("{path}{key}: {default} is shown as {shown:?}")],
        })
        .collect()
}

#[test]
fn the_defaults_are_those_of_the_contracts() {
    // contracts/README, deviations; authorisation 3.6; R1, R32, R42, R57, R62, R63, R89.
    let config = Config::default();
    assert_eq!(config.policy.min_length, 8);
    assert!(config.policy.common_passwords && !config.policy.strict);
    assert_eq!(config.passwords.temporary_password_days, 14);
    assert_eq!(config.passwords.password_max_age_days, 0);
    assert_eq!(config.passwords.remember_verified_seconds, 60);
    assert!(!config.passwords.require_nonce && !config.server.allow_plain_http);
    assert_eq!(config.sessions.soap_session_max_hours, 12);
    assert!(!config.api_keys.recoverable && config.api_keys.as_session_id);
    assert_eq!(config.api_keys.max_age_days, 365);
    let throttle = &config.throttle;
    assert_eq!((throttle.failures, throttle.first_delay_seconds, throttle.longest_delay_seconds), (5, 1, 900));
    assert_eq!((throttle.many_failures, throttle.last_delay_hours), (100, 24));
    assert_eq!((config.limits.per_caller_per_second, config.limits.burst), (50, 200));
    assert_eq!((config.limits.failures_per_source, config.limits.failures_window_seconds), (200, 300));
    assert_eq!((config.server.header_bytes, config.server.header_fields), (32 * 1024, 100));
    let text = config.to_toml();
    assert!(text.contains("sessions_after_set = \"end\""), "{text}");
    assert!(text.contains("after_admin_set = \"portal\""), "{text}");
}

#[test]
fn the_environment_overrides_the_file_and_a_flag_overrides_both() {
    let (_folder, file) = written("[server]\nlisten = \"127.0.0.1:1\"\ntrusted_proxies = []\n");
    let variables =
        [("PASSGATE_SERVER_LISTEN", "127.0.0.1:2"), ("PASSGATE_SERVER_TRUSTED_PROXIES", "10.0.0.1, fd00::/8")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let environment = Overrides::from_variables(variables);
    let config = Config::load(Some(&file), &environment).unwrap();
    assert_eq!(config.server.listen.port(), 2);
    assert_eq!(config.server.trusted_proxies, ["10.0.0.1", "fd00::/8"]);
    let flagged = environment.with_flag("--listen", "server", "listen", "127.0.0.1:3".to_owned());
    assert_eq!(Config::load(Some(&file), &flagged).unwrap().server.listen.port(), 3);
}

#[test]
fn variables_of_an_orchestrator_are_left_alone() {
    assert!(load("", &[("PASSGATE_SERVICE_HOST", "10.0.0.1"), ("PASSGATE_PORT", "tcp://10.0.0.1:80")]).is_ok());
}

#[test]
fn relative_paths_start_at_the_folder_of_the_file() {
    let (folder, file) = written("[data]\nfolder = \"here\"\n");
    let config = Config::load(Some(&file), &Overrides::none()).unwrap();
    assert_eq!(config.database(), folder.path().join("here/passgate.db"));
    let (folder, file) = written("[data]\nfolder = \".\"\n");
    let config = Config::load(Some(&file), &Overrides::none()).unwrap();
    assert_eq!(config.database().to_str(), folder.path().join("passgate.db").to_str(), "as it is told");
}

#[test]
fn an_unknown_key_is_refused_with_its_file_and_line() {
    refused("[server]\nlisten = \"127.0.0.1:1\"\nlissten = 1\n", &[], &["passgate.toml", "line 3", "lissten"]);
    refused("[srever]\n", &[], &["passgate.toml", "srever"]);
}

#[test]
fn what_is_wrong_is_told_without_the_password_in_its_line() {
    // R112: an address that is cut off, under a wrong name, beside something else
    for line in [
        "url = \"postgres://ann:hunter2@db.example/passgate",
        "adress = \"postgres://ann:hunter2@db.example/passgate\"",
        "url = \"host=db.example user=ann password=hunter2\" connections = 4",
    ] {
        let error = load(&format!("[store]\n{line}\n"), &[]).expect_err("refused").to_string();
        assert!(error.contains("line 2") && error.contains("(hidden)") && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn a_place_that_is_named_twice_is_refused() {
    // R114: two senders under one name would send in no order
    for (key, place) in [("files", "a.jsonl"), ("syslog", "unix:/dev/log"), ("webhooks", "https://siem.example/")] {
        let file = format!("[audit.stream]\n{key} = [\"{place}\", \"{place}\"]\n");
        refused(&file, &[], &[&format!("audit.stream.{key}"), place, "twice"]);
    }
}

#[test]
fn a_value_of_the_wrong_kind_is_refused_with_its_file_or_variable() {
    refused("[policy]\nmin_length = \"eight\"\n", &[], &["passgate.toml", "line 2", "min_length"]);
    refused("", &[("PASSGATE_POLICY_MIN_LENGTH", "eight")], &["PASSGATE_POLICY_MIN_LENGTH", "policy.min_length"]);
    refused("", &[("PASSGATE_PASSWORDS_AFTER_ADMIN_SET", "maybe")], &["PASSGATE_PASSWORDS_AFTER_ADMIN_SET", "portal"]);
}

#[test]
fn plain_http_beyond_loopback_is_refused_without_tls_a_proxy_or_a_word() {
    // R87; contracts/README, deviation 20.
    for address in ["0.0.0.0:8700", "[::]:8700", "192.0.2.1:80"] {
        let file = format!("[server]\nlisten = \"{address}\"\n");
        refused(&file, &[], &["server.listen", "[server.tls]", "trusted_proxies", "allow_plain_http"]);
        assert!(load(&format!("{file}trusted_proxies = [\"192.0.2.9\"]\n"), &[]).is_ok(), "{address}");
        assert!(load(&format!("{file}[server.tls]\ncertificate = \"a\"\nkey = \"b\"\n"), &[]).is_ok(), "{address}");
        assert!(load(&format!("{file}allow_plain_http = true\n"), &[]).is_ok(), "{address}");
    }
    assert!(load("[server]\nlisten = \"[::1]:8700\"\n", &[]).is_ok());
}

#[test]
fn every_refusal_is_told_at_once() {
    let file = "[server]\ntrusted_proxies = [\"proxy.example\"]\npublic_url = \"passgate.example/x\"\n\
        [policy]\nmin_length = 0\n[limits]\nburst = 1\n[log]\nlevel = \"loud\"\n";
    refused(
        file,
        &[],
        &["server.trusted_proxies", "server.public_url", "policy.min_length", "limits.burst", "log.level"],
    );
}

#[test]
fn a_throttle_cannot_be_turned_off_nor_last_for_ever() {
    // R57; authorisation 3.6
    for (line, key) in [
        ("failures = 0", "throttle.failures"),
        ("failures = 101", "throttle.failures"),
        ("first_delay_seconds = 0", "throttle.first_delay_seconds"),
        ("first_delay_seconds = 901", "throttle.first_delay_seconds"),
        ("longest_delay_seconds = 0", "throttle.longest_delay_seconds"),
        ("many_failures = 4", "throttle.many_failures"),
        ("last_delay_hours = 0", "throttle.last_delay_hours"),
        ("last_delay_hours = 169", "throttle.last_delay_hours"),
        ("longest_delay_seconds = 7200\nlast_delay_hours = 1", "throttle.last_delay_hours"),
    ] {
        refused(&format!("[throttle]\n{line}\n"), &[], &[key]);
    }
    assert!(load("[throttle]\nfailures = 3\nfirst_delay_seconds = 30\nmany_failures = 20\n", &[]).is_ok());
}

#[test]
fn the_time_for_proxies_is_part_of_the_time_for_draining() {
    // R121
    refused("[server]\nunready_seconds = 30\n", &[], &["server.unready_seconds", "29"]);
    assert!(load("[server]\nunready_seconds = 5\n", &[]).is_ok());
}

#[test]
fn a_weaker_hash_than_the_floor_cannot_be_written_down() {
    // R1.
    refused("[hashing]\nprofile = \"low\"\n", &[], &["profile", "low"]);
    refused("[hashing]\nmemory_kib = 1024\n", &[], &["memory_kib"]);
}

#[test]
fn a_missing_file_says_how_to_get_one() {
    let error = Config::load(Some("/nowhere/passgate.toml".as_ref()), &Overrides::none()).expect_err("no file");
    assert!(error.to_string().contains("passgate config sample"), "{error}");
}
