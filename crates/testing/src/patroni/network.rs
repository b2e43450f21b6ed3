//! The way between the hosts, in a network that is the test's alone: each host is on two of them, so that it can be
//! cut off from its peers and yet be reached by clients.

use std::process::Command;

use super::succeed;

/// One of the two networks of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Between the hosts: replication, Patroni and etcd.
    Peers,
    /// Where Passgate reaches PostgreSQL.
    Clients,
}

const SIDES: [Side; 2] = [Side::Peers, Side::Clients];

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Peers => "peers",
            Self::Clients => "clients",
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Peers => 1,
            Self::Clients => 2,
        }
    }

    fn device(self, host: u8) -> String {
        format!("{}{host}", self.name())
    }
}

/// The address of a host on a side.
pub(super) fn address(side: Side, host: u8) -> String {
    format!("10.77.{}.{host}", side.number())
}

/// The namespace of a host.
pub(super) fn namespace(host: u8) -> String {
    format!("db{host}")
}

/// Makes both networks without a host.
pub(super) fn make() {
    for side in SIDES {
        ip(&format!("link add {} type bridge", side.name()));
        ip(&format!("link set {} up", side.name()));
        ip(&format!("address add {}/24 dev {}", address(side, 254), side.name()));
    }
}

/// Puts a host on both.
pub(super) fn attach(host: u8) {
    let namespace = namespace(host);
    ip(&format!("netns add {namespace}"));
    ip(&format!("-n {namespace} link set lo up"));
    for side in SIDES {
        let (device, name) = (side.device(host), side.name());
        ip(&format!("link add {device} type veth peer name {name} netns {namespace}"));
        ip(&format!("link set {device} master {name} up"));
        ip(&format!("-n {namespace} address add {}/24 dev {name}", address(side, host)));
        ip(&format!("-n {namespace} link set {name} up"));
    }
}

/// Pulls the cable of a host on a side, or plugs it in again.
pub(super) fn link(side: Side, host: u8, up: bool) {
    ip(&format!("link set {} {}", side.device(host), if up { "up" } else { "down" }));
}

/// A program on a host.
pub(super) fn on(host: u8, program: &str) -> Command {
    let mut command = Command::new("ip");
    command.args(["netns", "exec", &namespace(host), program]);
    command
}

/// The processes on a host.
pub(super) fn processes(host: u8) -> Vec<u32> {
    let output = succeed(Command::new("ip").args(["netns", "pids", &namespace(host)]));
    String::from_utf8_lossy(&output.stdout).split_whitespace().filter_map(|number| number.parse().ok()).collect()
}

#[track_caller]
fn ip(words: &str) {
    succeed(Command::new("ip").args(words.split(' ')));
}
