//! XML and envelopes, at both SOAP doors: documents that attack the parser, encodings that lie, envelopes of another
//! structure. Contract: ecgridos-soap 4.4, omnitracs-soap 4.3; R66 to R74, R76.

use crate::house::{House, Silent, WANTED};
use crate::requests::{ECGRIDOS, PORTAL, Request, SOAP11, SOAP12, XML, ecgridos_set, escaped, portal_set};

/// The two doors: where, a good set, and how they say that a document cannot be read.
fn doors(house: &House) -> [(&'static str, &'static str, String, u16, &'static str); 2] {
    [
        ("ECGridOS", ECGRIDOS, ecgridos_set(house), 400, "Unable to read the request."),
        ("portal", PORTAL, portal_set(house), 500, "The request could not be read."),
    ]
}

/// Replaces the password in a good set. It stands there once.
fn instead_of_password(good: &str, markup: &str) -> String {
    assert_eq!(good.matches(WANTED).count(), 1);
    good.replace(WANTED, markup)
}

#[test]
fn documents_that_attack_the_parser_are_refused_unread() {
    // R66, R67; ecgridos-soap 4.4 (first rows).
    let mut house = House::open();
    let listener = Silent::listen();
    let url = listener.url();
    for (door, to, good, status, words) in doors(&house) {
        house.takes(door, &Request::new(to, XML, &*good));
        let declared = |subset: &str, markup: &str| {
            format!("<!DOCTYPE s:Envelope {subset}>{}", instead_of_password(&good, markup))
        };
        let lol: String = (1..10)
            .map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)))
            .collect::<Vec<_>>()
            .concat();
        let attributes = |count: usize| (0..count).map(|n| format!(" a{n}=\"\"")).collect::<Vec<_>>().concat();
        let declarations = |count: usize| (0..count).map(|n| format!(" xmlns:n{n}=\"u\"")).collect::<Vec<_>>().concat();
        let header = |markup: &str| match door {
            "portal" => good.replace("<s:Header>", &format!("<s:Header>{markup}")),
            _ => good.replace("<s:Header></s:Header>", &format!("<s:Header>{markup}</s:Header>")),
        };
        for (what, document) in [
            ("a DOCTYPE", declared("", WANTED)),
            ("a DOCTYPE in small letters", declared("", WANTED).replace("DOCTYPE", "doctype")),
            ("an internal entity", declared(&format!("[<!ENTITY e \"{WANTED}\">]"), "&e;")),
            ("an external entity", declared(&format!("[<!ENTITY e SYSTEM \"{url}\">]"), "&e;")),
            ("a file as an entity", declared("[<!ENTITY e SYSTEM \"file:///etc/hostname\">]", "&e;")),
            ("a parameter entity", declared(&format!("[<!ENTITY % e SYSTEM \"{url}\"> %e;]"), WANTED)),
            ("an external subset", declared(&format!("SYSTEM \"{url}\""), WANTED)),
            ("a flood of entities", declared(&format!("[<!ENTITY l0 \"x\">{lol}]"), "&l9;")),
            ("a DOCTYPE within", good.replace("<s:Body>", "<!DOCTYPE a><s:Body>")),
            ("a stylesheet", format!("<?xml-stylesheet href=\"{url}\"?>{good}")),
            ("an instruction within", good.replace("<s:Body>", "<?php x?><s:Body>")),
            ("an unknown entity", instead_of_password(&good, "&nbsp;")),
            ("a reference to NUL", instead_of_password(&good, "Hostile&#0;42")),
            ("a reference to a control", instead_of_password(&good, "Hostile&#x1;42")),
            ("a reference to a surrogate", instead_of_password(&good, "Hostile&#xD800;42")),
            ("a reference beyond Unicode", instead_of_password(&good, "Hostile&#x110000;42")),
            ("a reference without an end", instead_of_password(&good, "Hostile&#65 42")),
            ("a raw control", instead_of_password(&good, "Hostile\u{1}42")),
            ("33 levels", header(&format!("{}{}", "<a>".repeat(31), "</a>".repeat(31)))),
            ("10,000 levels", header(&"<a>".repeat(10_000))),
            ("65 attributes", header(&format!("<a{}/>", attributes(65)))),
            ("10,000 attributes", header(&format!("<a{}/>", attributes(10_000)))),
            ("33 namespaces", header(&format!("<a{}/>", declarations(33)))),
            (
                "257 namespaces in force",
                header(&format!("{}{}", format!("<a{}>", declarations(30)).repeat(9), "</a>".repeat(9))),
            ),
            ("a name of 257 bytes", header(&format!("<{}/>", "a".repeat(257)))),
            ("an attribute's name of 257 bytes", header(&format!("<a {}=\"\"/>", "a".repeat(257)))),
            ("a text of 64 KiB and one", header(&format!("<a>{}</a>", "x".repeat(64 * 1024 + 1)))),
            ("an attribute of 64 KiB and one", header(&format!("<a b=\"{}\"/>", "x".repeat(64 * 1024 + 1)))),
            ("a comment of 64 KiB and one", header(&format!("<!--{}-->", "x".repeat(64 * 1024 + 1)))),
            ("1,001 elements", header(&"<a/>".repeat(1_001))),
            ("an attribute twice", good.replace("<s:Body>", "<s:Body a=\"1\" a=\"2\">")),
            ("a prefix without a namespace", good.replace("<s:Body>", "<s:Body><x:a/>")),
            ("a namespace taken back", header("<a xmlns:s=\"\"/>")),
            ("an end that is none", good.replace("</s:Body>", "</s:Bodi>")),
            ("no end", good.replace("</s:Envelope>", "")),
            ("more behind it", format!("{good}<a/>")),
            ("text behind it", format!("{good}x")),
            ("text before it", format!("x{good}")),
            ("a declaration behind white space", format!(" <?xml version=\"1.0\"?>{good}")),
            ("an attribute without quotes", good.replace("<s:Body>", "<s:Body a=1>")),
            ("a raw less-than in an attribute", good.replace("<s:Body>", "<s:Body a=\"<\">")),
            ("JSON", "{\"userId\":1042}".into()),
            ("nothing", String::new()),
            ("white space", " \r\n".into()),
        ] {
            house.refuses(&format!("{door}: {what}"), &Request::new(to, XML, document), status, words);
        }
    }
    listener.was_never_called();
    house.closes_after(80);
}

