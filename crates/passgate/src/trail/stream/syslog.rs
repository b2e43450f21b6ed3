//! A syslog receiver: RFC 5424 lines with the JSON of the record as message.
//!
//! Syslog has no word for "received". Over TLS (RFC 5425) and TCP (RFC 6587, octet counting both) each batch
//! has a connection of its own, and counts once the receiver has closed it after our end: it has then read all
//! of it. A local socket takes a datagram or says that it does not. UDP tells nothing: what it loses is lost.

use std::fmt::Write as _;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket, UnixDatagram, lookup_host};

use super::sink::{Item, Sink};
use super::way::{Tls, is_near};
use crate::config::hidden;
use crate::config::sections::AuditStream;

/// Facility 13, log audit.
const FACILITY: u8 = 13;

/// Where a receiver listens.
enum To {
    Tls(String),
    Tcp(String),
    Udp(String),
    Unix(PathBuf),
}

pub(super) struct Syslog {
    to: To,
    tls: Option<Tls>,
    /// Whether the receiver has ever ended TLS as it is meant to be: it knows how.
    orderly: bool,
    host: String,
}

/// Whether a setting names a receiver that may be sent to; else why not.
pub(super) fn parse(setting: &str, settings: &AuditStream) -> Result<(), String> {
    let shown = hidden(setting);
    let malformed =
        || format!("{shown:?} is not like \"tls://host:6514\", \"tcp://127.0.0.1:601\" or \"unix:/dev/log\"");
    match target(setting).ok_or_else(malformed)? {
        To::Tcp(address) | To::Udp(address) if !settings.allow_plain_syslog && !is_near(host_of(&address)) => {
            Err(format!(
                "{shown:?} is not on this machine, and records would travel in clear: use tls://, or set \
                 audit.stream.allow_plain_syslog = true if the network protects itself"
            ))
        }
        To::Tls(_) | To::Tcp(_) | To::Udp(_) | To::Unix(_) => Ok(()),
    }
}

fn host_of(address: &str) -> &str {
    address.rsplit_once(':').map_or(address, |(host, _)| host)
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
    if let Some(rest) = setting.strip_prefix("tls://") {
        return address(rest).map(To::Tls);
    }
    if let Some(rest) = setting.strip_prefix("tcp://") {
        return address(rest).map(To::Tcp);
    }
    address(setting.strip_prefix("udp://")?).map(To::Udp)
}

impl Syslog {
    pub(super) fn new(setting: &str, authorities: Option<&Path>) -> io::Result<Self> {
        let to = target(setting).ok_or_else(|| io::Error::other("no such receiver"))?;
        let tls = match &to {
            To::Tls(address) => Some(Tls::to(host_of(address), authorities, &[])?),
            To::Tcp(_) | To::Udp(_) | To::Unix(_) => None,
        };
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host: String = host.trim().chars().filter(char::is_ascii_graphic).take(255).collect();
        Ok(Self { to, tls, orderly: false, host: if host.is_empty() { "-".to_owned() } else { host } })
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
        let messages: Vec<_> = items.iter().map(|item| self.message(item)).collect();
        match &self.to {
            To::Tls(address) => {
                let Some(tls) = &mut self.tls else { return Err(io::ErrorKind::NotConnected.into()) };
                let stream = TcpStream::connect(address).await?;
                let end = hand_over(tls.secure(stream).await?, &counted(messages)).await?;
                self.orderly |= end == End::Said;
                // It was perhaps killed, and perhaps again: once more, until it says so.
                if self.orderly && end == End::Silent {
                    return Err(io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "it ended without the closing word of TLS (close_notify), which it has said before; if it was \
                         set up anew, start this server again",
                    ));
                }
            }
            To::Tcp(address) => {
                hand_over(TcpStream::connect(address).await?, &counted(messages)).await?;
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

/// Each message after its length in bytes. RFC 5425 4.3.
fn counted(messages: Vec<String>) -> String {
    messages.into_iter().fold(String::new(), |mut frames, message| {
        let _ = write!(frames, "{} {message}", message.len());
        frames
    })
}

/// How a receiver has ended a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// As the protocol has it.
    Said,
    /// TLS without `close_notify`. Receivers are common that do so each time: `rsyslog` with `gtls`.
    Silent,
}

/// Sends all of it, and waits until the receiver has read it. A connection that breaks is reset, which is an
/// error.
async fn hand_over(mut stream: impl AsyncRead + AsyncWrite + Unpin, frames: &str) -> io::Result<End> {
    stream.write_all(frames.as_bytes()).await?;
    // In TLS this says so inside too (close_notify), so that nobody can cut off the end unseen.
    stream.shutdown().await?;
    loop {
        match stream.read(&mut [0; 512]).await {
            Ok(0) => return Ok(End::Said),
            // Whatever it says does not matter, only that it ends.
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(End::Silent),
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_of_rfc_5424() {
        // R114; RFC 5424 section 6: facility 13 and severity 5 make 109
        let syslog = Syslog { to: To::Unix("/dev/log".into()), tls: None, orderly: false, host: "host".into() };
        let time = jiff::Timestamp::from_microsecond(1_800_000_000_123_456).unwrap();
        let mut item = Item { text: "{}".into(), time, word: "set-password".into(), refused: true };
        let process = std::process::id();
        let expected = format!("1 2027-01-15T08:00:00.123456Z host passgate {process} set-password - {{}}");
        assert_eq!(syslog.message(&item), format!("<109>{expected}"));
        item.refused = false;
        assert_eq!(syslog.message(&item), format!("<110>{expected}"));
    }

    #[track_caller]
    fn check(setting: &str, plain: bool, good: bool) {
        let settings = AuditStream { allow_plain_syslog: plain, ..AuditStream::default() };
        assert_eq!(parse(setting, &settings).is_ok(), good, "{setting}");
    }

    #[test]
    fn a_receiver_is_a_host_and_a_port_or_a_path() {
        for setting in ["tls://log.example:6514", "tcp://127.0.0.1:601", "udp://[::1]:514", "unix:/dev/log"] {
            check(setting, false, true);
        }
        for setting in ["", "log.example:601", "tcp://localhost", "tls://:601", "udp://a@[::1]:1", "unix:dev/log"] {
            check(setting, true, false);
        }
    }

    #[test]
    fn a_receiver_beyond_this_machine_is_reached_by_tls_unless_told_otherwise() {
        // R87, R112
        for setting in ["tcp://log.example:601", "udp://192.0.2.1:514", "tcp://[2001:db8::1]:601"] {
            check(setting, false, false);
            check(setting, true, true);
        }
    }
}
