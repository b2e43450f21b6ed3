//! A disk that fails, is full, or is read-only (R118): what cannot be kept is refused, never answered "true",
//! and the service returns by itself. Through the real server, over real files.
//!
//! The I/O error is a limit of the size of files that is put upon the running server (`prlimit`). A full and a
//! read-only volume take a small file system in memory, which only root may mount: others see why these are
//! left out.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

mod support;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use support::{Server, passgate, run, text, told, try_send};

const PASSWORD: &str = "Larch-tree-42";
/// Far beyond what a return takes.
const FOREVER: Duration = Duration::from_mins(1);

/// A volume of its own for one test; gone with it.
struct Volume(PathBuf);

impl Volume {
    /// `None`, and why, where this is not allowed.
    fn mounted(at: &Path, size: &str) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let options = format!("size={size},mode=0700");
        let output = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs", text(at)]).output();
        match output {
            Ok(output) if output.status.success() => Some(Self(at.to_owned())),
            Ok(output) => {
                println!("left out, no volume can be mounted: {}", String::from_utf8_lossy(&output.stderr).trim());
                None
            }
            Err(error) => {
                println!("left out, no volume can be mounted: {error}");
                None
            }
        }
    }

    fn remount(&self, how: &str) {
        let options = format!("remount,{how}");
        assert!(Command::new("mount").args(["-o", &options, text(&self.0)]).status().unwrap().success());
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-l", text(&self.0)]).status();
    }
}

/// An installation with the administrator `ann`, her id and an API key of hers.
struct House {
    data: PathBuf,
    ann: i64,
    key: String,
}

