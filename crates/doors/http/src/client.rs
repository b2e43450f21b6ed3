//! Who is at the other end, and by which address they reached us.
//!
//! Deliberately not here: limits per source. Those count in the gate, for all doors together.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Uri, header};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The connection that a request came through. The program's accept loop puts it into the request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The other end of the connection: the client, or the proxy in front of us.
    pub peer: SocketAddr,
    /// Whether the connection is TLS that ends in this process.
    pub secure: bool,
}

/// The proxies whose `X-Forwarded-*` headers are believed. None by default (R65).
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// Reads addresses (`10.0.0.5`) and networks (`10.0.0.0/8`, `fd00::/8`). The error is the first text that is neither.
    pub fn parse<T: AsRef<str>>(networks: impl IntoIterator<Item = T>) -> Result<Self, String> {
        networks
            .into_iter()
            .map(|text| {
                let text = text.as_ref().trim();
                text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| text.to_owned())
            })
            .collect::<Result<Vec<_>, _>>()
            .map(|networks| Self(networks.into()))
    }

    /// Whether this address is a configured proxy. An IPv4 address written as IPv6 counts as the IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// The client of one request, as far as the connection and the configured proxies vouch for it (R65).
///
/// As an extractor it never fails. Without a [`Connection`] it is [`Client::unknown`], which nothing trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The address that limits are counted for and that the audit record names.
    pub source: IpAddr,
    /// Whether the request was made on this machine itself, without a proxy between.
    pub loopback: bool,
    /// Whether the client's bytes were encrypted on their way to us or to the configured proxy.
    pub secure: bool,
    /// The host by which the client reached us, if it named a plausible one; the client's word, so never a reason to trust.
    pub host: Option<String>,
    /// The port by which the client reached us: the named one, else the one of the scheme.
    pub port: u16,
}

impl Client {
    /// A client about whom nothing is known: no address, not loopback, not secure.
    pub fn unknown() -> Self {
        Self { source: IpAddr::V4(Ipv4Addr::UNSPECIFIED), loopback: false, secure: false, host: None, port: 80 }
    }

    /// `https` or `http`, as the client sees it.
    pub fn scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }

    /// Scheme, host and port by which the client reaches us, for addresses that we tell it: the configured
    /// `public_url` if there is one, else what the client itself used. Contract: soap-clients 13, R96.
    pub fn origin(&self, public_url: Option<&str>) -> String {
        let usual = if self.secure { 443 } else { 80 };
        match (public_url, &self.host) {
            (Some(public), _) => public.trim_end_matches('/').to_owned(),
            (None, Some(host)) if self.port == usual => format!("{}://{host}", self.scheme()),
            (None, host) => format!("{}://{}:{}", self.scheme(), host.as_deref().unwrap_or("localhost"), self.port),
        }
    }

    /// The client of a request with these headers that came through this connection.
    pub fn resolve(connection: Connection, headers: &HeaderMap, uri: &Uri, proxies: &TrustedProxies) -> Self {
        let peer = connection.peer.ip().to_canonical();
        let relayed_by_ours = proxies.contains(peer);
        let source = if relayed_by_ours { forwarded_source(peer, headers, proxies) } else { peer };
        let secure = match last_value(headers, &FORWARDED_PROTO).filter(|_| relayed_by_ours) {
            Some(scheme) => scheme.eq_ignore_ascii_case("https"),
            None => connection.secure,
        };
        let authority = last_value(headers, &FORWARDED_HOST)
            .filter(|_| relayed_by_ours)
            .or_else(|| uri.authority().map(http::uri::Authority::as_str))
            .or_else(|| last_value(headers, &header::HOST))
            .and_then(plausible_authority);
        let (host, port) = authority.unzip();
        // A proxy on this machine that nobody configured would make all the world look local.
        let relayed = headers.contains_key(FORWARDED_FOR) || headers.contains_key(header::FORWARDED);
        Self {
            source,
            loopback: source.is_loopback() && (relayed_by_ours || !relayed),
            secure,
            host,
            port: port.flatten().unwrap_or(if secure { 443 } else { 80 }),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        if let Some(client) = parts.extensions.get::<Self>() {
            return Ok(client.clone());
        }
        let nobody = TrustedProxies::default();
        Ok(parts
            .extensions
            .get::<Connection>()
            .map_or_else(Self::unknown, |at| Self::resolve(*at, &parts.headers, &parts.uri, &nobody)))
    }
}

/// Walks from our end to the first address that is not a proxy of ours; what stands beyond it anybody may have written.
fn forwarded_source(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> IpAddr {
    let mut source = peer;
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
    for line in lines.into_iter().rev() {
        let Ok(line) = line.to_str() else {
            return source;
        };
        for entry in line.rsplit(',') {
            if !proxies.contains(source) {
                return source;
            }
            let Some(address) = forwarded_address(entry.trim()) else {
                return source;
            };
            source = address;
        }
    }
    source
}

/// One entry of `X-Forwarded-For`; some proxies add the port, and then brackets around IPv6.
fn forwarded_address(entry: &str) -> Option<IpAddr> {
    entry
        .parse::<IpAddr>()
        .or_else(|_| entry.parse::<SocketAddr>().map(|address| address.ip()))
        .or_else(|_| entry.trim_matches(['[', ']']).parse())
        .ok()
        .map(|address: IpAddr| address.to_canonical())
}

/// The value nearest to us: a proxy that adds instead of replacing adds at the end.
fn last_value<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next().map(str::trim).filter(|value| !value.is_empty())
}

fn plausible_authority(text: &str) -> Option<(String, Option<u16>)> {
    let authority: http::uri::Authority = text.parse().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    let host = authority.host();
    (!host.is_empty() && text.chars().all(plain)).then(|| (host.to_ascii_lowercase(), authority.port_u16()))
}
