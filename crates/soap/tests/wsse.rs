//! The reader of WS-Security headers, row by row. Each case is an envelope whose header is parsed for real.

use jiff::Timestamp;
use passgate_soap::wsse::{self, FaultCode, Rules, SecurityError, UsernameToken};
use proptest::prelude::*;

const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";
const DIGEST: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest";
const NOW: &str = "2026-03-01T12:00:00Z";
const ROOMY: &str =
    "<wsse:Username>INTEG1@NORTHCO</wsse:Username><wsse:Password>barrel77ride</wsse:Password>";

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
    let header = document
        .root_element()
        .first_element_child()
        .expect("the envelope has a header");
    let blocks: Vec<_> = header.children().collect();
    wsse::read(&blocks, SOAP_11, NOW.parse().unwrap(), rules)
}

fn read(headers: &str) -> Result<UsernameToken, SecurityError> {
    read_with(headers, &Rules::default())
}

fn security(content: &str) -> String {
    format!("<wsse:Security>{content}</wsse:Security>")
}

fn token(content: &str) -> String {
    security(&format!(
        "<wsse:UsernameToken>{content}</wsse:UsernameToken>"
    ))
}

/// A good token plus something.
fn token_and(content: &str) -> String {
    token(&format!("{ROOMY}{content}"))
}

/// A good token with a `Timestamp` of this content before it.
fn with_timestamp(content: &str) -> String {
    security(&format!(
        "<wsu:Timestamp>{content}</wsu:Timestamp><wsse:UsernameToken>{ROOMY}</wsse:UsernameToken>"
    ))
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
    assert_eq!(
        read(headers).map(|token| token.username),
        Err(expected),
        "{headers}"
    );
}

#[test]
fn a_token_of_name_and_password_is_enough() {
    // omnitracs-soap 3 #4; R84: neither Nonce nor Created is required.
    let read = accepts(&token_and(""));
    assert_eq!((read.nonce, read.created), (None, None));
}

#[test]
fn a_block_is_found_by_namespace_whatever_its_prefix_and_must_understand() {
    // soap-clients, WS-Security UsernameToken.
    let ns = wsse::WSSE;
    accepts(&format!(
        "<Security xmlns='{ns}'><UsernameToken><Username>INTEG1@NORTHCO</Username><Password>barrel77ride</Password></UsernameToken></Security>"
    ));
    accepts(&format!(
        "<o:Security xmlns:o='{ns}' s:mustUnderstand='1'><wsse:UsernameToken wsu:Id='t-1'><o:Password>barrel77ride</o:Password> <!-- order is free -->\n <wsse:Username>INTEG1@NORTHCO</wsse:Username></wsse:UsernameToken></o:Security>"
    ));
    for understand in [
        "s:mustUnderstand='1'",
        "s:mustUnderstand='true'",
        "s:mustUnderstand='0'",
        "mustUnderstand='1'",
        "",
    ] {
        accepts(&format!(
            "<wsse:Security {understand}>\n <wsse:UsernameToken>{ROOMY}</wsse:UsernameToken>\n</wsse:Security>"
        ));
    }
}

#[test]
fn another_namespace_is_no_credential() {
    // omnitracs-soap 4.3: no Security header for us.
    for ns in ["urn:x", "http://schemas.xmlsoap.org/ws/2002/07/secext"] {
        refuses(
            &format!(
                "<o:Security xmlns:o='{ns}'><o:UsernameToken><o:Username>a</o:Username><o:Password>b</o:Password></o:UsernameToken></o:Security>"
            ),
            SecurityError::TokenRequired,
        );
    }
    refuses(
        &format!("<wsse:Security><x:UsernameToken>{ROOMY}</x:UsernameToken></wsse:Security>"),
        SecurityError::TokenRequired,
    );
    refuses(
        &token("<x:Username>a</x:Username><wsse:Password>b</wsse:Password>"),
        SecurityError::TokenInvalid,
    );
}

