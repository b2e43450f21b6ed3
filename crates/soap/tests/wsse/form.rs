//! What a header is made of: blocks, actors, parts, kinds of token and of password.

use super::*;
use passgate_soap::wsse::FaultCode;

const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";
const DIGEST: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest";

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
    for understand in
        ["s:mustUnderstand='1'", "s:mustUnderstand='true'", "s:mustUnderstand='0'", "mustUnderstand='1'", ""]
    {
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
    refuses(&token("<x:Username>a</x:Username><wsse:Password>b</wsse:Password>"), SecurityError::TokenInvalid);
}

#[test]
fn no_header_and_no_token_ask_for_one() {
    // omnitracs-soap 4.3: no Security header for us, or none with a UsernameToken.
    refuses("", SecurityError::TokenRequired);
    refuses("<x:Other/>", SecurityError::TokenRequired);
    refuses("<wsse:Security/>", SecurityError::TokenRequired);
    refuses(&security("<x:Unknown/>"), SecurityError::TokenRequired);
    refuses(&security("<wsu:Timestamp/>"), SecurityError::TokenRequired);
    refuses(&format!("<wsse:UsernameToken>{ROOMY}</wsse:UsernameToken>"), SecurityError::TokenRequired);
    refuses(&format!("<x:Other>{}</x:Other>", token_and("")), SecurityError::TokenRequired);
    refuses(
        &security(&format!("<x:Other><wsse:UsernameToken>{ROOMY}</wsse:UsernameToken></x:Other>")),
        SecurityError::TokenRequired,
    );
}

#[test]
fn a_block_for_another_actor_is_no_credential() {
    // omnitracs-soap 3 #4; R80.
    let next = "http://schemas.xmlsoap.org/soap/actor/next";
    let addressed = |actor: &str| {
        format!("<wsse:Security s:actor='{actor}'><wsse:UsernameToken>{ROOMY}</wsse:UsernameToken></wsse:Security>")
    };
    accepts(&addressed(next));
    accepts(&addressed(""));
    refuses(&addressed("urn:gateway"), SecurityError::TokenRequired);
    accepts(&format!("{}{}", addressed("urn:gateway"), token_and("")));
    refuses(&format!("{}{}", addressed(next), token_and("")), SecurityError::HeaderInvalid);
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
        let blocks: Vec<_> = document.root_element().first_element_child().unwrap().children().collect();
        let read = wsse::read(&blocks, SOAP_12, now(), &Rules::default());
        assert_eq!(read.map(|_| ()), expected);
    }
    check("http://www.w3.org/2003/05/soap-envelope/role/next", Ok(()));
    check("http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver", Ok(()));
    check("http://www.w3.org/2003/05/soap-envelope/role/none", Err(SecurityError::TokenRequired));
}

#[test]
fn a_part_that_stands_twice_is_refused() {
    // omnitracs-soap 4.3: twice; R80, R82.
    refuses(&format!("{}{}", token_and(""), token_and("")), SecurityError::HeaderInvalid);
    refuses(
        &security(&format!(
            "<wsse:UsernameToken>{ROOMY}</wsse:UsernameToken><wsse:UsernameToken>{ROOMY}</wsse:UsernameToken>"
        )),
        SecurityError::HeaderInvalid,
    );
    refuses(
        &security(&format!("<wsu:Timestamp/><wsu:Timestamp/><wsse:UsernameToken>{ROOMY}</wsse:UsernameToken>")),
        SecurityError::HeaderInvalid,
    );
    refuses(
        &with_timestamp(&format!("<wsu:Created>{NOW}</wsu:Created><wsu:Created>{NOW}</wsu:Created>")),
        SecurityError::HeaderInvalid,
    );
    refuses(
        &with_timestamp(&format!("<wsu:Expires>{NOW}</wsu:Expires><wsu:Expires>{NOW}</wsu:Expires>")),
        SecurityError::HeaderInvalid,
    );
    let created = format!("<wsu:Created>{NOW}</wsu:Created>");
    for twice in ["<wsse:Username>other</wsse:Username>", "<wsse:Password>other</wsse:Password>"] {
        refuses(&token_and(twice), SecurityError::TokenInvalid);
    }
    refuses(&token_and(&format!("{created}{created}")), SecurityError::TokenInvalid);
    refuses(
        &token_and(&format!("{created}<wsse:Nonce>AAAA</wsse:Nonce><wsse:Nonce>AAAA</wsse:Nonce>")),
        SecurityError::TokenInvalid,
    );
}

