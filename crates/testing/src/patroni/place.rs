//! A machine for one test: the test program runs itself once more, in namespaces of its own for network, processes
//! and mounts. Nothing of it is seen on the real machine, two of them do not meet, and the kernel ends it all when its
//! first process ends. Files are in one folder, which a keeper removes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{succeed, text};

/// In the inner run: its folder.
const FOLDER: &str = "PASSGATE_TEST_PLACE";
const NEEDED: [&str; 8] = ["patroni", "patronictl", "etcd", "ip", "psql", "unshare", "setpriv", "setsid"];

/// Runs `$@` as the first process of the place. The second shell picks up orphans, as a first process must.
const UNSHARED: &str = "unshare --net --pid --mount-proc --fork --kill-child=KILL \
                        sh -c '\"$@\"; code=$?; exit $code' first";

/// Ends the place when its own input does, so also when the test is killed, and removes the folder `$1`.
const KEEPER: &str = "
    folder=$1; shift; exec 3<&0
    setpriv --pdeathsig KILL UNSHARED \"$@\" 3<&- </dev/null &
    place=$!
    { cat <&3; kill -KILL $place; } >/dev/null 2>&1 &
    exec 3<&-
    wait $place; code=$?
    tries=0
    until rm -rf \"$folder\" 2>/dev/null || [ $tries = 100 ]; do tries=$((tries + 1)); sleep 0.1; done
    exit $code";

/// Whether such a place can be made here.
const PROBE: &str = "mount -t tmpfs tmpfs /run && ip netns add probe && ip link add probe type bridge \
                     && ip link add probe1 type veth peer name probe2 netns probe && ip link set probe1 master probe";

/// Inside of the place: its folder. Outside: runs the test of this name there, and gives nothing once that is over, or
/// where it cannot be, with the reason on standard error.
///
/// # Panics
/// When the test fails there.
pub fn enter(test: &str) -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        succeed(Command::new("mount").args(["-t", "tmpfs", "tmpfs", "/run"]));
        succeed(Command::new("ip").args(["link", "set", "lo", "up"]));
        // The runner has begun a line of its own.
        println!();
        return Some(folder.into());
    }
    match obstacle() {
        // Not by a macro, whose output the test runner keeps to itself.
        Some(why) => _ = writeln!(std::io::stderr(), "{test} is left out: {why}"),
        None => run_there(test),
    }
    None
}

fn obstacle() -> Option<String> {
    let found = |program: &&str| {
        let looked = Command::new("sh").args(["-c", "command -v \"$1\"", "sh", program]).output();
        looked.is_ok_and(|output| output.status.success())
    };
    let missing: Vec<_> = NEEDED.into_iter().filter(|program| !found(program)).collect();
    if !missing.is_empty() {
        return Some(format!("there is no {}; tests/install.sh installs what can be had", missing.join(", no ")));
    }
    let script = format!("{UNSHARED} sh -c '{PROBE}'");
    let probe = Command::new("sh").args(["-c", &script]).stdin(Stdio::null()).output().expect("a shell");
    let why = String::from_utf8_lossy(&probe.stderr).trim().replace('\n', "; ");
    (!probe.status.success()).then(|| format!("hosts need namespaces, which root may make: {why}"))
}

fn run_there(test: &str) {
    let folder = tempfile::Builder::new().prefix("passgate-hosts-").tempdir().expect("a folder").keep();
    // Its servers run as somebody else.
    succeed(Command::new("chmod").arg("755").arg(&folder));
    let mut keeper = Command::new("setsid")
        .args(["--wait", "sh", "-c", &KEEPER.replace("UNSHARED", UNSHARED), "keeper", text(&folder)])
        .arg(std::env::current_exe().expect("a program"))
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, &folder)
        .env("TMPDIR", &folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell");
    let output = keeper.stdout.take().expect("it is piped");
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        // The outer runner counts; what the inner one says of counts would be added to it.
        if !["running ", "test ", "test result:"].iter().any(|word| line.starts_with(word)) {
            println!("{line}");
        }
    }
    let ended = keeper.wait().expect("it ends");
    assert!(ended.success(), "it failed in its place: {ended}");
}
