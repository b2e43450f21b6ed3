//! The reader of WS-Security headers, row by row. Each case is an envelope whose header is parsed for real.

mod form;
mod hostile;
mod nonces_and_dates;

use jiff::Timestamp;
use passgate_soap::wsse::{self, Rules, SecurityError, UsernameToken};

const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const NOW: &str = "2026-03-01T12:00:00Z";
const ROOMY: &str = "<wsse:Username>INTEG1@NORTHCO</wsse:Username><wsse:Password>barrel77ride</wsse:Password>";

fn now() -> Timestamp {
    NOW.parse().expect("the date is a date")
}

fn envelope(headers: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='{SOAP_11}' xmlns:wsse='{}' xmlns:wsu='{}' xmlns:x='urn:x' \
         xmlns:ds='http://www.w3.org/2000/09/xmldsig#' xmlns:xenc='http://www.w3.org/2001/04/xmlenc#' \
         xmlns:saml='urn:oasis:names:tc:SAML:2.0:assertion'><s:Header>{headers}</s:Header><s:Body/></s:Envelope>",
        wsse::WSSE,
        wsse::WSU,
    )
}

fn read_with(headers: &str, rules: &Rules) -> Result<UsernameToken, SecurityError> {
    let xml = envelope(headers);
    let document = roxmltree::Document::parse(&xml).expect("the case is well-formed");
    let header = document.root_element().first_element_child().expect("the envelope has a header");
    let blocks: Vec<_> = header.children().collect();
    wsse::read(&blocks, SOAP_11, now(), rules)
}

fn read(headers: &str) -> Result<UsernameToken, SecurityError> {
    read_with(headers, &Rules::default())
}

fn security(content: &str) -> String {
    format!("<wsse:Security>{content}</wsse:Security>")
}

fn token(content: &str) -> String {
    security(&format!("<wsse:UsernameToken>{content}</wsse:UsernameToken>"))
}

/// A good token plus something.
fn token_and(content: &str) -> String {
    token(&format!("{ROOMY}{content}"))
}

/// A good token with a `Timestamp` of this content before it.
fn with_timestamp(content: &str) -> String {
    security(&format!("<wsu:Timestamp>{content}</wsu:Timestamp><wsse:UsernameToken>{ROOMY}</wsse:UsernameToken>"))
}

#[track_caller]
fn accepts(headers: &str) -> UsernameToken {
    let token = read(headers).unwrap_or_else(|error| panic!("refused with {error:?}: {headers}"));
    assert_eq!(token.username, "INTEG1@NORTHCO", "{headers}");
    assert_eq!(*token.password, "barrel77ride", "{headers}");
    token
}

#[track_caller]
fn refuses(headers: &str, expected: SecurityError) {
    assert_eq!(read(headers).map(|token| token.username), Err(expected), "{headers}");
}
