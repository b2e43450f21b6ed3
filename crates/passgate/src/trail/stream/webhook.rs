//! A web service that is sent JSON Lines by POST and answers 2xx once it has kept them: over TLS, or in plain
//! HTTP on this machine.
//!
//! Whoever answers gets little out of it: redirects are not followed, of the answer only the status and a
//! bounded head are read, and the time for all of it is the stream's.

use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use axum::http::uri::{Authority, Scheme, Uri};
use axum::http::{HeaderValue, Request, StatusCode, header};
use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use super::sink::{Item, Sink, lines};
use super::way::{Tls, is_near};
use crate::config::{Config, hidden};
use crate::private_file;

/// Bytes that the head of an answer may have.
const HEAD: usize = 16 * 1024;

/// What is spoken within TLS.
const PROTOCOL: &[u8] = b"http/1.1";

pub(super) struct Webhook {
    authority: Authority,
    path: String,
    /// `None`: plain HTTP on this machine.
    tls: Option<Tls>,
    token: Option<PathBuf>,
}

/// Whether a setting is an address that may be sent to; else why not.
pub(super) fn parse(setting: &str) -> Result<(), String> {
    target(setting).map(drop)
}

/// Where to, whether over TLS, and the path.
fn target(setting: &str) -> Result<(Authority, bool, String), String> {
    let shown = hidden(setting);
    let malformed = || format!("{shown:?} is not like \"https://host/path\"");
    let uri: Uri = setting.parse().map_err(|_| malformed())?;
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(malformed)?;
    if authority.host().is_empty() {
        return Err(malformed());
    }
    let secure = match uri.scheme() {
        Some(scheme) if *scheme == Scheme::HTTPS => true,
        Some(scheme) if *scheme == Scheme::HTTP => false,
        _ => return Err(malformed()),
    };
    if !secure && !is_near(authority.host()) {
        return Err(format!("{shown:?} is not on this machine, and records would travel in clear: use https://"));
    }
    // The address stands in logs and in the database; a secret in it would too.
    if uri.query().is_some() {
        return Err(format!("{shown:?} has a query: a token goes into a file, audit.stream.webhook_token_file"));
    }
    Ok((authority.clone(), secure, uri.path().to_owned()))
}

impl Webhook {
    pub(super) fn new(setting: &str, config: &Config) -> io::Result<Self> {
        let (authority, secure, path) = target(setting).map_err(io::Error::other)?;
        let authorities = super::authorities(config);
        let tls = secure.then(|| Tls::to(authority.host(), authorities.as_deref(), &[PROTOCOL])).transpose()?;
        let file = &config.audit.stream.webhook_token_file;
        let token = (!file.as_os_str().is_empty()).then(|| config.data.folder.join(file));
        let named =
            |path: &Path, error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        if let Some(path) = &token
            && let Some(what) = private_file::exposure(path).map_err(|error| named(path, error))?
        {
            let text = format!("{0} {what}; it is for the server's own account alone: `chmod 600 {0}`", path.display());
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
        }
        Ok(Self { authority, path, tls, token })
    }
}

/// Read for each batch, so that a new token needs no restart.
fn bearer(path: &Path) -> io::Result<HeaderValue> {
    let token = Zeroizing::new(std::fs::read_to_string(path)?);
    let text = Zeroizing::new(format!("Bearer {}", token.trim()));
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the token has characters that no header may have"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[async_trait]
impl Sink for Webhook {
    async fn send(&mut self, items: &[Item]) -> io::Result<()> {
        let mut request = Request::post(&self.path)
            .header(header::HOST, self.authority.as_str())
            .header(header::CONTENT_TYPE, "application/x-ndjson")
            .header(header::USER_AGENT, concat!("passgate/", env!("CARGO_PKG_VERSION")));
        if let Some(path) = &self.token {
            request = request.header(header::AUTHORIZATION, bearer(path)?);
        }
        let request = request.body(Full::new(Bytes::from(lines(items)))).map_err(io::Error::other)?;
        let host = self.authority.host().trim_matches(['[', ']']);
        let port = self.authority.port_u16().unwrap_or(if self.tls.is_some() { 443 } else { 80 });
        let stream = TcpStream::connect((host, port)).await?;
        let status = match &mut self.tls {
            Some(tls) => ask(tls.secure(stream).await?, request).await?,
            None => ask(stream, request).await?,
        };
        // A redirect is an answer like any other that is not 2xx: records and token go where the operator said.
        if status.is_success() { Ok(()) } else { Err(io::Error::other(format!("it answered {status}"))) }
    }
}

/// One request on a connection of its own. What the answer has beyond its head is not read.
async fn ask<S>(stream: S, request: Request<Full<Bytes>>) -> io::Result<StatusCode>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut bounded = http1::Builder::new();
    bounded.max_buf_size(HEAD).max_headers(100);
    let (mut sender, connection) = bounded.handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    // Driven beside the request, so that both end when this is given up.
    let mut connection = std::pin::pin!(connection);
    let mut answer = std::pin::pin!(sender.send_request(request));
    let answer = tokio::select! {
        answer = &mut answer => answer,
        ended = &mut connection => {
            ended.map_err(io::Error::other)?;
            // It ended well, so the answer has arrived.
            answer.await
        }
    };
    Ok(answer.map_err(io::Error::other)?.status())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(setting: &str, good: bool) {
        assert_eq!(parse(setting).is_ok(), good, "{setting}");
    }

    #[test]
    fn a_webhook_beyond_this_machine_is_https() {
        // R87, R112: records do not travel in clear, and no secret stands in an address
        for setting in [
            "http://127.0.0.1:9000/audit",
            "http://localhost/",
            "http://[::1]:9/a",
            "https://127.0.0.1/",
            "https://siem.example:8443/audit",
            "https://[2001:db8::1]/",
        ] {
            check(setting, true);
        }
        for setting in [
            "",
            "/audit",
            "http://192.0.2.1/",
            "http://siem.example/audit",
            "http://localhost.example/",
            "http://a@127.0.0.1/",
            "https://a:b@siem.example/",
            "https:///audit",
            "ftp://[::1]/",
            "https://siem.example/?token=4711",
        ] {
            check(setting, false);
        }
    }

    #[test]
    fn what_is_refused_is_told_without_its_secret() {
        // R112
        for setting in [
            "https://ann:hunter2@siem.example/",
            "https://siem.example/?token=hunter2",
            "http://siem.example/?token=hunter2",
            "ftp://ann:hunter2@siem.example/",
        ] {
            let said = parse(setting).unwrap_err();
            assert!(said.contains("(hidden)") && !said.contains("hunter2"), "{said}");
        }
    }
}
