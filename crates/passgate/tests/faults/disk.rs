//! The disk under the files of SQLite. An I/O error is a limit of the size of files that is put upon the running
//! server (`prlimit`), or a disk whose own room is gone, so that each `fsync` fails.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{self, Server, passgate, run, text, told, try_send};
use crate::volume::Volume;

const PASSWORD: &str = "Larch-tree-42";
/// Far beyond what a return takes.
const FOREVER: Duration = Duration::from_mins(1);

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

/// The server refuses what it cannot keep; the last password that was acknowledged, and a refused one.
fn refused(house: &House, server: &Server, fault: impl FnOnce()) -> (String, String) {
    assert!(house.set(server, "Birch-bark-93"));
    fault();
    let (last, refused) = house.set_until_refused(server);
    let last = if last == PASSWORD { "Birch-bark-93".to_owned() } else { last };
    assert!(get(server, "/readyz").starts_with("HTTP/1.1 503 "));
    assert!(get(server, "/livez").starts_with("HTTP/1.1 200 "));
    for number in 0..5 {
        assert!(!house.set(server, &format!("Never-set-{number}")));
    }
    (last, refused)
}

/// All is as if only the acknowledged had been asked for.
fn whole(house: &House, server: &Server, (last, refused): (&str, &str)) {
    assert!(signs_in(server, last), "{last} was acknowledged");
    assert!(!signs_in(server, refused), "{refused} was refused");
    assert!(!signs_in(server, "Never-set-0"));
    house.returned(server, "Larch-tree-43");
    assert!(signs_in(server, "Larch-tree-43"));
    house.verify();
}

/// Until it is mended the server refuses; then it returns by itself.
fn refused_and_returned(house: &House, server: &Server, fault: impl FnOnce(), mended: impl FnOnce()) {
    let (last, refused) = refused(house, server, fault);
    mended();
    let begun = Instant::now();
    while !get(server, "/readyz").starts_with("HTTP/1.1 200 ") {
        assert!(begun.elapsed() < FOREVER, "the server is not ready again");
    }
    whole(house, server, (&last, &refused));
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
    let Some(volume) = Volume::in_memory(&folder.path().join("volume"), "8m") else { return };
    let house = House::made(volume.path().join("data"));
    let server = house.serve();
    refused_and_returned(&house, &server, || volume.fill(), || volume.free());
}

#[test]
fn when_each_fsync_fails_nothing_is_answered_true_and_the_service_returns_by_itself() {
    // R118: writes are taken, and fail only where they are to be made durable. The disk is a file on a volume in
    // memory, which is then filled by others; ext2, as a journal that could not be written would never return.
    let folder = tempfile::tempdir().unwrap();
    let Some(room) = Volume::in_memory(&folder.path().join("room"), "16m") else { return };
    let image = room.path().join("disk");
    let Some(disk) = Volume::disk(&folder.path().join("volume"), &image, 64, "ext2") else { return };
    let house = House::made(disk.path().join("data"));
    let server = house.serve();
    refused_and_returned(&house, &server, || room.fill(), || room.free());
    drop((server, disk));
}

#[test]
fn a_disk_that_becomes_read_only_is_refused_and_everything_acknowledged_is_there_once_it_is_mended() {
    // R118: ext4 finds a damage and takes no writes from then on. Only a new mount ends that, so this one service
    // does not return without a restart.
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Volume::disk(&folder.path().join("volume"), &folder.path().join("disk"), 32, "ext4") else {
        return;
    };
    if !disk.can_be_damaged() {
        return;
    }
    let house = House::made(disk.path().join("data"));
    let mut server = house.serve();
    let (last, refused) = refused(&house, &server, || disk.damage());
    server.signal("TERM");
    server.ended();
    disk.mend();
    whole(&house, &house.serve(), (&last, &refused));
}

#[test]
fn a_read_only_folder_is_refused_at_the_start_and_nothing_in_it_changes() {
    // R118
    let folder = tempfile::tempdir().unwrap();
    let Some(volume) = Volume::in_memory(&folder.path().join("volume"), "8m") else { return };
    let house = House::made(volume.path().join("data"));
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