#[test]
fn no_header_and_no_token_ask_for_one() {
    // omnitracs-soap 4.3: no Security header for us, or none with a UsernameToken.
    refuses("", SecurityError::TokenRequired);
    refuses("<x:Other/>", SecurityError::TokenRequired);
    refuses("<wsse:Security/>", SecurityError::TokenRequired);
    refuses(&security("<x:Unknown/>"), SecurityError::TokenRequired);
    refuses(&security("<wsu:Timestamp/>"), SecurityError::TokenRequired);
    refuses(
        &format!("<wsse:UsernameToken>{ROOMY}</wsse:UsernameToken>"),
        SecurityError::TokenRequired,
    );
    refuses(
        &format!("<x:Other>{}</x:Other>", token_and("")),
        SecurityError::TokenRequired,
    );
    refuses(
        &security(&format!(
            "<x:Other><wsse:UsernameToken>{ROOMY}</wsse:UsernameToken></x:Other>"
        )),
        SecurityError::TokenRequired,
    );
}

#[test]
fn a_block_for_another_actor_is_no_credential() {
    // omnitracs-soap 3 #4; R80.
    let next = "http://schemas.xmlsoap.org/soap/actor/next";
    let addressed = |actor: &str| {
        format!(
            "<wsse:Security s:actor='{actor}'><wsse:UsernameToken>{ROOMY}</wsse:UsernameToken></wsse:Security>"
        )
    };
    accepts(&addressed(next));
    accepts(&addressed(""));
    refuses(&addressed("urn:gateway"), SecurityError::TokenRequired);
    accepts(&format!("{}{}", addressed("urn:gateway"), token_and("")));
    refuses(
        &format!("{}{}", addressed(next), token_and("")),
        SecurityError::HeaderInvalid,
    );
}

#[test]
fn in_soap_12_the_role_says_whom_a_block_is_for() {
    // R80, for services that answer SOAP 1.2.
    #[track_caller]
    fn check(role: &str, expected: Result<(), SecurityError>) {
        let xml = format!(
            "<s:Envelope xmlns:s='{SOAP_12}' xmlns:wsse='{}'><s:Header><wsse:Security s:role='{role}'><wsse:UsernameToken>{ROOMY}</wsse:UsernameToken></wsse:Security></s:Header></s:Envelope>",
            wsse::WSSE
        );
        let document = roxmltree::Document::parse(&xml).unwrap();
        let blocks: Vec<_> = document
            .root_element()
            .first_element_child()
            .unwrap()
            .children()
            .collect();
        let read = wsse::read(&blocks, SOAP_12, NOW.parse().unwrap(), &Rules::default());
        assert_eq!(read.map(|_| ()), expected);
    }
    check("http://www.w3.org/2003/05/soap-envelope/role/next", Ok(()));
    check(
        "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
        Ok(()),
    );
    check(
        "http://www.w3.org/2003/05/soap-envelope/role/none",
        Err(SecurityError::TokenRequired),
    );
}

#[test]
fn a_part_that_stands_twice_is_refused() {
    // omnitracs-soap 4.3: twice; R80, R82.
    refuses(
        &format!("{}{}", token_and(""), token_and("")),
        SecurityError::HeaderInvalid,
    );
    refuses(
        &security(&format!(
            "<wsse:UsernameToken>{ROOMY}</wsse:UsernameToken><wsse:UsernameToken>{ROOMY}</wsse:UsernameToken>"
        )),
        SecurityError::HeaderInvalid,
    );
    refuses(
        &security(&format!(
            "<wsu:Timestamp/><wsu:Timestamp/><wsse:UsernameToken>{ROOMY}</wsse:UsernameToken>"
        )),
        SecurityError::HeaderInvalid,
    );
    refuses(
        &with_timestamp(&format!(
            "<wsu:Created>{NOW}</wsu:Created><wsu:Created>{NOW}</wsu:Created>"
        )),
        SecurityError::HeaderInvalid,
    );
    refuses(
        &with_timestamp(&format!(
            "<wsu:Expires>{NOW}</wsu:Expires><wsu:Expires>{NOW}</wsu:Expires>"
        )),
        SecurityError::HeaderInvalid,
    );
    let created = format!("<wsu:Created>{NOW}</wsu:Created>");
    for twice in [
        "<wsse:Username>other</wsse:Username>",
        "<wsse:Password>other</wsse:Password>",
    ] {
        refuses(&token_and(twice), SecurityError::TokenInvalid);
    }
    refuses(
        &token_and(&format!("{created}{created}")),
        SecurityError::TokenInvalid,
    );
    refuses(
        &token_and(&format!(
            "{created}<wsse:Nonce>AAAA</wsse:Nonce><wsse:Nonce>AAAA</wsse:Nonce>"
        )),
        SecurityError::TokenInvalid,
    );
}

