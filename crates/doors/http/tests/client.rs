//! Who the client is, with and without proxies.

#![expect(clippy::unwrap_used, reason = "a test that cannot prepare its case fails")]

use std::net::SocketAddr;

use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use passgate_door_http::{Client, Connection, TrustedProxies};

fn resolve(peer: &str, secure: bool, headers: &[(&str, &str)]) -> Client {
    let proxies = TrustedProxies::parse(["10.0.0.0/8", "127.0.0.1", "fd00::/8"]).unwrap();
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
    }
    let peer: SocketAddr = peer.parse().unwrap();
    Client::resolve(Connection { peer, secure }, &map, &Uri::from_static("/v2/users/me"), &proxies)
}

#[track_caller]
fn check_source(peer: &str, headers: &[(&str, &str)], source: &str) {
    assert_eq!(resolve(peer, false, headers).source.to_string(), source);
}

#[test]
fn forwarded_addresses_are_believed_only_from_configured_proxies() {
    // R65
    check_source("203.0.113.9:40000", &[("x-forwarded-for", "198.51.100.1")], "203.0.113.9");
    check_source("10.0.0.1:40000", &[("x-forwarded-for", "198.51.100.1")], "198.51.100.1");
    check_source("10.0.0.1:40000", &[], "10.0.0.1");
    check_source("[fd00::1]:40000", &[("x-forwarded-for", "2001:db8::7")], "2001:db8::7");
    check_source("[::ffff:10.0.0.1]:40000", &[("x-forwarded-for", "198.51.100.1")], "198.51.100.1");
}

#[test]
fn the_address_next_to_our_last_proxy_counts_whatever_the_client_wrote_before_it() {
    // R65: the client may send the header too, and proxies then add to it.
    check_source("10.0.0.1:40000", &[("x-forwarded-for", "127.0.0.1, 198.51.100.1, 10.0.0.2")], "198.51.100.1");
    check_source("10.0.0.1:4", &[("x-forwarded-for", "9.9.9.9"), ("x-forwarded-for", "198.51.100.1")], "198.51.100.1");
    check_source("10.0.0.1:40000", &[("x-forwarded-for", "9.9.9.9, nonsense, 10.0.0.2")], "10.0.0.2");
    check_source("10.0.0.1:40000", &[("x-forwarded-for", "198.51.100.1:55000")], "198.51.100.1");
    check_source("10.0.0.1:40000", &[("x-forwarded-for", "[2001:db8::7]:55000")], "2001:db8::7");
}

#[test]
fn the_scheme_is_the_connections_unless_a_configured_proxy_names_another() {
    // R65
    assert!(resolve("203.0.113.9:1", true, &[]).secure);
    assert!(!resolve("203.0.113.9:1", false, &[("x-forwarded-proto", "https")]).secure);
    assert!(resolve("10.0.0.1:1", false, &[("x-forwarded-proto", "https")]).secure);
    assert!(!resolve("10.0.0.1:1", true, &[("x-forwarded-proto", "http")]).secure);
    assert!(!resolve("10.0.0.1:1", false, &[("x-forwarded-proto", "https, http")]).secure);
}

#[test]
fn a_forwarded_host_is_believed_only_from_configured_proxies() {
    // R65, R96
    let told = [("host", "inner:8080"), ("x-forwarded-host", "Api.Example.org")];
    let direct = resolve("203.0.113.9:1", false, &told);
    assert_eq!((direct.host.as_deref(), direct.port), (Some("inner"), 8080));
    let proxied = resolve("10.0.0.1:1", true, &told);
    assert_eq!((proxied.host.as_deref(), proxied.port, proxied.scheme()), (Some("api.example.org"), 443, "https"));
    assert_eq!(resolve("203.0.113.9:1", false, &[("host", "a\"b<c>")]).host, None);
    assert_eq!(resolve("203.0.113.9:1", false, &[("host", "user@evil.example")]).host, None);
}

#[test]
fn a_request_relayed_by_an_unknown_local_proxy_is_not_local() {
    // Otherwise plain http from anywhere would pass as loopback.
    let local = |peer, headers: &[(&str, &str)]| resolve(peer, false, headers).loopback;
    assert!(local("[::1]:1", &[]));
    assert!(!local("[::1]:1", &[("x-forwarded-for", "127.0.0.1")]));
    assert!(!local("[::1]:1", &[("forwarded", "for=127.0.0.1")]));
    assert!(!local("127.0.0.1:1", &[("x-forwarded-for", "198.51.100.1")]));
    assert!(!local("198.51.100.1:1", &[]));
}

#[test]
fn a_network_that_cannot_be_read_is_named() {
    assert_eq!(TrustedProxies::parse(["10.0.0.0/8", "10.0.0.0/33"]).unwrap_err(), "10.0.0.0/33");
}
