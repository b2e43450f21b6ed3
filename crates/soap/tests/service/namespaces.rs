//! Which operation is called, in which namespace, and which result is expected.

use super::bookshop::{
    ASPNET, ASPNET_SERVICE, NEW, NEW_VARIANT, OLD, OLD_VARIANT, SPHERE_NS, client_fault, envelope, post, post_sphere,
    post12, sphere_fault,
};
use passgate_soap::{Value, Version};

#[track_caller]
fn namespace(action: Option<&str>, element: &str, expected: &str) {
    let mut ask = post(envelope(element));
    if let Some(action) = action {
        ask = ask.header("SOAPAction", action);
    }
    assert_eq!(ask.call().namespace().namespace, expected, "{action:?} {element}");
}

#[test]
fn the_namespace_comes_from_the_element_then_the_action_then_the_path() {
    // ecgridos-soap 3 #1.
    namespace(None, &format!("<Ping xmlns='{NEW}'/>"), NEW);
    namespace(Some("\"http://old.example/Ping\""), &format!("<Ping xmlns='{NEW}'/>"), NEW);
    namespace(Some("\"http://new.example/Ping\""), "<Ping/>", NEW);
    namespace(Some("http://new.example/Ping"), "<Ping xmlns=''/>", NEW);
    namespace(Some("\"urn:unknown/Ping\""), "<Ping/>", OLD);
    namespace(None, "<Ping/>", OLD);
}

#[test]
fn a_soap_action_may_say_nothing_but_not_something_else() {
    // ecgridos-soap 3 #2; soap-clients 4; R72.
    for action in [
        "",
        "\"\"",
        "\"*\"",
        "*",
        "http://new.example/",
        "\"http://new.example/Ping\"",
        "http://old.example/Ping",
        "Ping",
        "urn:x#Ping",
    ] {
        post(envelope("<Ping/>")).header("soapaction", action).call();
    }
    for action in ["\"http://new.example/Sell\"", "http://new.example/Sell", "Sell", "\"http://new.example/ping\""] {
        let seen = post(envelope("<Ping/>")).header("soapaction", action).refused();
        assert_eq!((seen.status, seen.body), (500, client_fault("SOAPAction does not match the request.")), "{action}");
        post_sphere(envelope("<sell/>")).header("soapaction", action).call();
    }
    let element = super::bookshop::envelope12("<Ping/>");
    let with_action = |action: &str| {
        super::bookshop::ask(&ASPNET_SERVICE, "POST", "/v1/Shop.asmx")
            .header("content-type", &format!("application/soap+xml; charset=utf-8; action=\"{action}\""))
            .body(element.as_str())
    };
    assert_eq!(with_action("http://new.example/Ping").call().namespace().namespace, NEW);
    assert!(with_action("http://new.example/Sell").refused().body.contains("SOAPAction does not match"));
}

#[test]
fn an_element_that_is_no_operation_is_named_in_the_fault() {
    // ecgridos-soap 4.4, omnitracs-soap 4.3.
    for element in ["<Burn/>", "<ping/>", "<Ping xmlns='urn:other'/>"] {
        let name = &element[1..5];
        let seen = post(envelope(element)).refused();
        assert_eq!((seen.status, seen.body), (500, client_fault(&format!("Unknown operation: {name}."))), "{element}");
    }
    let seen = post_sphere(envelope("<burn/>")).refused();
    let fault = sphere_fault("Client", "No such operation: burn", r#"<detail encodingStyle=""/>"#);
    assert_eq!((seen.status, seen.body), (500, fault));
    let seen = post12(super::bookshop::envelope12("<Burn/>")).refused();
    assert_eq!(seen.status, 500);
    assert!(seen.body.contains("<soap:Value>soap:Sender</soap:Value>"));
    assert!(seen.body.contains(r#"<soap:Text xml:lang="en">Unknown operation: Burn.</soap:Text>"#));
    assert!(seen.body.contains("<soap:Detail />"));
}

#[test]
fn the_answer_is_in_the_callers_namespace() {
    // ecgridos-soap 3 #1, 1.
    let seen = post(envelope(&format!("<Ping xmlns='{OLD}'/>"))).answered(Ok(Value::from("me")));
    assert_eq!(
        seen.body,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soap:Body>\
         <PingResponse xmlns=\"http://old.example/\"><PingResult>me</PingResult></PingResponse></soap:Body></soap:Envelope>"
    );
    assert_eq!(seen.status, 200);
    assert_eq!(seen.headers["content-length"], seen.body.len().to_string().as_str());
    assert_eq!(seen.content_type(), Version::V11.content_type());
}

#[test]
fn a_parameter_of_one_variant_alone_selects_its_result() {
    // ecgridos-soap 3 #4.
    let call =
        |namespace: &str, inner: &str| post(envelope(&format!("<Sell xmlns='{namespace}'>{inner}</Sell>"))).call();
    assert_eq!(call(NEW, "<Price>1</Price>").variant(), &NEW_VARIANT);
    assert_eq!(call(OLD, "<Cost>1</Cost>").variant(), &OLD_VARIANT);
    assert_eq!(call(OLD, "<Price>1</Price>").variant(), &NEW_VARIANT);
    assert_eq!(call(OLD, "<Price>1</Price>").namespace(), &OLD_VARIANT);
    assert_eq!(call(NEW, "<Cost>1</Cost>").variant(), &OLD_VARIANT);
    assert_eq!(call(NEW, "<Coupon>1</Coupon>").variant(), &NEW_VARIANT);
    assert!(ASPNET.operation("Sell").is_some());
}

#[test]
fn parameters_are_found_where_the_service_says() {
    // ecgridos-soap 3 #1; omnitracs-soap 3 #1; R77.
    let any = "<Sell><o:Buyer xmlns:o='urn:other'>Ann</o:Buyer></Sell>";
    assert_eq!(post(envelope(any)).call().text("Buyer"), Some("Ann"));

    let in_none = "<sell><price>1</price></sell>".to_owned();
    let in_own = format!("<sell xmlns='{SPHERE_NS}'><price>1</price></sell>");
    let mixed = format!("<w:sell xmlns:w='{SPHERE_NS}'><price>1</price></w:sell>");
    for element in [in_none, in_own, mixed] {
        assert_eq!(post_sphere(envelope(&element)).call().text("price"), Some("1"), "{element}");
    }
    let foreign = "<sell><o:price xmlns:o='urn:other'>1</o:price></sell>";
    assert_eq!(post_sphere(envelope(foreign)).call().text("price"), None);
}