#[test]
fn a_token_without_name_or_password_is_not_valid() {
    // omnitracs-soap 4.3: Username or Password missing.
    refuses(&token(""), SecurityError::TokenInvalid);
    refuses(
        &token("<wsse:Username>INTEG1@NORTHCO</wsse:Username>"),
        SecurityError::TokenInvalid,
    );
    refuses(
        &token("<wsse:Password>barrel77ride</wsse:Password>"),
        SecurityError::TokenInvalid,
    );
}

#[test]
fn an_empty_name_or_password_is_for_the_proof_to_refuse() {
    // omnitracs-soap 4.3: an empty password fails as a wrong one does, so it has to reach the proof.
    let read = read(&token("<wsse:Username/><wsse:Password></wsse:Password>"))
        .expect("empty is not missing");
    assert_eq!((read.username.as_str(), read.password.as_str()), ("", ""));
}

#[test]
fn the_password_is_all_of_its_text_and_nothing_but_text() {
    // R69: comments, CDATA and references never shorten a text; an element in it is an error.
    #[track_caller]
    fn check(inner: &str, expected: &str) {
        let read = read(&token(&format!(
            "<wsse:Username>a<!-- -->@b</wsse:Username><wsse:Password>{inner}</wsse:Password>"
        )))
        .expect(inner);
        assert_eq!(*read.password, expected);
        assert_eq!(read.username, "a@b");
    }
    check("barrel<!-- here -->77ride", "barrel77ride");
    check("<!-- first -->barrel77ride", "barrel77ride");
    check("barrel<![CDATA[77]]>ride", "barrel77ride");
    check("<![CDATA[a<b]]>&amp;c", "a<b&c");
    check("barrel<?pi here?>77ride", "barrel77ride");
    check("barrel&#55;&#x37;ride", "barrel77ride");
    check("  barrel 77 ride\t", "  barrel 77 ride\t");
    check("<![CDATA[]]>x<![CDATA[]]>", "x");
    for name in ["Username", "Password"] {
        let other = if name == "Username" {
            "Password"
        } else {
            "Username"
        };
        refuses(
            &token(&format!(
                "<wsse:{name}>bar<x:b/>rel</wsse:{name}><wsse:{other}>z</wsse:{other}>"
            )),
            SecurityError::TokenInvalid,
        );
    }
    refuses(
        &token_and(&format!(
            "<wsse:Nonce>AA<x:b/>AA</wsse:Nonce><wsu:Created>{NOW}</wsu:Created>"
        )),
        SecurityError::TokenInvalid,
    );
    refuses(
        &token_and("<wsu:Created>2026-03-01<x:b/>T12:00:00Z</wsu:Created>"),
        SecurityError::HeaderInvalid,
    );
}

