//! Arguments by type, and results by declaration.

use super::bookshop::{ASPNET, BOOK, client_fault, envelope, post, post_sphere, sell};
use jiff::Timestamp;
use passgate_soap::{Argument, Call, Service, Value};

fn sell_with(inner: &str) -> Result<Call, Box<super::bookshop::Seen>> {
    post(envelope(&format!("<Sell>{inner}</Sell>"))).read()
}

#[track_caller]
fn text(element: &str, expected: &str) {
    let call = sell_with(element).expect("readable");
    assert_eq!(call.text("Price"), Some(expected), "{element}");
}

#[test]
fn text_is_all_of_its_text() {
    // R69; ecgridos-soap 3 #23.
    text("<Price>ab<!-- x -->cd</Price>", "abcd");
    text("<Price>ab<![CDATA[<c>&amp;]]>d</Price>", "ab<c>&amp;d");
    text("<Price><!-- first -->ab&#x63;&amp;</Price>", "abc&");
    text("<Price>  ab \n</Price>", "  ab \n");
    text("<Price></Price>", "");
    text("<Price/>", "");
}

#[test]
fn what_stands_twice_or_holds_elements_where_text_belongs_is_refused() {
    // ecgridos-soap 3 #23, 4.4; R76.
    let refused = [
        "<Price>1</Price><Price>1</Price>",
        "<Price>1</Price><x:Price xmlns:x='urn:x'>2</x:Price>",
        "<Price><b/></Price>",
        "<Price>1<b>2</b></Price>",
        "stray<Price>1</Price>",
        "<Price href='#a'/>",
        "<Price xmlns:e='http://schemas.xmlsoap.org/soap/encoding/' e:arrayType='x[2]'>1</Price>",
        "<Unknown><deep href='#a'/></Unknown>",
    ];
    for inner in refused {
        let seen = sell_with(inner).expect_err(inner);
        assert_eq!((seen.status, seen.body), (500, client_fault("Unable to read the request.")), "{inner}");
    }
}

#[test]
fn unknown_elements_are_ignored_unless_the_service_is_strict() {
    // R76; ecgridos-soap 3 #23.
    let body = "<Unknown><a>1</a></Unknown><Price>1</Price><Unknown/>";
    assert_eq!(sell_with(body).unwrap().text("Price"), Some("1"));
    let strict: &'static Service = Box::leak(Box::new(Service::new(&ASPNET).strict(true)));
    let mut ask = post(envelope(&format!("<Sell>{body}</Sell>")));
    ask.service = strict;
    assert_eq!(ask.refused().status, 500);
    let mut ask = post(sell());
    ask.service = strict;
    ask.call();
}

#[test]
fn nil_is_the_same_as_absent() {
    // ecgridos-soap 3 #23.
    let nil = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:nil";
    let call = sell_with(&format!("<Price {nil}='true'/><BookID {nil}='1'/><Buyer {nil}='false'>Ann</Buyer>")).unwrap();
    assert!(!call.is_given("Price") && !call.is_given("BookID") && call.is_given("Buyer"));
    assert_eq!((call.text("Price"), call.int("BookID"), call.text("Buyer")), (None, Ok(None), Some("Ann")));
}

#[test]
fn numbers_and_booleans_have_the_forms_of_xml_schema() {
    // ecgridos-soap 3 #16; omnitracs-soap 3 #9; R76.
    let int = |text: &str| sell_with(&format!("<BookID>{text}</BookID>")).unwrap().int("BookID").ok().flatten();
    for (text, value) in [
        ("1042", 1042),
        (" +1042\n", 1042),
        ("-3", -3),
        ("007", 7),
        ("2147483647", i32::MAX),
        ("-2147483648", i32::MIN),
    ] {
        assert_eq!(int(text), Some(value), "{text}");
    }
    for text in ["", " ", "x", "1.0", "1e3", "2147483648", "0x10", "1 2", "\u{a0}1", "+", "١"] {
        assert_eq!(int(text), None, "{text}");
    }
    let boolean = |text: &str| {
        post_sphere(envelope(&format!("<sell><gift>{text}</gift></sell>"))).call().boolean("gift").ok().flatten()
    };
    for (text, value) in [("true", true), ("1", true), ("false", false), (" 0 ", false)] {
        assert_eq!(boolean(text), Some(value), "{text}");
    }
    for text in ["", "TRUE", "yes", "2", "on"] {
        assert_eq!(boolean(text), None, "{text}");
    }
    assert_eq!(post_sphere(envelope("<sell/>")).call().boolean("gift"), Ok(None));
    assert_eq!(sell_with("").unwrap().short("BookID"), Ok(None));
    assert!(sell_with("<BookID>40000</BookID>").unwrap().short("BookID").is_err());
}

