//! Properties: what is written is read back; no bytes make anything panic.

use super::bookshop::{ASPNET_SERVICE, ask, envelope, form, post};
use passgate_soap::Value;
use passgate_soap::xml::{self, Limits, Writer};
use proptest::prelude::*;

/// Text that XML can carry.
fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            Just('\r'),
            Just('\n'),
            Just('\t'),
            Just('&'),
            Just('<'),
            Just('>'),
            Just('"'),
            Just('\''),
            Just(']'),
            any::<char>().prop_filter(
                "XML cannot carry it",
                |c| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
            ),
        ],
        0..40,
    )
    .prop_map(|characters| characters.into_iter().collect())
}

/// Pieces from which documents are made that come close to being right.
fn near_soap() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "<",
        ">",
        "/",
        "=",
        "'",
        "\"",
        "<a>",
        "</a>",
        "<a b='c'/>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE a>",
        "&amp;",
        "&#x41;",
        "&x;",
        " xmlns='http://new.example/'",
        " xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'",
        "<s:Envelope",
        "<s:Body>",
        "</s:Body>",
        "</s:Envelope>",
        "<Sell>",
        "</Sell>",
        "<Price>",
        "</Price>",
        "1",
        "\u{FEFF}",
        "<?xml version='1.0'?>",
        "é",
        "\u{1F600}",
    ]);
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(content in text(), value in text()) {
        let mut writer = Writer::new("");
        writer.start("a").attribute("b", &value).text(&content);
        let written = writer.finish();
        let written = std::str::from_utf8(&written).unwrap();
        let document = xml::parse(written, &Limits::default()).unwrap();
        prop_assert_eq!(document.root_element().attribute("b"), Some(value.as_str()));
        let read = xml::text(document.root_element()).unwrap();
        prop_assert_eq!(read.as_str(), content);
    }

    #[test]
    fn an_argument_arrives_as_it_was_sent(content in text()) {
        let mut writer = Writer::new("");
        writer.element("Price", &content);
        let element = String::from_utf8(writer.finish().to_vec()).unwrap();
        let call = post(envelope(&format!("<Sell>{element}</Sell>"))).call();
        prop_assert_eq!(call.text("Price"), Some(content.as_str()));
    }

    #[test]
    fn a_form_field_arrives_as_it_was_sent(content in any::<String>()) {
        let escaped = content.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat();
        let call = form("/v1/Shop.asmx/Sell", &format!("Buyer={escaped}&BookID=1&Price=1")).call();
        prop_assert_eq!(call.text("Buyer"), Some(content.as_str()));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = post(bytes.clone()).read();
        let _ = form("/v1/Shop.asmx/Sell", &String::from_utf8_lossy(&bytes)).read();
    }

    #[test]
    fn nearly_right_documents_never_panic(document in near_soap()) {
        let _ = post(document.clone()).read();
        let _ = post(envelope(&document)).read();
        // Whatever the parser accepts, the guard has followed to the end.
        if roxmltree::Document::parse(&document).is_ok() && !document.contains("<?") {
            prop_assert_ne!(xml::guard(&document, &Limits::default()), Err(xml::Refused::Malformed));
        }
    }

    #[test]
    fn arbitrary_content_types_and_queries_never_panic(content_type in "[ -~]{0,60}", query in "[a-zA-Z%=&0-9]{0,40}") {
        let _ = ask(&ASPNET_SERVICE, "POST", "/v1/Shop.asmx").header("content-type", &content_type).body("x").read();
        let _ = ask(&ASPNET_SERVICE, "GET", &format!("/v1/Shop.asmx?{query}")).answered(Ok(Value::Nothing));
    }
}