#[test]
fn only_a_plain_password_is_read() {
    // omnitracs-soap 4.3: password type other than PasswordText; R79.
    let typed = |attribute: &str| {
        token(&format!(
            "<wsse:Username>INTEG1@NORTHCO</wsse:Username><wsse:Password {attribute}>barrel77ride</wsse:Password>"
        ))
    };
    accepts(&typed(&format!("Type='{}'", wsse::PASSWORD_TEXT)));
    accepts(&typed(&format!("wsse:Type='{}'", wsse::PASSWORD_TEXT)));
    accepts(&typed("x:Type='urn:whatever'"));
    for refused in [DIGEST, "", "PasswordText", "urn:x"] {
        refuses(
            &typed(&format!("Type='{refused}'")),
            SecurityError::PasswordTypeUnsupported,
        );
        refuses(
            &typed(&format!("wsse:Type='{refused}'")),
            SecurityError::PasswordTypeUnsupported,
        );
        refuses(
            &typed(&format!(
                "x:Type='{}' Type='{refused}'",
                wsse::PASSWORD_TEXT
            )),
            SecurityError::PasswordTypeUnsupported,
        );
    }
    let late = format!(
        "<wsse:Username>a</wsse:Username><wsse:Password Type='{DIGEST}'>x</wsse:Password><wsse:Nonce>AAAA</wsse:Nonce><wsu:Created>2020-01-01T00:00:00Z</wsu:Created>"
    );
    refuses(&token(&late), SecurityError::PasswordTypeUnsupported);
}

#[test]
fn what_cannot_be_verified_is_refused_and_other_children_are_passed_over() {
    // omnitracs-soap 3 #4, 4.3; R81.
    let beside = |child: &str| {
        security(&format!(
            "{child}<wsse:UsernameToken>{ROOMY}</wsse:UsernameToken>"
        ))
    };
    for child in [
        "<ds:Signature/>",
        "<xenc:EncryptedData/>",
        "<xenc:EncryptedKey/>",
        "<xenc:ReferenceList/>",
        "<saml:Assertion/>",
        "<wsse:BinarySecurityToken/>",
        "<a:Assertion xmlns:a='urn:oasis:names:tc:SAML:1.0:assertion'/>",
    ] {
        refuses(&beside(child), SecurityError::TokenUnsupported);
        refuses(&security(child), SecurityError::TokenUnsupported);
        refuses(&token_and(child), SecurityError::TokenUnsupported);
    }
    for child in [
        "<x:Unknown>text</x:Unknown>",
        "<wsse:SecurityTokenReference/>",
        "<Signature/>",
        "text",
    ] {
        accepts(&beside(child));
    }
    accepts(&token_and(
        "<x:Unknown><wsse:Password>other</wsse:Password></x:Unknown>",
    ));
}

#[test]
fn a_nonce_is_base64_and_needs_a_date() {
    // omnitracs-soap 4.3: Nonce empty, not base64 or without Created; R84.
    let with = |nonce: &str| token_and(&format!("{nonce}<wsu:Created>{NOW}</wsu:Created>"));
    let read = accepts(&with("<wsse:Nonce>c29tZSBub25jZQ==</wsse:Nonce>"));
    assert_eq!(read.nonce.as_deref(), Some(&b"some nonce"[..]));
    assert_eq!(read.created, Some(NOW.parse().unwrap()));
    accepts(&with(&format!(
        "<wsse:Nonce EncodingType='{}'>\n  c29t\n  ZQ==\n</wsse:Nonce>",
        wsse::BASE64_BINARY
    )));
    for broken in [
        "<wsse:Nonce/>",
        "<wsse:Nonce>  </wsse:Nonce>",
        "<wsse:Nonce>not base64!</wsse:Nonce>",
        "<wsse:Nonce>AAA</wsse:Nonce>",
        "<wsse:Nonce EncodingType='urn:hex'>AAAA</wsse:Nonce>",
    ] {
        refuses(&with(broken), SecurityError::TokenInvalid);
    }
    refuses(
        &token_and("<wsse:Nonce>AAAA</wsse:Nonce>"),
        SecurityError::TokenInvalid,
    );
    assert!(
        accepts(&with("")).nonce.is_none(),
        "a date alone is accepted"
    );
}

