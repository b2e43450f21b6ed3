//! What the engine in front of the operation refuses: headers, envelopes, operations.

use crate::house::{House, PASSWORD, Plan, envelope, operation, set_user_password, token, token_with};

const WSA: &str = "http://schemas.xmlsoap.org/ws/2004/03/addressing";

fn a_set() -> String {
    set_user_password("NORTHCO", "DRV0042", "meadow19lark", "0")
}

fn good() -> String {
    envelope(&token("INTEG1@NORTHCO", PASSWORD), &a_set())
}

#[tokio::test]
async fn each_broken_header_gets_its_fault() {
    // omnitracs-soap 4.3, a case of each row; the whole table stands in the soap crate.
    let house = House::open().await;
    let good = token("INTEG1@NORTHCO", PASSWORD);
    let with = |more: &str| token_with("INTEG1@NORTHCO", PASSWORD, more);
    let rows = [
        (String::new(), "InvalidSecurity", "A UsernameToken is required."),
        ("<wsse:Security/>".into(), "InvalidSecurity", "A UsernameToken is required."),
        (
            good.replace("<wsse:Security ", "<wsse:Security soap:actor=\"urn:x\" "),
            "InvalidSecurity",
            "A UsernameToken is required.",
        ),
        (format!("{good}{good}"), "InvalidSecurity", "The security header is not valid."),
        (with("<wsu:Created>soon</wsu:Created>"), "InvalidSecurity", "The security header is not valid."),
        (
            with("<wsu:Created>2026-03-01T12:01:01Z</wsu:Created>"),
            "InvalidSecurity",
            "The security header is not valid.",
        ),
        (with("<wsse:Username>x</wsse:Username>"), "InvalidSecurityToken", "The UsernameToken is not valid."),
        (with("<wsse:Nonce>AAAA</wsse:Nonce>"), "InvalidSecurityToken", "The UsernameToken is not valid."),
        (
            good.replace("<wsse:Password>", "<wsse:Password Type=\"urn:x\">"),
            "UnsupportedSecurityToken",
            "The password type is not supported.",
        ),
        (
            good.replace("<wsse:UsernameToken>", "<wsse:BinarySecurityToken/><wsse:UsernameToken>"),
            "UnsupportedSecurityToken",
            "The security token is not supported.",
        ),
        (with("<wsu:Created>2026-03-01T11:54:59Z</wsu:Created>"), "MessageExpired", "The message has expired."),
    ];
    for (header, code, text) in rows {
        println!("{header}");
        house.call(&envelope(&header, &a_set())).await.is_security_fault(code, text);
    }
    let in_body = format!("<w:setUserPassword xmlns:w=\"http://websvcs.omaswebws\">{good}</w:setUserPassword>");
    house.call(&envelope("", &in_body)).await.is_security_fault("InvalidSecurity", "A UsernameToken is required.");
    assert!(house.accepts("DRV0042@NORTHCO", PASSWORD).await);
}

