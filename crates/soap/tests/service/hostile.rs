//! Documents made to hurt. Contract: R66, R67, R129; ecgridos-soap 4.4 row 2.

use super::bookshop::{client_fault, envelope, post, post_sphere};
use passgate_soap::xml::{self, Limits, Refused, Unreadable};

fn read(text: &str) -> Result<(), Unreadable> {
    xml::parse(text, &Limits::default()).map(|_| ())
}

fn attributes(count: usize) -> String {
    (0..count).map(|at| format!(" a{at}=''")).collect::<Vec<_>>().concat()
}

fn declarations(from: usize, count: usize) -> String {
    (from..from + count).map(|at| format!(" xmlns:p{at}='u'")).collect::<Vec<_>>().concat()
}

fn nested(depth: usize) -> String {
    format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth))
}

#[track_caller]
fn at_the_limit(good: &str, bad: &str, refusal: Refused) {
    assert_eq!(read(good), Ok(()), "at the limit");
    assert_eq!(read(bad), Err(Unreadable::Refused(refusal)), "one over it");
}

#[test]
fn each_limit_holds_exactly() {
    at_the_limit(&nested(32), &nested(33), Refused::Depth);
    at_the_limit(&format!("<a{}/>", attributes(64)), &format!("<a{}/>", attributes(65)), Refused::Attributes);
    at_the_limit(
        &format!("<a{}/>", declarations(0, 32)),
        &format!("<a{}/>", declarations(0, 33)),
        Refused::Declarations,
    );
    at_the_limit(&format!("<{0}></{0}>", "n".repeat(256)), &format!("<{}/>", "n".repeat(257)), Refused::Name);
    at_the_limit(&format!("<a {}=''/>", "n".repeat(256)), &format!("<a {}=''/>", "n".repeat(257)), Refused::Name);
    let text = |length| format!("<a>{}</a>", "t".repeat(length));
    at_the_limit(&text(65_536), &text(65_537), Refused::Text);
    let value = |length| format!("<a b='{}'/>", "t".repeat(length));
    at_the_limit(&value(65_536), &value(65_537), Refused::Text);
    let piece = format!("{0}<![CDATA[{0}]]>", "t".repeat(32));
    let pieces = |count| format!("<a>{}</a>", piece.repeat(count));
    at_the_limit(&pieces(1_024), &pieces(1_025), Refused::Text);
    let elements = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count - 1));
    at_the_limit(&elements(1_000), &elements(1_001), Refused::Elements);
    let equals = |count: usize| format!("<a>{}</a>", "=".repeat(count));
    at_the_limit(&equals(4_096), &equals(4_097), Refused::Markup);
    let comments = |count: usize| format!("<a>{}</a>", "<!---->".repeat(count - 2));
    at_the_limit(&comments(20_000), &comments(20_001), Refused::Markup);
    let scopes = |count: usize| {
        let open = (0..count).map(|at| format!("<a{}>", declarations(at * 32, 32))).collect::<Vec<_>>().concat();
        format!("{open}{}", "</a>".repeat(count))
    };
    at_the_limit(&scopes(8), &scopes(9), Refused::Declarations);
}

#[test]
fn fifty_thousand_attributes_are_refused_before_the_parser_sees_them() {
    // R67: the parser needs seconds for these, since its work grows with their square.
    let bomb = format!("<a{}/>", attributes(50_000));
    assert_eq!(read(&bomb), Err(Unreadable::Refused(Refused::Markup)));
    let bomb = format!("<a{}/>", declarations(0, 50_000));
    assert_eq!(read(&bomb), Err(Unreadable::Refused(Refused::Markup)));
}

#[test]
fn a_doctype_is_refused_whatever_it_says() {
    // R66.
    let types = [
        "<!DOCTYPE a>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]>",
        "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/x.dtd\">",
        "<!DOCTYPE a PUBLIC \"-//X\" \"file:///etc/passwd\">",
        "<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/\"> %p;]>",
        "<!doctype a>",
        "<!-- c --><!DOCTYPE a>",
    ];
    for doctype in types {
        assert_eq!(read(&format!("{doctype}<a/>")), Err(Unreadable::Refused(Refused::Doctype)), "{doctype}");
        assert_eq!(
            read(&format!("<?xml version='1.0'?>\n{doctype}<a>&x;</a>")),
            Err(Unreadable::Refused(Refused::Doctype))
        );
        let seen = post(format!("{doctype}{}", envelope("<Ping/>"))).refused();
        assert_eq!((seen.status, seen.body), (400, client_fault("Unable to read the request.")));
        assert_eq!(post_sphere(format!("{doctype}{}", envelope("<sell/>"))).refused().status, 500);
    }
    // Inside text it is only text.
    assert_eq!(read("<a><![CDATA[<!DOCTYPE a>]]><!-- <!DOCTYPE a> --></a>"), Ok(()));
    assert_eq!(read("<a b='<!DOCTYPE a>'/>"), Err(Unreadable::Malformed));
}

#[test]
fn only_the_five_entities_and_legal_character_references_exist() {
    // R66, R68.
    assert_eq!(read("<a>&amp;&lt;&gt;&quot;&apos;&#65;&#x1F600;</a>"), Ok(()));
    for text in
        ["&nbsp;", "&x;", "&#0;", "&#1;", "&#xFFFF;", "&#xD800;", "&#99999999999999999999;", "&#;", "&#x;", "&amp", "&"]
    {
        assert!(read(&format!("<a>{text}</a>")).is_err(), "{text}");
        assert!(read(&format!("<a b='{text}'/>")).is_err(), "{text}");
    }
}

#[test]
fn documents_that_are_not_well_formed_are_refused() {
    let broken = [
        "",
        " ",
        "<",
        "<a",
        "<a>",
        "</a>",
        "<a/><b/>",
        "<a></a>x",
        "<a b/>",
        "<a b=''",
        "<a b='x' b='y'/>",
        "<a><b></a></b>",
        "<!-- <a/>",
        "<a><!-- -- --></a>",
        "<a><![CDATA[x</a>",
        "<a>]]></a>",
        "<a x:b=''/>",
        "<x:a/>",
        "<a>\u{0}</a>",
        "<a>\u{FFFE}</a>",
        "<1a/>",
        "< a/>",
        "<a <b/>",
        "<?php ?><a/>",
        "<a><?xml-stylesheet href='x'?></a>",
        "<a/><?xml version='1.0'?>",
        "<a xmlns:p=''/>",
        "<!ELEMENT a ANY><a/>",
        "\u{FEFF}\u{FEFF}<a/>x",
    ];
    for text in broken {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn xinclude_and_schema_locations_are_only_elements_and_attributes() {
    // R66: nothing is ever fetched.
    let request = envelope(
        "<Sell xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='urn:x http://127.0.0.1:1/x.xsd'>\
         <xi:include xmlns:xi='http://www.w3.org/2001/XInclude' xi:x='file:///etc/passwd'/><Price>1</Price></Sell>",
    );
    assert_eq!(post(request).call().text("Price"), Some("1"));
}