#[test]
fn two_spellings_of_one_nonce_are_one_nonce() {
    // R83: white space and comments must not make a used nonce look new; loose last bits are refused.
    let with = |nonce: &str| {
        token_and(&format!(
            "<wsse:Nonce>{nonce}</wsse:Nonce><wsu:Created>{NOW}</wsu:Created>"
        ))
    };
    let plain = accepts(&with("c29tZQ==")).nonce;
    assert_eq!(accepts(&with("c29t<!-- x -->ZQ==")).nonce, plain);
    assert_eq!(accepts(&with(" c29t ZQ== ")).nonce, plain);
    refuses(&with("c29tZR=="), SecurityError::TokenInvalid);
}

#[test]
fn where_a_nonce_is_required_bare_tokens_are_refused() {
    // R84: `require_nonce`.
    let rules = Rules {
        require_nonce: true,
        ..Rules::default()
    };
    let check = |headers: &str, expected: Result<(), SecurityError>| {
        assert_eq!(
            read_with(headers, &rules).map(|_| ()),
            expected,
            "{headers}"
        )
    };
    check(&token_and(""), Err(SecurityError::TokenInvalid));
    check(
        &token_and(&format!("<wsu:Created>{NOW}</wsu:Created>")),
        Err(SecurityError::TokenInvalid),
    );
    check(
        &token_and("<wsse:Nonce>AAAA</wsse:Nonce>"),
        Err(SecurityError::TokenInvalid),
    );
    check(
        &token_and(&format!(
            "<wsse:Nonce>AAAA</wsse:Nonce><wsu:Created>{NOW}</wsu:Created>"
        )),
        Ok(()),
    );
}

#[test]
fn created_is_at_most_300_seconds_old_and_60_ahead() {
    // omnitracs-soap 3 #4; R82: each limit, and one step over it, in the token and in the Timestamp.
    #[track_caller]
    fn check(created: &str, expected: Result<(), SecurityError>) {
        let created = format!("<wsu:Created>{created}</wsu:Created>");
        for headers in [token_and(&created), with_timestamp(&created)] {
            assert_eq!(read(&headers).map(|_| ()), expected, "{headers}");
        }
    }
    check("2026-03-01T11:55:00Z", Ok(()));
    check("2026-03-01T11:54:59.999Z", Err(SecurityError::Expired));
    check("2026-03-01T11:00:00Z", Err(SecurityError::Expired));
    check("0001-01-01T00:00:00Z", Err(SecurityError::Expired));
    check("2026-03-01T12:01:00Z", Ok(()));
    check(
        "2026-03-01T12:01:00.000000001Z",
        Err(SecurityError::HeaderInvalid),
    );
    check("2026-03-01T13:00:00Z", Err(SecurityError::HeaderInvalid));
    check("9999-12-31T23:59:59Z", Err(SecurityError::HeaderInvalid));
}

#[test]
fn expires_is_honoured_with_60_seconds_of_skew() {
    // omnitracs-soap 3 #4; R82.
    #[track_caller]
    fn check(timestamp: &str, expected: Result<(), SecurityError>) {
        assert_eq!(
            read(&with_timestamp(timestamp)).map(|_| ()),
            expected,
            "{timestamp}"
        );
    }
    check("", Ok(()));
    check("<wsu:Expires>2026-03-01T12:05:00Z</wsu:Expires>", Ok(()));
    check("<wsu:Expires>2026-03-01T11:59:00Z</wsu:Expires>", Ok(()));
    check(
        "<wsu:Expires>2026-03-01T11:58:59Z</wsu:Expires>",
        Err(SecurityError::Expired),
    );
    check(
        "<wsu:Expires>2026-03-01T12:00:00Z</wsu:Expires><wsu:Created>2026-03-01T12:00:00Z</wsu:Created>",
        Ok(()),
    );
    check(
        "<wsu:Created>2026-03-01T12:00:01Z</wsu:Created><wsu:Expires>2026-03-01T12:00:00Z</wsu:Expires>",
        Err(SecurityError::HeaderInvalid),
    );
    check(
        "<wsu:Created>soon</wsu:Created>",
        Err(SecurityError::HeaderInvalid),
    );
    check(
        "<wsu:Created>2026-03-01T12:00:00Z</wsu:Created><wsu:Expires/>",
        Err(SecurityError::HeaderInvalid),
    );
    check("<x:Created>soon</x:Created>", Ok(()));
}