#[tokio::test]
async fn an_operation_that_is_not_served_is_named_in_the_fault() {
    // omnitracs-soap 4.3.
    let house = House::open().await;
    for (body, name) in [
        ("<w:deleteEverything xmlns:w=\"http://websvcs.omaswebws\"/>", "deleteEverything"),
        ("<setuserpassword/>", "setuserpassword"),
        ("<w:setUserPassword xmlns:w=\"urn:other\"/>", "setUserPassword"),
    ] {
        house.call(&envelope(&token("INTEG1@NORTHCO", PASSWORD), body)).await.is_fault(&format!(
            "<faultcode>soapenv:Client</faultcode><faultstring>No such operation: {name}</faultstring><detail encodingStyle=\"\"/>"
        ));
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_before_anybody_is_asked() {
    // omnitracs-soap 3 #21, 4.3; R66 to R70, R76.
    let house = House::open().await;
    let good = good();
    let with_children = |children: &str| envelope(&token("INTEG1@NORTHCO", PASSWORD), &operation(children));
    let fine = "<userId>DRV0042</userId><password>meadow19lark</password>";
    let deep = format!("{}{}", "<x>".repeat(40), "</x>".repeat(40));
    let cases = [
        String::new(),
        "no xml at all".into(),
        good.replace("</soap:Envelope>", ""),
        good.replace("</soap:Body>", "</soap:Bodz>"),
        format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{good}"),
        format!("<!doctype x>{good}"),
        good.replace("meadow19lark", "&undeclared;"),
        good.replace("<soap:Body>", "<soap:Body></soap:Body><soap:Body>"),
        envelope(&token("INTEG1@NORTHCO", PASSWORD), ""),
        envelope(&token("INTEG1@NORTHCO", PASSWORD), &format!("{}{}", a_set(), a_set())),
        good.replace("</soap:Body>", "</soap:Body><soap:Header/>"),
        with_children(&format!("{fine}<userId>DRV0042</userId>")),
        with_children(&format!("{fine}<companyId>A</companyId><w:companyId>B</w:companyId>")),
        with_children("<userId>DRV0042</userId><password>meadow<b/>19lark</password>"),
        with_children("<userId>DRV0042</userId><password><b>meadow19lark</b></password>"),
        with_children(&format!("{fine}{deep}")),
        with_children(&format!("{fine}<{}/>", "n".repeat(300))),
    ];
    for case in cases {
        println!("{case}");
        house.call(&case).await.is_unreadable();
    }
    assert!(house.accepts("DRV0042@NORTHCO", PASSWORD).await);
}

#[tokio::test]
async fn another_version_of_soap_is_a_mismatch() {
    // omnitracs-soap 4.3.
    let house = House::open().await;
    for namespace in ["http://www.w3.org/2003/05/soap-envelope", "urn:x", "http://schemas.xmlsoap.org/soap/envelope"] {
        let other = good().replace("\"http://schemas.xmlsoap.org/soap/envelope/\"", &format!("\"{namespace}\""));
        house
            .call(&other)
            .await
            .is_fault("<faultcode>soapenv:VersionMismatch</faultcode><faultstring>SOAP 1.1 is required.</faultstring>");
    }
}

#[tokio::test]
async fn headers_that_must_be_understood_are_before_anything_is_done() {
    // omnitracs-soap 4.3, R71.
    let house = House::open().await;
    let with = |header: &str| {
        envelope(&format!("{header}{}", token("NOBODY@NOWHERE", "wrong-42-wrong")), &a_set())
            .replace("<soap:Header>", &format!("<soap:Header xmlns:x=\"urn:x\" xmlns:wsa=\"{WSA}\">"))
    };
    for must in ["1", "true"] {
        house.call(&with(&format!("<x:Audit soap:mustUnderstand=\"{must}\"/>"))).await.is_fault(
            "<faultcode>soapenv:MustUnderstand</faultcode><faultstring>Header not understood: Audit</faultstring>",
        );
    }
    house.call(&with("<x:Audit soap:mustUnderstand=\"2\"/>")).await.is_unreadable();
    for passed_over in [
        "<x:Audit/>",
        "<x:Audit soap:mustUnderstand=\"0\"/>",
        "<x:Audit soap:mustUnderstand=\"1\" soap:actor=\"urn:gateway\"/>",
        "<wsa:Action soap:mustUnderstand=\"1\">urn:x</wsa:Action>",
        "<wsa:MessageID soap:mustUnderstand=\"1\">1</wsa:MessageID>",
    ] {
        house.call(&with(passed_over)).await.is_failed_authentication();
    }
}

#[tokio::test]
async fn the_strict_profile_refuses_elements_that_the_operation_does_not_know() {
    // omnitracs-soap 3 #21, R76.
    let children = "<userId>DRV0042</userId><password>meadow19lark</password><level>Root</level>";
    let header = crate::authentication::fresh_token("INTEG1@NORTHCO", PASSWORD, "c29tZQ==");
    let call = envelope(&header, &operation(children));
    House::open().await.call(&call).await.is_done();
    House::built(Plan::strict()).await.call(&call).await.is_unreadable();
}

#[tokio::test]
async fn no_answer_repeats_a_secret() {
    // R75: a marker in every field and in the header never comes back.
    let house = House::open().await;
    let marker = "mark3rMARK3R";
    let body = set_user_password(marker, marker, marker, marker);
    for call in [
        envelope(&token(marker, marker), &body),
        envelope(&token("INTEG1@NORTHCO", PASSWORD), &body),
        envelope(&token_with(marker, marker, "<wsse:Nonce>?</wsse:Nonce>"), &body),
        envelope(&token(marker, marker), &body).replace("</soap:Body>", ""),
    ] {
        let answer = house.call(&call).await;
        assert_eq!(answer.status, 500);
        assert!(!answer.body.contains(marker) && !format!("{:?}", answer.headers).contains(marker), "{}", answer.body);
    }
}
