//! What envelopes are taken, and what is answered to others.

use super::bookshop::{NEW, client_fault, envelope, envelope12, post, post_sphere, post12, sell, sphere_fault};
use passgate_soap::{Binding, Value, Version};

#[track_caller]
fn accepted(body: &str) {
    let call = post(body).call();
    assert_eq!(call.text("Buyer"), Some("Ann"), "{body}");
}

#[test]
fn what_client_toolchains_write_is_accepted() {
    // soap-clients 6.
    let ns = Version::V11.namespace();
    let call = format!(r#"<Sell xmlns="{NEW}"><Buyer>Ann</Buyer></Sell>"#);
    accepted(&envelope(&call));
    accepted(&format!(r#"<?xml version="1.0" encoding="utf-8"?>{}"#, envelope(&call)));
    accepted(&format!("<?xml version=\"1.0\"?>\r\n<!-- hello -->\n{}\n<!-- bye -->\n", envelope(&call)));
    accepted(&format!("\u{FEFF}{}", envelope(&call)));
    // The envelope as the default namespace, an empty header, the encodingStyle and xsi:type attributes.
    accepted(&format!(
        r#"<Envelope xmlns="{ns}" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><Header/><Body><x:Sell xmlns:x="{NEW}"
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
        <x:Buyer xsi:type="xsd:string">Ann</x:Buyer></x:Sell></Body></Envelope>"#
    ));
    // Two prefixes for one namespace.
    accepted(&format!(
        r#"<a:Envelope xmlns:a="{ns}" xmlns:b="{ns}" xmlns:n="{NEW}"><b:Body><n:Sell><n:Buyer>&#65;n<![CDATA[n]]></n:Buyer></n:Sell></b:Body></a:Envelope>"#
    ));
}

#[test]
fn utf16_with_a_mark_is_read_like_utf8() {
    // R68.
    let text = format!("\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-16\"?>{}", sell());
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        let ask = super::bookshop::ask(&super::bookshop::ASPNET_SERVICE, "POST", "/v1/Shop.asmx")
            .header("Content-Type", "text/xml; charset=utf-16")
            .body(bytes);
        assert_eq!(ask.call().text("Buyer"), Some("Ann"));
    }
}

#[track_caller]
fn encoding(charset: &str, body: &[u8], status: u16) {
    let ask = super::bookshop::ask(&super::bookshop::ASPNET_SERVICE, "POST", "/v1/Shop.asmx")
        .header("content-type", &format!("text/xml{charset}"))
        .body(body);
    match ask.read() {
        Ok(_) => assert_eq!(status, 200),
        Err(seen) => assert_eq!(seen.status, status, "{charset}: {seen:?}"),
    }
}

#[test]
fn header_mark_and_declaration_must_agree_on_an_encoding_that_is_served() {
    // R68; soap-clients 5.
    let plain = sell();
    let declared = |name: &str| format!(r#"<?xml version="1.0" encoding="{name}"?>{plain}"#);
    let marked: Vec<u8> = format!("\u{FEFF}{plain}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let unmarked: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();

    for charset in ["", "; charset=utf-8", ";Charset=\"UTF-8\"", "; charset=UTF8"] {
        encoding(charset, plain.as_bytes(), 200);
    }
    encoding("", declared("utf-8").as_bytes(), 200);
    encoding("", &marked, 200);
    encoding("; charset=utf-16", plain.as_bytes(), 400);
    encoding("; charset=utf-8", &marked, 400);
    encoding("; charset=utf-16be", &marked, 400);
    encoding("", declared("utf-16").as_bytes(), 400);
    encoding("", &unmarked, 400);
    encoding("", &[plain.as_bytes(), b"\xC0\xAF"].concat(), 400);
    encoding("", &plain.replace("Ann", "\u{1}").into_bytes(), 400);
    encoding("; charset=iso-8859-1", plain.as_bytes(), 415);
    encoding("; charset=utf-7", plain.as_bytes(), 415);
    encoding("", declared("windows-1252").as_bytes(), 415);
    encoding("", b"\xFF\xFE\0\0<\0\0\0", 415);
    encoding("; charset=utf-8; charset=utf-16", plain.as_bytes(), 415);
}

#[test]
fn broken_envelopes_are_refused_with_the_services_words() {
    // ecgridos-soap 4.4, omnitracs-soap 4.3, R70.
    let ns = Version::V11.namespace();
    let body = r#"<e:Body><Ping xmlns="http://new.example/"/></e:Body>"#;
    let broken = [
        String::new(),
        format!("<e:Header/>{body}{body}"),
        format!("{body}{body}"),
        format!("{body}<e:Header/>"),
        format!("{body}<other/>"),
        format!("<other/>{body}"),
        format!("<e:Header/><e:Header/>{body}"),
        format!("text{body}"),
        "<e:Body/>".to_owned(),
        "<e:Body>text</e:Body>".to_owned(),
        "<e:Body><Ping/>text</e:Body>".to_owned(),
        "<e:Body><Ping/><Ping/></e:Body>".to_owned(),
        "<Body><Ping/></Body>".to_owned(),
    ];
    for inner in broken {
        let request = format!(r#"<e:Envelope xmlns:e="{ns}">{inner}</e:Envelope>"#);
        let seen = post(request.as_str()).refused();
        assert_eq!((seen.status, seen.body), (500, client_fault("Unable to read the request.")), "{request}");
        let seen = post_sphere(request.as_str()).refused();
        let fault = sphere_fault("Client", "The request could not be read.", r#"<detail encodingStyle=""/>"#);
        assert_eq!((seen.status, seen.body), (500, fault), "{request}");
    }
    assert_eq!(post("<html/>").refused().status, 500);
}

#[test]
fn what_is_no_xml_gets_the_status_that_the_service_chose() {
    // ecgridos-soap 4.4 row 1, omnitracs-soap 4.3.
    for body in ["", "no", "<a", "<a></b>", "<a b=c/>", "{}", "<s:Envelope/>", "<?xml?><a/>"] {
        let seen = post(body).refused();
        assert_eq!((seen.status, seen.body), (400, client_fault("Unable to read the request.")), "{body}");
        assert_eq!(seen.headers["content-type"], "text/xml; charset=utf-8");
        assert_eq!(post_sphere(body).refused().status, 500, "{body}");
    }
    let seen = post12("no").refused();
    assert_eq!(seen.status, 400);
    assert!(seen.body.contains("<soap:Value>soap:Sender</soap:Value>"), "{}", seen.body);
    assert_eq!(seen.content_type(), "application/soap+xml; charset=utf-8");
}

#[test]
fn the_namespace_of_the_envelope_picks_the_version() {
    // soap-clients 1; R70, R73.
    let call = format!(r#"<Ping xmlns="{NEW}"/>"#);
    assert_eq!(post(envelope(&call)).call().binding(), Binding::Soap(Version::V11));
    assert_eq!(post12(envelope12(&call)).call().binding(), Binding::Soap(Version::V12));
    let seen = post12(envelope12(&call)).answered(Ok(Value::from("me")));
    assert_eq!(seen.content_type(), "application/soap+xml; charset=utf-8");
    assert!(seen.body.contains(r#"xmlns:soap="http://www.w3.org/2003/05/soap-envelope""#));
    // The media type must fit the version.
    assert_eq!(post(envelope12(&call)).refused().status, 415);
    assert_eq!(post12(envelope(&call)).refused().status, 415);
}

#[test]
fn an_envelope_of_another_version_is_a_version_mismatch() {
    // ecgridos-soap 4.4, omnitracs-soap 4.3.
    let strange = "<e:Envelope xmlns:e=\"urn:strange\"><e:Body><Ping/></e:Body></e:Envelope>";
    let seen = post(strange).refused();
    assert_eq!(seen.status, 500);
    assert!(
        seen.body.contains(
            "<faultcode>soap:VersionMismatch</faultcode><faultstring>Unknown envelope.</faultstring><detail />"
        ),
        "{}",
        seen.body
    );
    let seen = post12(strange).refused();
    assert!(seen.body.contains("soap:VersionMismatch") && seen.body.contains("<soap:Upgrade>"), "{}", seen.body);

    let mismatch = sphere_fault("VersionMismatch", "SOAP 1.1 is required.", "");
    assert_eq!(post_sphere(strange).refused().body, mismatch);
    assert_eq!(post_sphere(envelope12("<sell/>")).refused().body, mismatch);
    assert_eq!(post_sphere("<Envelope><Body/></Envelope>").refused().body, mismatch);
}

fn with_header(version: Version, block: &str, body: &str) -> String {
    let ns = version.namespace();
    format!(r#"<e:Envelope xmlns:e="{ns}"><e:Header>{block}</e:Header><e:Body>{body}</e:Body></e:Envelope>"#)
}

#[test]
fn a_header_that_must_be_understood_stops_the_call_before_anything_else() {
    // R71; ecgridos-soap 4.4, omnitracs-soap 4.3.
    let next = "http://schemas.xmlsoap.org/soap/actor/next";
    for mark in ["1", "true", " 1 "] {
        for actor in [String::new(), format!(r#"e:actor="{next}""#), r#"e:actor="""#.to_owned()] {
            let block = format!(r#"<h:Odd xmlns:h="urn:h" e:mustUnderstand="{mark}" {actor}/>"#);
            let seen = post(with_header(Version::V11, &block, "<Nonsense/>")).refused();
            assert_eq!(seen.status, 500);
            let fault = "<faultcode>soap:MustUnderstand</faultcode><faultstring>Header not understood: Odd</faultstring></soap:Fault>";
            assert!(seen.body.contains(fault), "{}", seen.body);
        }
    }
    let odd = r#"<h:Odd xmlns:h="urn:h" e:mustUnderstand="2"/>"#;
    assert_eq!(
        post(with_header(Version::V11, odd, "<Ping/>")).refused().body,
        client_fault("Unable to read the request.")
    );

    let block = r#"<h:Odd xmlns:h="urn:h" e:mustUnderstand="true"/>"#;
    let seen = post12(with_header(Version::V12, block, "<Ping/>")).refused();
    assert!(
        seen.body.contains(r#"<soap:Header><soap:NotUnderstood qname="h:Odd" xmlns:h="urn:h" /></soap:Header>"#),
        "{}",
        seen.body
    );

    let seen = post_sphere(with_header(Version::V11, block, "<sell/>")).refused();
    assert_eq!(seen.body, sphere_fault("MustUnderstand", "Header not understood: Odd", ""));
}

#[test]
fn headers_for_others_optional_ones_and_understood_ones_do_no_harm() {
    // R71; soap-clients, WS-Security: mustUnderstand without a namespace is somebody else's attribute.
    let blocks = [
        r#"<h:Odd xmlns:h="urn:h"/>"#,
        r#"<h:Odd xmlns:h="urn:h" e:mustUnderstand="0"/>"#,
        r#"<h:Odd xmlns:h="urn:h" mustUnderstand="1"/>"#,
        r#"<h:Odd xmlns:h="urn:h" e:mustUnderstand="1" e:actor="urn:other"/>"#,
    ];
    for block in blocks {
        post(with_header(Version::V11, block, "<Ping/>")).call();
    }
    let none =
        r#"<h:Odd xmlns:h="urn:h" e:mustUnderstand="1" e:role="http://www.w3.org/2003/05/soap-envelope/role/none"/>"#;
    post12(with_header(Version::V12, none, "<Ping/>")).call();
    for block in
        ["<a:To xmlns:a='urn:wsa' e:mustUnderstand='1'/>", "<a:Security xmlns:a='urn:sec' e:mustUnderstand='1'/>"]
    {
        post_sphere(with_header(Version::V11, block, "<sell/>")).call();
    }
    let other = "<a:Other xmlns:a='urn:sec' e:mustUnderstand='1'/>";
    assert_eq!(post_sphere(with_header(Version::V11, other, "<sell/>")).refused().status, 500);
}

#[test]
fn only_types_of_xml_and_bodies_that_are_not_packed_are_read() {
    // ecgridos-soap 4.4, omnitracs-soap 4.3, R73.
    use super::bookshop::{ASPNET_SERVICE, SPHERE_SERVICE, ask};
    let try_type = |sphere: bool, content_type: &str| {
        let (service, path) =
            if sphere { (&*SPHERE_SERVICE, "/services/Shop") } else { (&*ASPNET_SERVICE, "/v1/Shop.asmx") };
        let body = envelope(if sphere { "<sell/>" } else { "<Ping/>" });
        let ask = ask(service, "POST", path).header("content-type", content_type).body(body);
        ask.read().map_or_else(|seen| (seen.status, seen.body), |_| (200, String::new()))
    };
    for content_type in [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/related; type=\"text/xml\"",
        "",
    ] {
        assert_eq!(try_type(false, content_type), (415, String::new()), "{content_type}");
        assert_eq!(try_type(true, content_type), (415, String::new()), "{content_type}");
    }
    assert_eq!(try_type(false, "application/xml").0, 415);
    assert_eq!(try_type(true, "application/xml").0, 200);
    assert_eq!(try_type(true, "application/atom+xml; charset=UTF-8").0, 200);
    assert_eq!(try_type(false, "TEXT/XML ; charset = \"utf-8\"").0, 200);
    for coding in ["gzip", "identity, br", "deflate"] {
        assert_eq!(post(sell()).header("content-encoding", coding).refused().status, 415);
    }
    post(sell()).header("content-encoding", "identity").call();
    assert_eq!(ask(&ASPNET_SERVICE, "POST", "/v1/Shop.asmx").body(sell()).refused().status, 415);
}

#[test]
fn a_body_over_the_limit_is_refused_unread() {
    // ecgridos-soap 4.4, omnitracs-soap 4.3.
    let seen = post(vec![b' '; passgate_soap::BODY_LIMIT + 1]).refused();
    assert_eq!((seen.status, seen.body.as_str()), (413, ""));
}
