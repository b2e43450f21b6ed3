//! JSON bodies of the REST door, against the reading of `serde_json`'s tree. R92, R129.

use std::collections::BTreeMap;

use passgate_door_ecgrid_rest::UnknownProperties::{Ignored, Refused};
use passgate_door_ecgrid_rest::fuzzing::Body;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::choices::{choose, text};

const NAMES: &[&str] = &["id", "newPassword", "authLevel"];

/// What is taken means what a JSON parser says it means, the strict profile takes nothing more than the other, and a
/// password arrives as it was written.
pub fn holds(data: &[u8]) {
    match choose(data, 2) {
        Some((0, body)) => any_body(body),
        Some((_, rest)) => a_password_arrives(&text(rest)),
        None => {}
    }
}

fn any_body(body: &[u8]) {
    let Ok(taken) = Body::read(body, NAMES, Ignored) else {
        assert!(Body::read(body, NAMES, Refused).is_err(), "the strict profile takes what the other refuses");
        return;
    };
    let object = as_others_read_it(body);
    let known = |name: &str| {
        let mut values = object.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let value = values.next().map(|(_, raw)| match raw.get() {
            // Which serde_json takes for a fraction.
            "-0" => Value::from(0),
            // A number beyond every type is neither a text nor an integer, like a boolean.
            raw => serde_json::from_str(raw).unwrap_or(Value::Bool(false)),
        });
        assert!(values.next().is_none(), "one name in two letter cases was taken");
        value.filter(|value: &Value| !value.is_null())
    };
    for name in NAMES {
        let text = taken.secret(name).map(|text| text.map(|text| text.to_string()));
        match known(name) {
            None => assert!(matches!(text, Ok(None)), "{name} is not there"),
            Some(Value::String(expected)) => {
                assert_eq!(text.expect("a string is a text").as_ref(), Some(&expected));
                assert!(expected.len() <= body.len(), "a text outgrows its body");
            }
            Some(_) => assert!(text.is_err(), "{name} is no text"),
        }
        let integer = taken.integer(name);
        let expected = match known(name) {
            None => Ok(None),
            Some(Value::String(digits)) => plain_integer(&digits).map(Some).ok_or(()),
            // A number that is none of these was written with a fraction or an exponent, or is out of range.
            Some(Value::Number(number)) => {
                number.as_i64().and_then(|number| i32::try_from(number).ok()).map(Some).ok_or(())
            }
            Some(_) => Err(()),
        };
        assert_eq!(integer.map_err(|_| ()), expected, "{name} as a number");
    }
    let all_known = object.keys().all(|key| NAMES.iter().any(|name| name.eq_ignore_ascii_case(key)));
    assert_eq!(Body::read(body, NAMES, Refused).is_ok(), all_known, "the strict profile");
}

fn as_others_read_it(body: &[u8]) -> BTreeMap<String, Box<RawValue>> {
    serde_json::from_slice(body).expect("what is taken is a JSON object")
}

/// Digits with at most a minus. (`i32` alone would take a plus.)
fn plain_integer(text: &str) -> Option<i32> {
    text.parse().ok().filter(|_| !text.starts_with('+'))
}

fn a_password_arrives(password: &str) {
    let body = serde_json::json!({ "ID": 1042, "NewPassword": password, "comment": [password] }).to_string();
    let taken = Body::read(body.as_bytes(), NAMES, Ignored).expect("a plain body is taken");
    assert_eq!(taken.secret("newPassword").expect("a text").expect("it is there").as_str(), password);
    assert_eq!(taken.integer("id").expect("a number"), Some(1042));
}
