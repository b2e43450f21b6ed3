//! The form binding. Contract: ecgridos-soap 4.4 (form rows), R78.

use super::bookshop::{ASPNET_SERVICE, NEW_VARIANT, OLD_VARIANT, ask, form};
use passgate_soap::{Binding, Value};

#[track_caller]
fn told(body: &str, text: &str) {
    let seen = form("/v1/Shop.asmx/Sell", body).refused();
    let seen = (seen.status, seen.content_type().to_owned(), seen.body);
    assert_eq!(seen, (500, "text/plain; charset=utf-8".to_owned(), text.to_owned()), "{body}");
}

#[test]
fn a_form_is_read_from_its_body_with_names_in_any_letter_case() {
    let call = form("/V1/shop.ASMX/sell?Price=query", "buyer=Ann+B%26%C3%A9&BOOKID=%2B7&cost=1&odd=2").call();
    assert_eq!(call.binding(), Binding::Form);
    assert_eq!(call.text("Buyer"), Some("Ann B&é"));
    assert_eq!(call.int("BookID"), Ok(Some(7)));
    assert_eq!((call.text("Price"), call.text("Cost")), (None, Some("1")));
    assert_eq!((call.namespace(), call.variant()), (&OLD_VARIANT, &OLD_VARIANT));
    let call = form("/v1/Shop.asmx/Sell", "Buyer=&BookID=&Price=").call();
    assert_eq!((call.text("Buyer"), call.variant()), (Some(""), &NEW_VARIANT));
}

#[test]
fn the_answer_is_one_element_named_for_its_type() {
    let seen = form("/v1/Shop.asmx/Sell", "Buyer=a&BookID=1&Price=1").answered(Ok(Value::from(true)));
    let expected = r#"<?xml version="1.0" encoding="utf-8"?><boolean xmlns="http://old.example/">true</boolean>"#;
    assert_eq!((seen.status, seen.content_type(), seen.body.as_str()), (200, "text/xml; charset=utf-8", expected));
    let seen = form("/v1/Shop.asmx/List", "").answered(Ok(Value::Array(vec![])));
    assert!(seen.body.ends_with(r#"<ArrayOfBook xmlns="http://old.example/" />"#), "{}", seen.body);
}

#[test]
fn missing_repeated_and_broken_parameters_are_told_by_name() {
    told("", "Missing parameter: Buyer.");
    told("Buyer=a&Price=1", "Missing parameter: BookID.");
    told("Buyer=a&BookID=1", "Missing parameter: Price.");
    told("Buyer=a&BookID=1&Price=1&buyer=b", "Parameter given twice: Buyer.");
    told("Buyer=%zz", "Unable to read the request.");
    told("Buyer=%C0%AF", "Unable to read the request.");
    told("Buyer=%2", "Unable to read the request.");
}

#[test]
fn nothing_is_read_from_a_query() {
    let seen = form("/v1/Shop.asmx/Sell?Buyer=a&BookID=1&Price=1", "").refused();
    assert_eq!(seen.body, "Missing parameter: Buyer.");
}

#[test]
fn by_get_only_safe_operations_are_called() {
    // ecgridos-soap 3 #22.
    let seen = ask(&ASPNET_SERVICE, "GET", "/v1/Shop.asmx/Ping?anything").answered(Ok(Value::from("me")));
    assert_eq!((seen.status, seen.body.ends_with(r#"<string xmlns="http://old.example/">me</string>"#)), (200, true));
    let seen = ask(&ASPNET_SERVICE, "GET", "/v1/Shop.asmx/Sell?Buyer=a&BookID=1&Price=1").refused();
    assert_eq!(
        (seen.status, seen.content_type(), seen.body.as_str()),
        (500, "text/plain; charset=utf-8", "Request format is not enabled.")
    );
}

#[test]
fn unknown_operations_methods_and_types_are_refused() {
    for method in ["GET", "POST"] {
        let seen = ask(&ASPNET_SERVICE, method, "/v1/Shop.asmx/Burn").refused();
        assert_eq!((seen.status, seen.body.as_str()), (500, "Unknown operation: Burn."));
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        let seen = ask(&ASPNET_SERVICE, method, "/v1/Shop.asmx/Sell").refused();
        assert_eq!((seen.status, &seen.headers["allow"] == "GET, HEAD, POST"), (405, true), "{method}");
    }
    for content_type in ["text/xml", "application/json", "application/x-www-form-urlencoded; charset=utf-16"] {
        let seen =
            ask(&ASPNET_SERVICE, "POST", "/v1/Shop.asmx/Ping").header("content-type", content_type).body("x").refused();
        assert_eq!((seen.status, seen.body.as_str()), (415, ""), "{content_type}");
    }
    let packed = form("/v1/Shop.asmx/Ping", "").header("content-encoding", "gzip").refused();
    assert_eq!(packed.status, 415);
    ask(&ASPNET_SERVICE, "POST", "/v1/Shop.asmx/Ping").call();
}
