//! A syslog receiver: RFC 5424 lines with the JSON of the record as message.
//!
//! Syslog has no word for "received". Over TCP (RFC 6587, octet counting) each batch has a connection of its
//! own, and counts once the receiver has closed it after our end: it has then read all of it. A local socket
//! takes a datagram or says that it does not. UDP tells nothing: what it loses is lost.

use std::fmt::Write as _;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket, UnixDatagram, lookup_host};

use super::sink::{Item, Sink};

/// Facility 13, log audit.
const FACILITY: u8 = 13;

/// Where a receiver listens.
enum To {
    Tcp(String),
    Udp(String),
    Unix(PathBuf),
}

pub(super) struct Syslog {
    to: To,
    host: String,
}

/// Whether a setting names a receiver; else why not.
pub(super) fn parse(setting: &str) -> Result<(), String> {
    target(setting)
        .map(drop)
        .ok_or_else(|| format!("{setting:?} is not like \"tcp://host:601\", \"udp://host:514\" or \"unix:/dev/log\""))
}

fn target(setting: &str) -> Option<To> {
    let address = |rest: &str| {
        let authority: axum::http::uri::Authority = rest.parse().ok()?;
        authority.port_u16()?;
        (!authority.host().is_empty() && !rest.contains('@')).then(|| rest.to_owned())
    };
    if let Some(path) = setting.strip_prefix("unix:") {
        return path.starts_with('/').then(|| To::Unix(PathBuf::from(path)));
    }
    if let Some(rest) = setting.strip_prefix("tcp://") {
        return address(rest).map(To::Tcp);
    }
    address(setting.strip_prefix("udp://")?).map(To::Udp)
}

impl Syslog {
    pub(super) fn new(setting: &str) -> io::Result<Self> {
        let to = target(setting).ok_or_else(|| io::Error::other("no such receiver"))?;
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host: String = host.trim().chars().filter(char::is_ascii_graphic).take(255).collect();
        Ok(Self { to, host: if host.is_empty() { "-".to_owned() } else { host } })
    }

    fn message(&self, item: &Item) -> String {
        // Notice for a refusal, informational otherwise.
        let priority = FACILITY * 8 + if item.refused { 5 } else { 6 };
        let word: String = item.word.chars().filter(char::is_ascii_graphic).take(32).collect();
        let process = std::process::id();
        format!("<{priority}>1 {} {} passgate {process} {word} - {}", item.time, self.host, item.text)
    }
}

#[async_trait]
impl Sink for Syslog {
    async fn send(&mut self, items: &[Item]) -> io::Result<()> {
        let messages = items.iter().map(|item| self.message(item));
        match &self.to {
            To::Tcp(address) => {
                let mut stream = TcpStream::connect(address).await?;
                let frames = messages.fold(String::new(), |mut frames, message| {
                    let _ = write!(frames, "{} {message}", message.len());
                    frames
                });
                stream.write_all(frames.as_bytes()).await?;
                stream.shutdown().await?;
                // Whatever it says does not matter, only that it ends.
                while stream.read(&mut [0; 512]).await? > 0 {}
            }
            To::Udp(address) => {
                let unknown = || io::Error::new(io::ErrorKind::NotFound, "the receiver's name leads to no address");
                let receiver = lookup_host(address).await?.next().ok_or_else(unknown)?;
                let any: SocketAddr = if receiver.is_ipv6() {
                    (Ipv6Addr::UNSPECIFIED, 0).into()
                } else {
                    (Ipv4Addr::UNSPECIFIED, 0).into()
                };
                let socket = UdpSocket::bind(any).await?;
                // Connected, so that a machine which says that nobody listens is heard.
                socket.connect(receiver).await?;
                for message in messages {
                    socket.send(message.as_bytes()).await?;
                }
            }
            To::Unix(path) => {
                let socket = UnixDatagram::unbound()?;
                socket.connect(path)?;
                for message in messages {
                    socket.send(message.as_bytes()).await?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_of_rfc_5424() {
        // R114; RFC 5424 section 6: facility 13 and severity 5 make 109
        let syslog = Syslog { to: To::Unix("/dev/log".into()), host: "host".into() };
        let time = jiff::Timestamp::from_microsecond(1_800_000_000_123_456).unwrap();
        let mut item = Item { text: "{}".into(), time, word: "set-password".into(), refused: true };
        let process = std::process::id();
        let expected = format!("1 2027-01-15T08:00:00.123456Z host passgate {process} set-password - {{}}");
        assert_eq!(syslog.message(&item), format!("<109>{expected}"));
        item.refused = false;
        assert_eq!(syslog.message(&item), format!("<110>{expected}"));
    }

    #[track_caller]
    fn check(setting: &str, good: bool) {
        assert_eq!(parse(setting).is_ok(), good, "{setting}");
    }

    #[test]
    fn a_receiver_is_a_host_and_a_port_or_a_path() {
        for setting in ["tcp://log.example:601", "udp://[::1]:514", "unix:/dev/log"] {
            check(setting, true);
        }
        for setting in ["", "log.example:601", "tcp://log.example", "tcp://:601", "udp://a@b:1", "unix:dev/log"] {
            check(setting, false);
        }
    }
}
