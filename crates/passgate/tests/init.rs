//! `passgate init` where something is there already: a folder, a configuration, the address of a PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use passgate_testing::postgres::Cluster;
use support::{run, run_with, text, told};

struct Place {
    folder: tempfile::TempDir,
    data: PathBuf,
}

impl Place {
    /// A folder that is there with this mode, and nothing in it.
    fn with_mode(mode: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::set_permissions(&data, Permissions::from_mode(mode)).unwrap();
        Self { folder, data }
    }

    /// A file of mode 0600 beside the folder, or in it.
    fn write(&self, name: &str, contents: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        passgate::private_file::write(&path, contents.as_bytes()).unwrap();
        path
    }

    fn init(&self, more: &[&str]) -> Output {
        let arguments = ["init", "--data", text(&self.data), "--login", "ann", "--company", "OPS"];
        run(&[&arguments, more].concat(), "Larch-tree-42")
    }

    #[track_caller]
    fn made(&self, more: &[&str]) -> String {
        let output = self.init(more);
        assert!(output.status.success(), "{}", told(&output));
        assert_eq!(mode(&self.data), 0o700);
        told(&output)
    }

    #[track_caller]
    fn refused(&self, more: &[&str], code: i32, says: &str) {
        let output = self.init(more);
        assert_eq!(output.status.code(), Some(code), "{}", told(&output));
        assert!(told(&output).contains(says), "{says:?} is not in: {}", told(&output));
        assert!(!self.data.join("keys").exists() && !self.data.join("passgate.db").exists());
    }

    /// The users of the first tenant, by the configuration alone.
    #[track_caller]
    fn users(&self) -> String {
        let output = run(&["user", "list", "--tenant", "OPS", "--data", text(&self.data)], "");
        assert!(output.status.success(), "{}", told(&output));
        told(&output)
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn an_empty_folder_is_closed_to_others_and_that_is_said() {
    // R119: `mkdir` alone makes it 0755
    let place = Place::with_mode(0o755);
    let said = place.made(&[]);
    assert!(said.contains("has mode 0755: it is the server's own now, mode 0700"), "{said}");
    assert!(place.users().contains("ann"));
    let private = Place::with_mode(0o700);
    assert!(!private.made(&[]).contains("mode"));
}

#[test]
fn a_folder_with_keys_that_others_could_read_is_not_quietly_closed() {
    // R119: whoever could read them may have
    let place = Place::with_mode(0o700);
    fs::create_dir_all(place.data.join("keys")).unwrap();
    fs::set_permissions(&place.data, Permissions::from_mode(0o755)).unwrap();
    let output = place.init(&[]);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("chmod 700"), "{}", told(&output));
    assert_eq!(mode(&place.data), 0o755);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    // R119
    let place = Place::with_mode(0o700);
    let inside = place.write("file", "").join("data");
    for arguments in [&["init", "--login", "ann"][..], &["restore", "--from", "/nowhere"]] {
        let output = run(&[arguments, &["--data", text(&inside)]].concat(), "Larch-tree-42");
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert!(told(&output).contains(&format!("cannot make {}", inside.display())), "{}", told(&output));
    }
}

#[test]
fn a_configuration_that_is_there_is_kept_and_read() {
    let place = Place::with_mode(0o755);
    let url = Cluster::shared().database();
    place.write("data/store-url", &url);
    let configuration = "[data]\nfolder = \".\"\n\n[store]\nengine = \"postgres\"\nurl_file = \"store-url\"\n";
    place.write("data/passgate.toml", configuration);
    place.made(&[]);
    assert_eq!(fs::read_to_string(place.data.join("passgate.toml")).unwrap(), configuration);
    assert!(!place.data.join("passgate.db").exists());
    assert!(place.users().contains("ann"));

    // One that is not right costs nothing.
    let wrong = Place::with_mode(0o755);
    wrong.write("data/passgate.toml", "[store]\nengine = \"postgres\"\n");
    wrong.refused(&[], 3, "PostgreSQL needs an address");
    wrong.write("data/passgate.toml", "[store]\nengine = \"oracle\"\n");
    wrong.refused(&[], 3, "engine");
}

#[test]
fn flags_write_the_store_into_the_configuration() {
    // R116: the address itself is no argument
    let place = Place::with_mode(0o755);
    let address = place.write("data/store-url", &Cluster::shared().database());
    let flags = ["--engine", "postgres", "--store-url-file", text(&address)];
    // A first run that stopped at the password can be run again.
    let weak = run(
        &[&["init", "--data", text(&place.data), "--login", "ann", "--company", "OPS"], &flags[..]].concat(),
        "weak",
    );
    assert_eq!(weak.status.code(), Some(6), "{}", told(&weak));
    place.made(&flags);
    let written = fs::read_to_string(place.data.join("passgate.toml")).unwrap();
    assert!(written.contains("\nengine = \"postgres\"\n") && written.contains("\nurl_file = \"store-url\"\n"));
    assert!(place.users().contains("ann"));
    assert!(told(&place.init(&flags)).contains("is an installation already"));

    let elsewhere = Place::with_mode(0o700);
    let address = elsewhere.write("address", &Cluster::shared().database());
    elsewhere.made(&["--engine", "postgres", "--store-url-file", text(&address)]);
    let written = fs::read_to_string(elsewhere.data.join("passgate.toml")).unwrap();
    assert!(written.contains(&format!("\nurl_file = {:?}\n", address.canonicalize().unwrap())), "{written}");
    assert!(elsewhere.users().contains("ann"));
}

#[test]
fn the_database_of_another_installation_is_refused_and_gets_no_second_keys() {
    // R40: with other keys no password in it would be right
    let first = Place::with_mode(0o700);
    let address = first.write("address", &Cluster::shared().database());
    let flags = ["--engine", "postgres", "--store-url-file", text(&address)];
    first.made(&flags);
    Place::with_mode(0o700).refused(&flags, 3, "name an empty database");
    assert!(first.users().contains("ann"));
}

#[test]
fn flags_that_cannot_be_followed_change_nothing() {
    let place = Place::with_mode(0o700);
    let address = place.write("address", "host=127.0.0.1 port=1 user=passgate dbname=passgate");
    place.refused(&["--engine", "postgres"], 2, "--store-url-file");
    place.refused(&["--engine", "sqlite", "--store-url-file", text(&address)], 2, "is for --engine postgres");
    place.refused(&["--store-url-file", text(&address)], 2, "--engine");
    fs::set_permissions(&address, Permissions::from_mode(0o644)).unwrap();
    place.refused(&["--engine", "postgres", "--store-url-file", text(&address)], 3, "chmod 600");
    place.write("data/passgate.toml", "[data]\nfolder = \".\"\n");
    fs::set_permissions(&address, Permissions::from_mode(0o600)).unwrap();
    place.refused(&["--engine", "postgres", "--store-url-file", text(&address)], 3, "has another [store]");
    assert!(place.made(&["--engine", "sqlite"]).contains("made ann"));
}

#[test]
fn an_address_in_the_environment_is_taken_as_before() {
    let place = Place::with_mode(0o755);
    let url = Cluster::shared().database();
    let variables = [("PASSGATE_STORE_ENGINE", "postgres"), ("PASSGATE_STORE_URL", url.as_str())];
    let made = run_with(&["init", "--data", text(&place.data), "--login", "ann", "--generate"], "", &variables);
    assert!(made.status.success(), "{}", told(&made));
    assert!(!place.data.join("passgate.db").exists());
}