#[test]
fn every_form_of_a_schema_date_is_read_and_nothing_else() {
    // R82: "valid dates". XML Schema part 2, 3.2.7.
    #[track_caller]
    fn check(date: &str, expected: Option<&str>) {
        let read = read(&token_and(&format!("<wsu:Created>{date}</wsu:Created>")));
        let expected: Option<Timestamp> = expected.map(|date| date.parse().unwrap());
        assert_eq!(
            read.as_ref().ok().map(|token| token.created),
            expected.map(Some),
            "{date}: {read:?}"
        );
        if expected.is_none() {
            assert_eq!(
                read.map(|_| ()),
                Err(SecurityError::HeaderInvalid),
                "{date}"
            );
        }
    }
    check(NOW, Some(NOW));
    check("\n  2026-03-01T12:00:00Z\t", Some(NOW));
    check("2026-03-01T12:00:00", Some(NOW));
    check("2026-03-01T13:00:00+01:00", Some(NOW));
    check("2026-03-01T06:30:00-05:30", Some(NOW));
    check("2026-03-01T12:00:00.25Z", Some("2026-03-01T12:00:00.25Z"));
    check(
        "2026-03-01T12:00:00.1234567891234Z",
        Some("2026-03-01T12:00:00.123456789Z"),
    );
    check("2026-03-01T24:00:00+12:00", Some(NOW));
    for broken in [
        "",
        "now",
        "2026-03-01",
        "12:00:00Z",
        "2026-03-01 12:00:00Z",
        "2026-03-01t12:00:00z",
        "2026-03-01T12:00Z",
        "2026-3-1T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-03-01T25:00:00Z",
        "2026-03-01T24:00:01Z",
        "2026-03-01T12:60:00Z",
        "2026-03-01T12:00:60Z",
        "2026-03-01T12:00:00.Z",
        "2026-03-01T12:00:00,5Z",
        "2026-03-01T12:00:00+0100",
        "2026-03-01T12:00:00+14:01",
        "2026-03-01T12:00:00+01:60",
        "2026-03-01T12:00:00ZZ",
        "2026-03-01T12:00:00[UTC]",
        "-2026-03-01T12:00:00Z",
        "+2026-03-01T12:00:0Z",
        "0000-00-00T00:00:00Z",
        "２０２６-03-01T12:00:00Z",
        "2026-03-01T12:00:00\u{e9}",
        "1772366400",
        "9999-12-31T24:00:00Z",
    ] {
        check(broken, None);
    }
}

#[test]
fn each_error_has_the_code_and_the_sentence_of_the_contract() {
    // omnitracs-soap 4.3; R75, R85.
    #[track_caller]
    fn check(error: SecurityError, code: &str, sentence: &str) {
        assert_eq!(
            (error.code().local_name(), error.to_string().as_str()),
            (code, sentence)
        );
    }
    check(
        SecurityError::TokenRequired,
        "InvalidSecurity",
        "A UsernameToken is required.",
    );
    check(
        SecurityError::HeaderInvalid,
        "InvalidSecurity",
        "The security header is not valid.",
    );
    check(
        SecurityError::TokenInvalid,
        "InvalidSecurityToken",
        "The UsernameToken is not valid.",
    );
    check(
        SecurityError::PasswordTypeUnsupported,
        "UnsupportedSecurityToken",
        "The password type is not supported.",
    );
    check(
        SecurityError::TokenUnsupported,
        "UnsupportedSecurityToken",
        "The security token is not supported.",
    );
    check(
        SecurityError::Expired,
        "MessageExpired",
        "The message has expired.",
    );
    assert_eq!(
        FaultCode::FailedAuthentication.local_name(),
        "FailedAuthentication"
    );
}