#[test]
fn objects_and_arrays_are_read_by_their_declaration() {
    let body = "<List><Like><Title>Moby</Title><Pages>3</Pages><Odd/></Like><Titles><string>a</string><x>b</x></Titles></List>";
    let call = post(envelope(body)).call();
    let like = call.object("Like").unwrap();
    assert_eq!((like.text("Title"), like.int("Pages")), (Some("Moby"), Ok(Some(3))));
    let titles: Vec<_> = call
        .array("Titles")
        .iter()
        .map(|item| match item {
            Argument::Text(text) => text.as_str(),
            _ => "?",
        })
        .collect();
    assert_eq!(titles, ["a", "b"]);
    assert_eq!(post(envelope("<List><Like><Title>a</Title><Title>b</Title></Like></List>")).refused().status, 500);
}

#[test]
fn a_call_never_prints_its_arguments() {
    // R75.
    let call = post(sell()).call();
    let printed = format!("{call:?}");
    assert!(printed.contains("Sell") && printed.contains("Buyer"), "{printed}");
    assert!(!printed.contains("Ann") && !printed.contains("12"), "{printed}");
}

fn book() -> Value {
    let added: Timestamp = "2026-03-01T12:00:00.125999999+02:00".parse().expect("a time");
    Value::Object(vec![
        ("Added", added.into()),
        ("Size", "Large".into()),
        ("Title", "A < B & \"C\"\u{1}".into()),
        ("Pages", 7.into()),
    ])
}

#[test]
fn results_are_written_in_declared_order_and_escaped() {
    // ecgridos-soap 2.5, 3 #17; omnitracs-soap 4.5.
    let seen = post(envelope("<List/>")).answered(Ok(Value::Array(vec![book()])));
    let expected = "<ListResult><Book><Title>A &lt; B &amp; \"C\"\u{FFFD}</Title><Pages>7</Pages><Size>Large</Size>\
                    <Added>2026-03-01T10:00:00.126Z</Added></Book></ListResult>";
    assert!(seen.body.contains(expected), "{}", seen.body);
    assert_eq!(BOOK.fields.len(), 4);

    let seen =
        post_sphere(envelope("<getBooks/>")).answered(Ok(Value::Array(vec![Value::Object(vec![("Pages", 1.into())])])));
    let expected = r#"<p431:getBooksResponse xmlns:p431="http://shop.sphere"><getBooksReturn><Book><Title xsi:nil="true"/><Pages>1</Pages>"#;
    assert!(seen.body.contains(expected), "{}", seen.body);
    let seen = post_sphere(envelope("<getBooks/>")).answered(Ok(Value::Array(vec![])));
    assert!(seen.body.contains("<getBooksReturn/>"), "{}", seen.body);
}

#[test]
fn a_void_operation_answers_with_an_empty_element() {
    // omnitracs-soap 1; soap-clients, WS-Security.
    let seen = post_sphere(envelope("<sell/>")).answered(Ok(Value::Nothing));
    assert_eq!(
        seen.body,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>\
         <p431:sellResponse xmlns:p431=\"http://shop.sphere\"/></soapenv:Body></soapenv:Envelope>"
    );
}

#[test]
fn a_result_that_breaks_the_declaration_becomes_a_server_fault() {
    // A mistake of the service must not reach clients as data that their generated code chokes on.
    let wrong = [
        Value::from("text"),
        Value::Array(vec![Value::Object(vec![("Colour", "red".into())])]),
        Value::Array(vec![Value::Object(vec![("Size", "Huge".into())])]),
        Value::Array(vec![Value::Object(vec![("Pages", (i64::from(i32::MAX) + 1).into())])]),
    ];
    for value in wrong {
        let seen = post(envelope("<List/>")).answered(Ok(value));
        assert_eq!(seen.status, 500);
        assert!(
            seen.body.contains("<faultcode>soap:Server</faultcode><faultstring>Broken.</faultstring>"),
            "{}",
            seen.body
        );
    }
}
