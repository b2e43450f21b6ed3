//! What the machine gives: disk, memory, limits of the process, and the address.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use rustix::process::{Resource, getrlimit};

use super::Finding;
use crate::config::Config;
use crate::wiring::hash_cost;

const MIB: u64 = 1024 * 1024;

/// Files beside the connections: database, logs, keys, readers.
const OTHER_FILES: u64 = 128;

pub(super) fn disk(config: &Config) -> Finding {
    let folder = &config.data.folder;
    let about = match rustix::fs::statvfs(folder) {
        Ok(about) => about,
        Err(error) => return Finding::fail("disk", format!("{}: {error}", folder.display()), ""),
    };
    let free = about.f_bavail.saturating_mul(about.f_frsize) / MIB;
    let text = format!("{free} MiB free where the data folder is");
    let todo = "make room: without it every set is refused, since nothing is acknowledged that is not on the disk";
    if free < 64 || (about.f_files > 0 && about.f_favail < 16) {
        Finding::fail("disk", text, todo)
    } else if free < 1024 {
        Finding::warn("disk", text, todo)
    } else {
        Finding::ok("disk", text)
    }
}

/// Whether the hashing slots fit.
pub(super) fn memory(config: &Config) -> Finding {
    let Ok(cost) = hash_cost(&config.hashing) else { return Finding::fail("memory", "no hashing cost", "") };
    let needed = super::hashing::slots(config) as u64 * u64::from(cost.memory_kib()) / 1024;
    let Some(there) = crate::cli::memory_mib() else {
        return Finding::ok("memory", format!("hashing holds {needed} MiB; how much there is is not known here"));
    };
    let text = format!("hashing holds {needed} MiB of {there} MiB");
    if needed > there / 2 {
        Finding::warn("memory", text, "fewer hashing.slots, or more memory: swapped hashes are slow and leave traces")
    } else {
        Finding::ok("memory", text)
    }
}

pub(super) fn limits(config: &Config) -> Vec<Finding> {
    let needed = config.server.connections as u64 + OTHER_FILES;
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let text = format!("{files} open files, {} connections are allowed for", config.server.connections);
    let files = if files < needed {
        let todo = format!("LimitNOFILE={needed} in the unit, or `ulimit -n {needed}`, or fewer server.connections");
        Finding::fail("limits", text, todo)
    } else {
        Finding::ok("limits", text)
    };
    let cores = match getrlimit(Resource::Core).current {
        Some(0) => Finding::ok("core-dumps", "off: the program switches them off itself"),
        _ => Finding::fail("core-dumps", "on: a crash would write passwords to the disk", "LimitCORE=0 in the unit"),
    };
    vec![files, cores]
}

pub(super) fn address(config: &Config) -> Finding {
    let address = config.server.listen;
    match TcpListener::bind(address) {
        Ok(_) => Finding::ok("address", format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            if config.server.tls.named() {
                let todo = "if no Passgate runs, stop what listens there";
                Finding::warn("address", format!("{address} is taken; in TLS the doctor does not ask by whom"), todo)
            } else if is_passgate(reachable(address)) {
                Finding::ok("address", format!("{address} is served by Passgate"))
            } else {
                let todo = "stop what listens there, or choose another with server.listen";
                Finding::fail("address", format!("{address} is taken by something that is not Passgate"), todo)
            }
        }
        Err(error) => Finding::fail("address", format!("{address}: {error}"), "choose another with server.listen"),
    }
}

/// An address that stands for all is asked on this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn is_passgate(address: SocketAddr) -> bool {
    let time = Duration::from_secs(2);
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, time)?;
        stream.set_read_timeout(Some(time))?;
        stream.set_write_timeout(Some(time))?;
        write!(stream, "GET /livez HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.take(4096).read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    ask().is_ok_and(|answer| answer.to_ascii_lowercase().contains("passgate-request-id:"))
}
