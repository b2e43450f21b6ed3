//! Faults of the service, as written in each version and binding.

use super::bookshop::{envelope, envelope12, form, post, post_sphere, post12, refusal};
use passgate_soap::{Detail, Element, Fault, FaultCode};

fn detailed() -> Fault {
    Fault::new(FaultCode::Client, "AccessDenied: <no>").with_detail(Detail::Holds(vec![
        Element::text("Category", "Authorization"),
        Element::of("ErrorInfo", vec![Element::text("ErrorCode", "2"), Element::text("ErrorItem", "")]),
    ]))
}

#[test]
fn a_fault_of_soap_11_has_unqualified_members_and_a_structured_detail() {
    // ecgridos-soap 4.1; soap-clients 2, 3.
    let seen = post(envelope("<Ping/>")).answered(Err(detailed()));
    assert_eq!((seen.status, seen.content_type()), (500, "text/xml; charset=utf-8"));
    let expected = "<soap:Body><soap:Fault><faultcode>soap:Client</faultcode><faultstring>AccessDenied: &lt;no&gt;</faultstring>\
                    <detail><Category>Authorization</Category><ErrorInfo><ErrorCode>2</ErrorCode><ErrorItem /></ErrorInfo></detail>\
                    </soap:Fault></soap:Body></soap:Envelope>";
    assert!(seen.body.ends_with(expected), "{}", seen.body);
    assert!(!seen.body.contains("xmlns=\""));
}

#[test]
fn a_fault_of_soap_12_has_code_reason_and_detail_and_status_500_too() {
    // ecgridos-soap 2.2, 4.1; R74.
    let seen = post12(envelope12("<Ping/>")).answered(Err(detailed()));
    assert_eq!((seen.status, seen.content_type()), (500, "application/soap+xml; charset=utf-8"));
    let expected = "<soap:Fault><soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code>\
                    <soap:Reason><soap:Text xml:lang=\"en\">AccessDenied: &lt;no&gt;</soap:Text></soap:Reason>\
                    <soap:Detail><Category>Authorization</Category><ErrorInfo><ErrorCode>2</ErrorCode><ErrorItem /></ErrorInfo></soap:Detail></soap:Fault>";
    assert!(seen.body.contains(expected), "{}", seen.body);
    let server = Fault::new(FaultCode::Server, "x").with_detail(Detail::None);
    let seen = post12(envelope12("<Ping/>")).answered(Err(server));
    assert!(seen.body.contains("<soap:Value>soap:Receiver</soap:Value>") && !seen.body.contains("Detail"));
}

#[test]
fn a_fault_code_of_the_services_own_is_declared_where_it_stands() {
    // omnitracs-soap 4.1.
    let code = FaultCode::Custom { prefix: "p437", namespace: "http://exception.sphere", name: "ShopException" };
    let element = Element::of("ShopException", vec![Element::text("message", "006 No such book.")])
        .in_namespace("p437", "http://exception.sphere");
    let fault = Fault::new(code, "006 No such book.").with_detail(Detail::Holds(vec![element]));
    let seen = post_sphere(envelope("<sell/>")).answered(Err(fault.clone()));
    let expected = "<soapenv:Fault><faultcode xmlns:p437=\"http://exception.sphere\">p437:ShopException</faultcode>\
                    <faultstring>006 No such book.</faultstring><detail encodingStyle=\"\"><p437:ShopException xmlns:p437=\"http://exception.sphere\">\
                    <message>006 No such book.</message></p437:ShopException></detail></soapenv:Fault>";
    assert!(seen.body.contains(expected), "{}", seen.body);
    let seen = post12(envelope12("<Ping/>")).answered(Err(fault));
    assert!(seen.body.contains("<soap:Subcode><soap:Value xmlns:p437=\"http://exception.sphere\">p437:ShopException</soap:Value></soap:Subcode>"), "{}", seen.body);
}

#[test]
fn in_the_form_binding_a_fault_is_its_text() {
    // ecgridos-soap 4.1, 4.4.
    let seen = form("/v1/Shop.asmx/Ping", "").answered(Err(refusal()));
    assert_eq!((seen.status, seen.content_type(), seen.body.as_str()), (500, "text/plain; charset=utf-8", "No."));
}

#[test]
fn header_blocks_for_us_are_shown_to_the_service_and_may_fail_the_call() {
    // omnitracs-soap 3 #4: a block for another actor is no credential.
    use http::Request;
    use passgate_soap::Step;
    let service = &*super::bookshop::SPHERE_SERVICE;
    let read = |fail: bool| {
        let head = Request::post("/services/Shop").header("content-type", "text/xml").body(()).unwrap().into_parts().0;
        let Step::Body(expected) = service.begin(&head, "") else { panic!("a body is expected") };
        let body = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Header><a/><b e:actor='urn:x'/><c/></e:Header>\
                    <e:Body><sell/></e:Body></e:Envelope>";
        service.read_with(expected, body.as_bytes(), |headers| {
            let names: Vec<_> = headers.blocks.iter().map(|block| block.tag_name().name().to_owned()).collect();
            if fail { Err(refusal()) } else { Ok(names) }
        })
    };
    assert_eq!(read(false).unwrap().1, ["a", "c"]);
    assert_eq!(read(true).unwrap_err().status(), 500);
}