#[test]
fn encodings_that_lie_or_are_not_served_are_refused() {
    // R68, R73.
    let mut house = House::open();
    for (door, to, good, status, words) in doors(&house) {
        let wide: Vec<u8> = [vec![0xFF, 0xFE], good.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
        house.takes(&format!("{door}: UTF-16 with its mark"), &Request::new(to, "Content-Type: text/xml\r\n", &*wide));
        let declared = |encoding: &str| format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>{good}").into_bytes();
        let password = |bytes: &[u8]| {
            let (before, after) = good.split_once(WANTED).unwrap();
            [before.as_bytes(), b"Hostile-42", bytes, after.as_bytes()].concat()
        };
        for (what, charset, body) in [
            ("UTF-8 that says UTF-16", "", declared("UTF-16")),
            ("UTF-16 that says UTF-8", "; charset=utf-8", wide.clone()),
            ("UTF-16 that is cut", "", wide[..wide.len() - 1].to_vec()),
            ("UTF-16 without a mark", "", wide[2..].to_vec()),
            ("a header that says UTF-16", "; charset=utf-16", good.clone().into_bytes()),
            ("Latin-1", "; charset=utf-8", password(b"\xE4")),
            ("an overlong slash", "; charset=utf-8", password(b"\xC0\xAF")),
            ("a surrogate in UTF-8", "; charset=utf-8", password(b"\xED\xA0\x80")),
            ("a noncharacter of XML", "; charset=utf-8", password(b"\xEF\xBF\xBE")),
            ("half a character", "; charset=utf-8", password(b"\xE2\x82")),
        ] {
            let request = Request::new(to, format!("Content-Type: text/xml{charset}\r\n"), body);
            house.refuses(&format!("{door}: {what}"), &request, status, words);
        }
        for (what, headers, body) in [
            ("UTF-32", "Content-Type: text/xml\r\n", [vec![0xFF, 0xFE, 0, 0], wide.clone()].concat()),
            ("UTF-7", "Content-Type: text/xml; charset=utf-7\r\n", good.clone().into_bytes()),
            ("EBCDIC", "Content-Type: text/xml; charset=ibm037\r\n", good.clone().into_bytes()),
            ("declared Latin-1", "Content-Type: text/xml\r\n", declared("ISO-8859-1")),
            ("a form", "Content-Type: application/x-www-form-urlencoded\r\n", good.clone().into_bytes()),
            ("JSON", "Content-Type: application/json\r\n", good.clone().into_bytes()),
            ("plain text", "Content-Type: text/plain\r\n", good.clone().into_bytes()),
            (
                "an attachment",
                "Content-Type: multipart/related; type=\"text/xml\"; boundary=a\r\n",
                good.clone().into_bytes(),
            ),
            ("no type", "", good.clone().into_bytes()),
            ("two types", "Content-Type: text/xml\r\nContent-Type: text/xml\r\n", good.clone().into_bytes()),
            (
                "compressed",
                "Content-Type: text/xml\r\nContent-Encoding: gzip\r\n",
                b"\x1F\x8B\x08\0\0\0\0\0\0\x03".to_vec(),
            ),
            (
                "said to be compressed",
                "Content-Type: text/xml\r\nContent-Encoding: deflate\r\n",
                good.clone().into_bytes(),
            ),
        ] {
            let answer = house.refuses(&format!("{door}: {what}"), &Request::new(to, headers, body), 415, "");
            assert!(answer.ends_with("\r\n\r\n"), "{door}: {what}: an empty body");
        }
        let large = good.replace("<s:Body>", &format!("{}<s:Body>", " ".repeat(256 * 1024)));
        house.refuses(&format!("{door}: 256 KiB and more"), &Request::new(to, XML, &*large), 413, "");
        let huge = large.replace("<s:Body>", &format!("{}<s:Body>", " ".repeat(20 * 1024 * 1024)));
        house.refuses(&format!("{door}: 20 MiB"), &Request::new(to, XML, huge), 413, "");
    }
    house.closes_after(48);
}

#[test]
fn envelopes_of_another_structure_are_refused() {
    // R69 to R74, R76.
    let mut house = House::open();
    for (door, to, good, _, words) in doors(&house) {
        let body = good[good.find("<s:Body>").unwrap()..good.find("</s:Envelope>").unwrap()].to_owned();
        let operation = body["<s:Body>".len()..body.len() - "</s:Body>".len()].to_owned();
        let name = operation[1..].split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap().to_owned();
        let parameter = if door == "portal" { "password" } else { "NewPassword" };
        let xsi = "xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"";
        for (what, document, status, words) in [
            ("two bodies", good.replace(&body, &format!("{body}{body}")), 500, words),
            ("an empty body first", good.replace(&body, &format!("<s:Body/>{body}")), 500, words),
            ("no body", good.replace(&body, ""), 500, words),
            ("no operation", good.replace(&operation, ""), 500, words),
            ("two operations", good.replace(&operation, &format!("{operation}{operation}")), 500, words),
            ("an element behind the body", good.replace("</s:Envelope>", "<a/></s:Envelope>"), 500, words),
            ("a header behind the body", good.replace("</s:Envelope>", "<s:Header/></s:Envelope>"), 500, words),
            ("two headers", good.replace("<s:Header>", "<s:Header/><s:Header>"), 500, words),
            ("text in the body", good.replace("<s:Body>", "<s:Body>x"), 500, words),
            ("another root", good.replace("s:Envelope", "s:Envelop"), 500, words),
            ("the operation as root", operation.clone(), 500, words),
            ("a body of no version", good.replace("s:Body>", "Body>"), 500, words),
            ("an unknown version", good.replace(SOAP11, "urn:soap"), 500, "VersionMismatch"),
            ("no version", good.replace(&format!(" xmlns:s=\"{SOAP11}\""), "").replace("<s:", "<").replace("</s:", "</"), 500, "VersionMismatch"),
            ("an unknown operation", good.replace(&name, "DropUsers"), 500, "DropUsers"),
            ("another namespace", good.replace(&operation, &operation.replacen(&format!("<{name}"), &format!("<{name} a=\"\" xmlns:q=\"urn:q\""), 1).replacen(&format!("<{name}"), &format!("<q:{name}"), 1).replace(&format!("</{name}>"), &format!("</q:{name}>"))), 500, &*name),
            ("a header to understand", good.replace("</s:Header>", "<q:a xmlns:q=\"urn:q\" s:mustUnderstand=\"1\"/></s:Header>"), 500, "MustUnderstand"),
            ("a header that is truly to be understood", good.replace("</s:Header>", "<q:a xmlns:q=\"urn:q\" s:mustUnderstand=\"true\"/></s:Header>"), 500, "MustUnderstand"),
            ("a header to understand for the next one", good.replace("</s:Header>", "<q:a xmlns:q=\"urn:q\" s:actor=\"http://schemas.xmlsoap.org/soap/actor/next\" s:mustUnderstand=\"1\"/></s:Header>"), 500, "MustUnderstand"),
            ("a header to understand twice over", good.replace("</s:Header>", "<q:a xmlns:q=\"urn:q\" s:mustUnderstand=\"2\"/></s:Header>"), 500, words),
            ("a parameter twice", good.replace(&format!("<{parameter}>"), &format!("<{parameter}>Other-Larch-42</{parameter}><{parameter}>")), 500, words),
            ("an element in a password", instead_of_password(&good, &format!("{WANTED}<a/>")), 500, words),
            ("an inclusion in a password", instead_of_password(&good, "<i:include xmlns:i=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/hostname\"/>"), 500, words),
            ("a reference instead of a password", good.replace(&format!("<{parameter}>"), &format!("<{parameter} href=\"#a\">")), 500, words),
            ("an array instead of a password", good.replace(&format!("<{parameter}>"), &format!("<{parameter} xmlns:e=\"http://schemas.xmlsoap.org/soap/encoding/\" e:arrayType=\"x[1]\">")), 500, words),
            ("a password that is perhaps nil", good.replace(&format!("<{parameter}>"), &format!("<{parameter} {xsi} i:nil=\"perhaps\">")), 500, words),
            ("text beside the parameters", good.replace(&format!("<{parameter}>"), &format!("x<{parameter}>")), 500, words),
        ] {
            house.refuses(&format!("{door}: {what}"), &Request::new(to, XML, document), status, words);
        }
    }
    let good = ecgridos_set(&house);
    house.refuses(
        "the action of another operation",
        &Request::new(ECGRIDOS, format!("{XML}SOAPAction: \"http://www.ecgridos.net/Logout\"\r\n"), &*good),
        500,
        "SOAPAction does not match the request.",
    );
    house.refuses("SOAP 1.2 in the type of 1.1", &Request::new(ECGRIDOS, XML, good.replace(SOAP11, SOAP12)), 415, "");
    house.refuses(
        "SOAP 1.1 in the type of 1.2",
        &Request::new(ECGRIDOS, "Content-Type: application/soap+xml\r\n", &*good),
        415,
        "",
    );
    house.refuses(
        "SOAP 1.2 to the portal",
        &Request::new(PORTAL, "Content-Type: application/soap+xml\r\n", portal_set(&house).replace(SOAP11, SOAP12)),
        500,
        "SOAP 1.1 is required.",
    );
    house.closes_after(55);
}

#[test]
fn a_comment_or_a_section_in_a_password_never_shortens_it() {
    // R69: these are good calls; the whole password is set, or nothing.
    let mut house = House::open();
    let spellings = [
        "Hostile-<!-- x -->Larch-42",
        "<![CDATA[Hostile-]]>Larch-42",
        "Hostile&#45;Larch&#x2D;42",
        "<!---->Hostile<![CDATA[-Larch]]>-42<!-- -->",
    ];
    for (door, to, good, _, _) in doors(&house) {
        for spelling in spellings {
            house.takes(
                &format!("{door}: {}", escaped(spelling)),
                &Request::new(to, XML, instead_of_password(&good, spelling)),
            );
        }
    }
}
