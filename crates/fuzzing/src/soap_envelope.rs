//! XML and SOAP envelopes, in both dialects. R66 to R70, R74, R76.

use passgate_soap::xml::{self, Limits, Unreadable, Writer};
use passgate_soap::{Argument, Arguments, Service, Version};
use roxmltree::{Document, Node, ParsingOptions};

use crate::choices::{choose, text};
use crate::service::{NAMESPACE, SERVICES, aspnet, post};

/// The guard lets nothing past that it counts; a refusal is a fault of fixed words; what was read is read the same when
/// it is written out; a password arrives as it was written, and is told to nobody.
pub fn holds(data: &[u8]) {
    match choose(data, 4) {
        Some((0, document)) => any_document(document),
        Some((1, message)) => any_message(message),
        Some((2, inner)) => any_message(envelope(Version::V11, &text(inner)).as_bytes()),
        Some((_, rest)) => a_word_arrives(&text(rest)),
        None => {}
    }
}

fn any_document(bytes: &[u8]) {
    let Ok(text) = xml::decode(bytes, None) else { return };
    let limits = Limits::default();
    let guarded = xml::guard(&text, &limits);
    match (xml::parse(&text, &limits), guarded) {
        (Err(Unreadable::Refused(refused)), Err(expected)) => assert_eq!(refused, expected),
        (Err(Unreadable::Refused(_)), Ok(())) => panic!("refused by another guard"),
        (Ok(_) | Err(Unreadable::Malformed), Err(_)) => panic!("the parser saw what the guard refuses"),
        (Err(Unreadable::Malformed), Ok(())) => {
            let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
            assert!(Document::parse_with_options(&text, options).is_err(), "a limit that the guard does not know");
        }
        (Ok(document), Ok(())) => {
            assert_keeps(&document, &limits);
            let written = write(document.root_element());
            let again = xml::parse(&written, &limits).map(|again| write(again.root_element()));
            // Written out, references take less or more place: only what still fits has to come back.
            if let Ok(again) = again {
                assert_eq!(again, written, "written and read again it is another document");
            }
        }
    }
}

/// Counts in the parsed document what the guard counted in its text.
fn assert_keeps(document: &Document<'_>, limits: &Limits) {
    let elements = document.descendants().filter(Node::is_element);
    assert!(elements.clone().count() <= limits.elements, "elements");
    for element in elements {
        assert!(element.ancestors().filter(Node::is_element).count() <= limits.depth, "depth");
        assert!(element.attributes().count() <= limits.attributes, "attributes");
        assert!(element.tag_name().name().len() <= limits.name, "a name");
        assert!(element.attributes().all(|attribute| attribute.value().len() <= limits.text), "an attribute's value");
        if let Ok(text) = xml::text(element) {
            assert!(text.len() <= limits.text, "a text");
        }
    }
}

/// Elements, their namespaces as attributes, and texts: all that a service looks at.
fn write(root: Node<'_, '_>) -> String {
    let mut writer = Writer::new("");
    write_into(&mut writer, root);
    String::from_utf8(writer.finish().to_vec()).expect("what we write is UTF-8")
}

fn write_into(writer: &mut Writer, element: Node<'_, '_>) {
    writer.start(element.tag_name().name());
    // Also where there is none, or the namespace of the parent would count.
    writer.attribute("xmlns", element.tag_name().namespace().unwrap_or_default());
    for attribute in element.attributes().filter(|attribute| attribute.namespace().is_none()) {
        writer.attribute(attribute.name(), attribute.value());
    }
    for child in element.children() {
        if child.is_element() {
            write_into(writer, child);
        } else if let Some(text) = child.text().filter(|_| child.is_text()) {
            writer.text(text);
        }
    }
    writer.end();
}

fn any_message(message: &[u8]) {
    for service in SERVICES.iter() {
        for content_type in ["text/xml; charset=utf-8", "application/soap+xml"] {
            any_message_to(service, content_type, message);
        }
    }
    let [open, strict] = [0, 1].map(|at| post(&SERVICES[at], "/locker", "text/xml", message).is_ok());
    assert!(open || !strict, "the strict service takes what the other refuses");
}

fn any_message_to(service: &Service, content_type: &str, message: &[u8]) {
    match post(service, "/locker", content_type, message) {
        Err(refused) => {
            assert!([400, 415, 413, 500].contains(&refused.status.as_u16()), "status {}", refused.status);
            if !refused.body.is_empty() {
                let fault = xml::parse(&refused.body, &Limits::default()).expect("a refusal can be read");
                assert!(fault.descendants().any(|node| node.has_tag_name((namespace_of(&fault), "Fault"))));
            }
        }
        Ok(call) => {
            let first = shown(&call);
            let again = envelope(Version::V11, &first);
            let again = post(&SERVICES[0], "/locker", "text/xml", again.as_bytes());
            // The same limits hold for what is written out, and escapes make it longer.
            if let Ok(again) = again {
                assert_eq!(shown(&again), first, "written and read again it is another call");
            } else {
                assert!(first.len() > 16 * 1024, "what was read cannot be written");
            }
        }
    }
}

fn namespace_of<'a>(document: &'a Document<'_>) -> &'a str {
    document.root_element().tag_name().namespace().unwrap_or_default()
}

/// A call as the element of its operation.
fn shown(call: &Arguments) -> String {
    let mut writer = Writer::new("");
    writer.start("SetWord").attribute("xmlns", NAMESPACE);
    for name in ["Owner", "Word", "Again"] {
        if let Some(text) = call.text(name) {
            writer.element(name, text);
        }
    }
    if let Some(place) = call.object("At") {
        writer.start("At");
        for name in ["Street", "Floor"] {
            if let Some(text) = place.text(name) {
                writer.element(name, text);
            }
        }
        writer.end();
    }
    writer.start("Notes");
    for item in call.array("Notes") {
        if let Argument::Text(text) = item {
            writer.element("string", text);
        }
    }
    writer.end();
    String::from_utf8(writer.finish().to_vec()).expect("what we write is UTF-8")
}

pub(crate) fn envelope(version: Version, body: &str) -> String {
    format!("<s:Envelope xmlns:s=\"{}\"><s:Body>{body}</s:Body></s:Envelope>", version.namespace())
}

fn a_word_arrives(word: &str) {
    let word = &format!("Canary-4711 {word}");
    let can_be_written = word.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{1_0000}'..));
    let mut writer = Writer::new("");
    writer.start("SetWord").attribute("xmlns", NAMESPACE).element("Owner", " 7 ").element("Word", word);
    let body = String::from_utf8(writer.finish().to_vec()).expect("what we write is UTF-8");
    let message = envelope(Version::V12, &body);
    match post(aspnet(), "/locker", "application/soap+xml", message.as_bytes()) {
        Ok(call) => {
            assert_eq!(call.int("Owner"), Ok(Some(7)));
            let expected =
                if can_be_written { word.to_owned() } else { call.text("Word").unwrap_or_default().to_owned() };
            assert_eq!(call.text("Word"), Some(expected.as_str()), "the word is another one");
            assert!(!format!("{call:?}").contains("Canary"), "the word is told");
        }
        Err(refused) => {
            assert!(body.len() > 60 * 1024, "a plain call is refused");
            assert!(!refused.body.contains("Canary"), "the word comes back");
        }
    }
}
