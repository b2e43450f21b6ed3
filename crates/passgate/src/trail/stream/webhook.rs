//! A web service on this machine that is sent JSON Lines by POST and answers 2xx once it has kept them.

use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use axum::http::uri::{Authority, Scheme, Uri};
use axum::http::{HeaderValue, Request, header};
use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use super::sink::{Item, Sink, lines};
use crate::config::Config;
use crate::private_file;

pub(super) struct Webhook {
    authority: Authority,
    path: String,
    token: Option<PathBuf>,
}

/// Whether a setting is an address that may be sent to; else why not.
pub(super) fn parse(setting: &str) -> Result<(), String> {
    target(setting).map(drop)
}

fn target(setting: &str) -> Result<(Authority, String), String> {
    let malformed = || format!("{setting:?} is not like \"http://127.0.0.1:9000/audit\"");
    let uri: Uri = setting.parse().map_err(|_| malformed())?;
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(malformed)?;
    let host = authority.host().trim_matches(['[', ']']);
    let local = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    if uri.scheme() != Some(&Scheme::HTTP) || !local {
        return Err(format!(
            "{setting:?} is not on this machine, and records would travel in clear: name a forwarder on 127.0.0.1 \
             that speaks TLS to the other machine"
        ));
    }
    // The address stands in logs and in the database; a secret in it would too.
    if uri.query().is_some() {
        return Err(format!("{:?} has a query: a token goes into a file, audit.stream.webhook_token_file", uri.path()));
    }
    Ok((authority.clone(), uri.path().to_owned()))
}

impl Webhook {
    pub(super) fn new(setting: &str, config: &Config) -> io::Result<Self> {
        let (authority, path) = target(setting).map_err(io::Error::other)?;
        let file = &config.audit.stream.webhook_token_file;
        let token = (!file.as_os_str().is_empty()).then(|| config.data.folder.join(file));
        if let Some(path) = &token
            && let Some(what) = private_file::exposure(path)?
        {
            let text = format!("{0} {what}; it is for the server's own account alone: `chmod 600 {0}`", path.display());
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
        }
        Ok(Self { authority, path, token })
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
        let stream = TcpStream::connect((host, self.authority.port_u16().unwrap_or(80))).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
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
        let answer = answer.map_err(io::Error::other)?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(io::Error::other(format!("it answered {status}"))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(setting: &str, good: bool) {
        assert_eq!(parse(setting).is_ok(), good, "{setting}");
    }

    #[test]
    fn a_webhook_is_on_this_machine() {
        // R112: records do not travel in clear, and no secret stands in an address
        for setting in ["http://127.0.0.1:9000/audit", "http://localhost/", "http://[::1]:9/a"] {
            check(setting, true);
        }
        for setting in [
            "",
            "/audit",
            "https://127.0.0.1/",
            "http://192.0.2.1/",
            "http://a@127.0.0.1/",
            "ftp://[::1]/",
            "http://[::1]/?token=4711",
        ] {
            check(setting, false);
        }
    }
}