impl House {
    fn made(data: PathBuf) -> Self {
        let at = text(&data);
        let output = run(&["init", "--data", at, "--login", "ann", "--company", "OPS"], PASSWORD);
        assert!(output.status.success(), "{}", told(&output));
        let shown = support::json(&run(&["user", "show", "ANN@OPS", "--json", "--data", at], ""));
        let made = support::json(&run(&["key", "create", "ANN@OPS", "--json", "--data", at], ""));
        let ann = shown["user_id"].as_i64().unwrap_or_else(|| panic!("{shown}"));
        let key = made["api_key"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
        Self { data, ann, key }
    }

    /// The server, which answers a write beyond the limit of a file's size instead of being ended by it.
    fn serve(&self) -> Server {
        let address = format!("127.0.0.1:{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
        let file = self.data.join("passgate.toml");
        let program = passgate(&["serve", "--config", text(&file), "--listen", &address]);
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(program.get_program()).args(program.get_args());
        // This one asks faster than one caller may.
        command.env("PASSGATE_LIMITS_PER_CALLER_PER_SECOND", "0").env("PASSGATE_LIMITS_BURST", "0");
        Server::started(&mut command, &address)
    }

    /// Whether the server says that the password is set.
    fn set(&self, server: &Server, password: &str) -> bool {
        let body = json!({ "userId": self.ann, "newPassword": password }).to_string();
        let key = &self.key;
        let head =
            format!("POST /v2/users/password HTTP/1.1\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\n");
        let answer = server.send(&head, &body);
        if answer.starts_with("HTTP/1.1 200 ") {
            assert!(answer.ends_with("{\"success\":true,\"data\":true}"), "{answer}");
            return true;
        }
        let refused = answer.starts_with("HTTP/1.1 500 ") || answer.starts_with("HTTP/1.1 503 ");
        assert!(refused && !answer.contains("\"data\":true"), "{answer}");
        false
    }

    /// Sets until one is refused; the last that was acknowledged and the refused one.
    fn set_until_refused(&self, server: &Server) -> (String, String) {
        let mut last = PASSWORD.to_owned();
        for number in 0..2_000 {
            let next = format!("Maple-leaf-{number}");
            if !self.set(server, &next) {
                return (last, next);
            }
            last = next;
        }
        panic!("nothing was refused");
    }

    /// Sets until one is acknowledged again.
    fn returned(&self, server: &Server, password: &str) {
        let begun = Instant::now();
        while !self.set(server, password) {
            assert!(begun.elapsed() < FOREVER, "the service does not return");
        }
    }

    fn verify(&self) {
        let output = run(&["audit", "verify", "--data", text(&self.data)], "");
        assert!(output.status.success(), "{}", told(&output));
    }
}

fn signs_in(server: &Server, password: &str) -> bool {
    let body = json!({ "login": "ann", "password": password }).to_string();
    let answer = server.send("POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n", &body);
    assert!(answer.starts_with("HTTP/1.1 200 ") || answer.starts_with("HTTP/1.1 401 "), "{answer}");
    answer.starts_with("HTTP/1.1 200 ")
}

fn get(server: &Server, path: &str) -> String {
    try_send(&server.address, &format!("GET {path} HTTP/1.1\r\n"), "").unwrap()
}

/// Until it is mended the server refuses what it cannot keep; then all is as if only the acknowledged
/// had been asked for.
fn refused_and_returned(house: &House, server: &Server, fault: impl FnOnce(), mended: impl FnOnce()) {
    assert!(house.set(server, "Birch-bark-93"));
    fault();
    let (last, refused) = house.set_until_refused(server);
    let (last, refused) = (if last == PASSWORD { "Birch-bark-93" } else { &last }, refused);
    assert!(get(server, "/readyz").starts_with("HTTP/1.1 503 "));
    assert!(get(server, "/livez").starts_with("HTTP/1.1 200 "));
    for number in 0..5 {
        assert!(!house.set(server, &format!("Never-set-{number}")));
    }
    mended();
    let begun = Instant::now();
    while !get(server, "/readyz").starts_with("HTTP/1.1 200 ") {
        assert!(begun.elapsed() < FOREVER, "the server is not ready again");
    }
    assert!(signs_in(server, last), "{last} was acknowledged");
    assert!(!signs_in(server, &refused), "{refused} was refused");
    assert!(!signs_in(server, "Never-set-0"));
    house.returned(server, "Larch-tree-43");
    assert!(signs_in(server, "Larch-tree-43"));
    house.verify();
}

#[test]
fn when_writing_fails_nothing_is_answered_true_and_the_service_returns_by_itself() {
    // R118: an I/O error
    let folder = tempfile::tempdir().unwrap();
    let house = House::made(folder.path().join("data"));
    let server = house.serve();
    let limit = |bytes: &str| {
        let process = server.process().to_string();
        let done = Command::new("prlimit").args(["--pid", &process, &format!("--fsize={bytes}:")]).status();
        assert!(done.is_ok_and(|done| done.success()), "prlimit (Debian: util-linux) is needed");
    };
    refused_and_returned(&house, &server, || limit("4096"), || limit("unlimited"));
}

#[test]
fn on_a_full_disk_nothing_is_answered_true_and_the_service_returns_once_there_is_room() {
    // R118: a full disk
    let folder = tempfile::tempdir().unwrap();
    let Some(volume) = Volume::mounted(&folder.path().join("volume"), "8m") else { return };
    let house = House::made(volume.0.join("data"));
    let server = house.serve();
    let ballast = volume.0.join("ballast");
    let fill = || {
        // Until no byte fits any more.
        assert!(fs::write(&ballast, vec![0; 16 << 20]).is_err());
    };
    refused_and_returned(&house, &server, fill, || fs::remove_file(&ballast).unwrap());
}

#[test]
fn a_read_only_folder_is_refused_at_the_start_and_nothing_in_it_changes() {
    // R118
    let folder = tempfile::tempdir().unwrap();
    let Some(volume) = Volume::mounted(&folder.path().join("volume"), "8m") else { return };
    let house = House::made(volume.0.join("data"));
    let database = fs::read(house.data.join("passgate.db")).unwrap();
    volume.remount("ro");
    let file = house.data.join("passgate.toml");
    let output = run(&["serve", "--config", text(&file), "--listen", "127.0.0.1:0"], "");
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("passgate.db"), "{}", told(&output));
    volume.remount("rw");
    assert_eq!(fs::read(house.data.join("passgate.db")).unwrap(), database);
    let server = house.serve();
    assert!(signs_in(&server, PASSWORD));
}