#[test]
fn a_token_without_name_or_password_is_not_valid() {
    // omnitracs-soap 4.3: Username or Password missing.
    refuses(&token(""), SecurityError::TokenInvalid);
    refuses(&token("<wsse:Username>INTEG1@NORTHCO</wsse:Username>"), SecurityError::TokenInvalid);
    refuses(&token("<wsse:Password>barrel77ride</wsse:Password>"), SecurityError::TokenInvalid);
}

#[test]
fn an_empty_name_or_password_is_for_the_proof_to_refuse() {
    // omnitracs-soap 4.3: an empty password fails as a wrong one does, so it has to reach the proof.
    let read = read(&token("<wsse:Username/><wsse:Password></wsse:Password>")).expect("empty is not missing");
    assert_eq!((read.username.as_str(), read.password.as_str()), ("", ""));
}

#[test]
fn the_password_is_all_of_its_text_and_nothing_but_text() {
    // R69: comments, CDATA and references never shorten a text; an element in it is an error.
    #[track_caller]
    fn check(inner: &str, expected: &str) {
        let read =
            read(&token(&format!("<wsse:Username>a<!-- -->@b</wsse:Username><wsse:Password>{inner}</wsse:Password>")))
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
        let other = if name == "Username" { "Password" } else { "Username" };
        refuses(
            &token(&format!("<wsse:{name}>bar<x:b/>rel</wsse:{name}><wsse:{other}>z</wsse:{other}>")),
            SecurityError::TokenInvalid,
        );
    }
    refuses(
        &token_and(&format!("<wsse:Nonce>AA<x:b/>AA</wsse:Nonce><wsu:Created>{NOW}</wsu:Created>")),
        SecurityError::TokenInvalid,
    );
    refuses(&token_and("<wsu:Created>2026-03-01<x:b/>T12:00:00Z</wsu:Created>"), SecurityError::HeaderInvalid);
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
        refuses(&typed(&format!("Type='{refused}'")), SecurityError::PasswordTypeUnsupported);
        refuses(&typed(&format!("wsse:Type='{refused}'")), SecurityError::PasswordTypeUnsupported);
        refuses(
            &typed(&format!("x:Type='{}' Type='{refused}'", wsse::PASSWORD_TEXT)),
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
    let beside = |child: &str| security(&format!("{child}<wsse:UsernameToken>{ROOMY}</wsse:UsernameToken>"));
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
    for child in ["<x:Unknown>text</x:Unknown>", "<wsse:SecurityTokenReference/>", "<Signature/>", "text"] {
        accepts(&beside(child));
    }
    accepts(&token_and("<x:Unknown><wsse:Password>other</wsse:Password></x:Unknown>"));
}

#[test]
fn each_error_has_the_code_and_the_sentence_of_the_contract() {
    // omnitracs-soap 4.3; R75, R85.
    #[track_caller]
    fn check(error: SecurityError, code: &str, sentence: &str) {
        assert_eq!((error.code().local_name(), error.to_string().as_str()), (code, sentence));
    }
    check(SecurityError::TokenRequired, "InvalidSecurity", "A UsernameToken is required.");
    check(SecurityError::HeaderInvalid, "InvalidSecurity", "The security header is not valid.");
    check(SecurityError::TokenInvalid, "InvalidSecurityToken", "The UsernameToken is not valid.");
    check(SecurityError::PasswordTypeUnsupported, "UnsupportedSecurityToken", "The password type is not supported.");
    check(SecurityError::TokenUnsupported, "UnsupportedSecurityToken", "The security token is not supported.");
    check(SecurityError::Expired, "MessageExpired", "The message has expired.");
    assert_eq!(FaultCode::FailedAuthentication.local_name(), "FailedAuthentication");
}

#[test]
fn security_and_addressing_headers_are_understood_and_no_others() {
    // omnitracs-soap 4.3, row MustUnderstand.
    assert!(wsse::understands(Some(wsse::WSSE), "Security"));
    assert!(wsse::understands(Some("http://www.w3.org/2005/08/addressing"), "Action"));
    assert!(wsse::understands(Some("http://schemas.xmlsoap.org/ws/2004/03/addressing"), "MessageID"));
    assert!(wsse::understands(Some("http://schemas.xmlsoap.org/ws/2004/08/addressing"), "To"));
    assert!(!wsse::understands(Some(wsse::WSSE), "security"));
    assert!(!wsse::understands(Some(wsse::WSU), "Timestamp"));
    assert!(!wsse::understands(Some("urn:x"), "Action"));
    assert!(!wsse::understands(None, "Security"));
}

#[test]
fn a_token_never_shows_its_password() {
    // R5: nothing prints a password, not even a debugger's view.
    let shown = format!("{:?}", accepts(&token_and("")));
    assert!(shown.contains("INTEG1@NORTHCO") && !shown.contains("barrel77ride"), "{shown}");
}