#[test]
fn security_and_addressing_headers_are_understood_and_no_others() {
    // omnitracs-soap 4.3, row MustUnderstand.
    assert!(wsse::understands(Some(wsse::WSSE), "Security"));
    assert!(wsse::understands(
        Some("http://www.w3.org/2005/08/addressing"),
        "Action"
    ));
    assert!(wsse::understands(
        Some("http://schemas.xmlsoap.org/ws/2004/03/addressing"),
        "MessageID"
    ));
    assert!(wsse::understands(
        Some("http://schemas.xmlsoap.org/ws/2004/08/addressing"),
        "To"
    ));
    assert!(!wsse::understands(Some(wsse::WSSE), "security"));
    assert!(!wsse::understands(Some(wsse::WSU), "Timestamp"));
    assert!(!wsse::understands(Some("urn:x"), "Action"));
    assert!(!wsse::understands(None, "Security"));
}

#[test]
fn a_token_never_shows_its_password() {
    // R5: nothing prints a password, not even a debugger's view.
    let shown = format!("{:?}", accepts(&token_and("")));
    assert!(
        shown.contains("INTEG1@NORTHCO") && !shown.contains("barrel77ride"),
        "{shown}"
    );
}

/// Any element tree over the names that mean something here, with any text in it.
fn any_header() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "wsse:Security",
        "wsse:UsernameToken",
        "wsse:Username",
        "wsse:Password",
        "wsse:Nonce",
        "wsu:Created",
        "wsu:Expires",
        "wsu:Timestamp",
        "ds:Signature",
        "x:Other",
        "Security",
    ]);
    let attribute = prop::sample::select(vec![
        "",
        " Type='urn:x'",
        " s:actor=''",
        " s:actor='urn:x'",
        " EncodingType='é'",
        " s:mustUnderstand='2'",
    ]);
    let text = prop_oneof![
        "[^<&>\\p{C}]{0,30}",
        "[0-9T:.Z+-]{0,30}",
        "20[0-9]{2}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,12})?(Z|[+-][0-9]{2}:[0-9]{2})?",
        "[A-Za-z0-9+/=]{0,12}",
        Just("<!-- c -->".to_owned()),
        Just("<![CDATA[x]]>".to_owned()),
    ];
    text.prop_recursive(5, 40, 6, move |inner| {
        (
            name.clone(),
            attribute.clone(),
            prop::collection::vec(inner, 0..6),
        )
            .prop_map(|(name, attribute, children)| {
                format!("<{name}{attribute}>{}</{name}>", children.concat())
            })
    })
}

/// Content that reaches the deep end: one good token, broken in any one place.
fn any_token_content() -> impl Strategy<Value = String> {
    prop::collection::vec(any_header(), 0..4).prop_map(|extra| token_and(&extra.concat()))
}

proptest! {
    #[test]
    fn no_header_makes_the_reader_panic(header in prop_oneof![any_header(), any_token_content()], strict: bool) {
        // Whatever stands in the header, there is an answer; and an accepted nonce always has its date.
        let rules = Rules { require_nonce: strict, ..Rules::default() };
        if let Ok(token) = read_with(&header, &rules) {
            prop_assert!(token.nonce.is_none() || token.created.is_some());
            prop_assert!(!strict || token.nonce.is_some());
        }
    }

    #[test]
    fn any_date_within_the_limits_passes_and_any_other_is_refused(seconds in -4000_i64..4000, offset in -14_i64..=14) {
        // R82, over zones.
        let now: Timestamp = NOW.parse().unwrap();
        let there = now + jiff::SignedDuration::from_secs(seconds + offset * 3600);
        let sign = if offset < 0 { '-' } else { '+' };
        let text = format!("{}{sign}{:02}:00", there.strftime("%Y-%m-%dT%H:%M:%S"), offset.abs());
        let read = read(&token_and(&format!("<wsu:Created>{text}</wsu:Created>"))).map(|_| ());
        let expected = if seconds < -300 { Err(SecurityError::Expired) } else if seconds > 60 { Err(SecurityError::HeaderInvalid) } else { Ok(()) };
        prop_assert_eq!(read, expected);
    }
}
