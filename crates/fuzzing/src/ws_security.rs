//! The `Security` header: who is let through is named the same by a second writing, and strict takes nothing more.
//! R79 to R84.

use jiff::{SignedDuration, Timestamp};
use passgate_soap::wsse::{self, Rules, SecurityError, UsernameToken};
use passgate_soap::xml::Writer;
use passgate_soap::{Fault, FaultCode};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::choices::{choose, text, texts};
use crate::service::{NAMESPACE, SERVICES, post_seen};

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// A token that is taken has the parts that it must have, in their time; written out it is taken again as the same one.
pub fn holds(data: &[u8]) {
    match choose(data, 4) {
        Some((0, blocks)) => any_header(&text(blocks)),
        Some((1, security)) => any_header(&block(&text(security))),
        Some((2, token)) => any_header(&block(&format!("<w:UsernameToken>{}</w:UsernameToken>", text(token)))),
        Some((_, rest)) => a_token_arrives(rest),
        None => {}
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).expect("a time")
}

fn block(inner: &str) -> String {
    format!("<w:Security>{inner}</w:Security>")
}

fn any_header(header: &str) {
    let lenient = read(header, Rules::default());
    let strict = read(header, Rules { require_nonce: true, ..Rules::default() });
    let Some(Ok(token)) = lenient else {
        assert!(!matches!(strict, Some(Ok(_))), "the strict reader takes what the other refuses");
        return;
    };
    let is_whole = token.nonce.is_some() && token.created.is_some();
    assert_eq!(matches!(strict, Some(Ok(_))), is_whole, "the strict reader");
    assert!(
        token.nonce.as_ref().is_none_or(|nonce| !nonce.is_empty() && token.created.is_some()),
        "a nonce without a time"
    );
    if let Some(created) = token.created {
        let age = now().duration_since(created);
        assert!((SignedDuration::from_secs(-60)..=SignedDuration::from_secs(300)).contains(&age), "{age:?} old");
    }
    let again = read(&block(&written(&token)), Rules::default());
    let Some(Ok(again)) = again else {
        // What was read may be longer when it is escaped.
        assert!(token.username.len() + token.password.len() > 8 * 1024, "what was taken is not taken again");
        return;
    };
    assert_is(&again, &token);
}

fn a_token_arrives(rest: &[u8]) {
    let [username, nonce, password] = texts(rest);
    let carried =
        |text: &str| text.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{1_0000}'..));
    if !carried(&username) || !carried(&password) || username.len() + password.len() > 8 * 1024 {
        return;
    }
    let nonce = Some(nonce.into_bytes()).filter(|nonce| !nonce.is_empty() && nonce.len() < 8 * 1024);
    let password = format!("Canary-4711 {password}").into();
    let token = UsernameToken { username, password, created: nonce.as_ref().map(|_| now()), nonce };
    let Some(Ok(read)) = read(&block(&written(&token)), Rules::default()) else { panic!("a plain token is refused") };
    assert_is(&read, &token);
    assert!(token.username.contains("Canary") || !format!("{read:?}").contains("Canary"), "the password is told");
}

fn assert_is(one: &UsernameToken, other: &UsernameToken) {
    assert_eq!(one.username, other.username);
    assert!(one.password == other.password, "the password is another one");
    assert_eq!((&one.nonce, one.created), (&other.nonce, other.created));
}

/// Reads header blocks as the portal's door does; `None` if the envelope around them is refused.
fn read(header: &str, rules: Rules) -> Option<Result<UsernameToken, SecurityError>> {
    let message = format!(
        "<s:Envelope xmlns:s=\"{SOAP}\"><s:Header xmlns:w=\"{}\" xmlns:u=\"{}\">{header}</s:Header>\
         <s:Body><SetWord xmlns=\"{NAMESPACE}\"/></s:Body></s:Envelope>",
        wsse::WSSE,
        wsse::WSU
    );
    let mut seen = None;
    let outcome = post_seen(&SERVICES[2], "/locker", "text/xml", message.as_bytes(), |headers| {
        let read = wsse::read(headers.blocks, headers.version.namespace(), now(), &rules);
        seen = Some(read.clone());
        read.map_err(|error| Fault::new(FaultCode::Client, error.to_string()))
    });
    assert_eq!(outcome.is_ok(), matches!(seen, Some(Ok(_))), "a call without a token");
    seen
}

fn written(token: &UsernameToken) -> String {
    let mut writer = Writer::new("");
    writer.start("w:UsernameToken").element("w:Username", &token.username);
    writer.start("w:Password").attribute("Type", wsse::PASSWORD_TEXT).text(&token.password).end();
    if let Some(nonce) = &token.nonce {
        writer.element("w:Nonce", &STANDARD.encode(nonce));
    }
    if let Some(created) = token.created {
        writer.element("u:Created", &created.to_string());
    }
    String::from_utf8(writer.finish().to_vec()).expect("what we write is UTF-8")
}
