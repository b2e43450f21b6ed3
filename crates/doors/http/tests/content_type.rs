//! Reading `Content-Type`.

use http::{HeaderMap, HeaderValue, header};
use passgate_door_http::{ContentTypeError, MediaType, content_type};

#[track_caller]
fn check(value: &str, expected: Option<(&str, Option<&str>)>) {
    let read = MediaType::parse(value);
    assert_eq!(read.as_ref().map(|kind| (kind.essence(), kind.charset())), expected, "{value}");
}

#[test]
fn parameters_come_in_any_case_quoted_or_not() {
    check("application/json", Some(("application/json", None)));
    check("Application/JSON; Charset=UTF-8", Some(("application/json", Some("UTF-8"))));
    check("text/xml;charset=\"utf-8\"", Some(("text/xml", Some("utf-8"))));
    check("text/xml ; charset=\"u\\tf-8\" ;", Some(("text/xml", Some("utf-8"))));
    check("multipart/x; boundary=\"a;b\"; charset=x", Some(("multipart/x", Some("x"))));
}

#[test]
fn what_is_no_media_type_is_refused() {
    check("", None);
    check("json", None);
    check("application/json, text/xml", None);
    check("application/json; charset", None);
    check("application/json; charset=", None);
    check("application/json; charset=\"utf-8", None);
    check("application/json; charset=utf-8; CHARSET=utf-16", None);
    check("application/json; charset=\"utf-8\"x", None);
}

#[test]
fn the_action_parameter_of_soap_1_2_keeps_its_letters() {
    let kind = MediaType::parse("application/soap+xml; charset=utf-8; ACTION=\"http://www.ecgridos.net/UserPassword\"")
        .unwrap();
    assert_eq!(kind.parameter("action"), Some("http://www.ecgridos.net/UserPassword"));
}

#[test]
fn only_utf_8_or_no_charset_is_utf_8() {
    for (value, expected) in [("a/b", true), ("a/b;charset=Utf-8", true), ("a/b;charset=utf-16", false)] {
        assert_eq!(MediaType::parse(value).unwrap().is_utf8(), expected, "{value}");
    }
}

#[test]
fn two_content_types_are_refused_even_if_they_are_equal() {
    // R91
    let mut headers = HeaderMap::new();
    assert_eq!(content_type(&headers), Ok(None));
    headers.append(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    assert!(content_type(&headers).unwrap().is_some());
    headers.append(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    assert_eq!(content_type(&headers), Err(ContentTypeError::Repeated));
}
