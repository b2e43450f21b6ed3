//! JSON: broken grammar, wrong types, names twice, depth and size. Contract: ecgrid-rest 3 #12, 4.1; R91, R92, R129.

use crate::house::{House, WANTED};
use crate::requests::{JSON, Request, SET, json_set, key};

const NO_OBJECT: &str = "The request body is not a JSON object.";
const TWICE: &str = "The request body names a property twice.";
const NO_INTEGER: &str = "userId must be an integer.";
const NO_STRING: &str = "newPassword must be a string.";

#[test]
fn hostile_json_changes_nothing() {
    let mut house = House::open();
    let headers = format!("{}{JSON}", key(&house));
    house.takes("the set that every row spoils", &Request::new(SET, &*headers, json_set()));
    let password = format!(r#""newPassword":"{WANTED}""#);
    for (what, body, message) in [
        ("nothing", String::new(), NO_OBJECT),
        ("white space", " \r\n\t".into(), NO_OBJECT),
        ("cut short", format!(r#"{{"userId":1042,{password}"#), NO_OBJECT),
        ("cut short in a text", r#"{"userId":1042,"newPassword":"Hostile"#.into(), NO_OBJECT),
        ("a comment", format!(r#"{{"userId":1042,/* x */{password}}}"#), NO_OBJECT),
        ("a line comment", format!("{{\"userId\":1042,// x\n{password}}}"), NO_OBJECT),
        ("a trailing comma", format!(r#"{{"userId":1042,{password},}}"#), NO_OBJECT),
        ("more behind it", format!("{}{}", json_set(), json_set()), NO_OBJECT),
        ("a brace behind it", format!("{}}}", json_set()), NO_OBJECT),
        ("single quotes", format!("{{'userId':1042,'newPassword':'{WANTED}'}}"), NO_OBJECT),
        ("names without quotes", format!("{{userId:1042,newPassword:\"{WANTED}\"}}"), NO_OBJECT),
        ("an array", format!("[{}]", json_set()), NO_OBJECT),
        ("a text", format!("{:?}", json_set()), NO_OBJECT),
        ("null", "null".into(), NO_OBJECT),
        ("a number", "1042".into(), NO_OBJECT),
        ("not a number", format!(r#"{{"userId":NaN,{password}}}"#), NO_OBJECT),
        ("an endless number", format!(r#"{{"userId":-Infinity,{password}}}"#), NO_OBJECT),
        ("a leading zero", format!(r#"{{"userId":01042,{password}}}"#), NO_OBJECT),
        ("a plus", format!(r#"{{"userId":+1042,{password}}}"#), NO_OBJECT),
        ("hexadecimal", format!(r#"{{"userId":0x412,{password}}}"#), NO_OBJECT),
        ("a lone high surrogate", r#"{"userId":1042,"newPassword":"Hostile-Larch-42\ud800"}"#.into(), NO_OBJECT),
        ("a lone low surrogate in a name", format!(r#"{{"\udc00":1,"userId":1042,{password}}}"#), NO_OBJECT),
        ("swapped surrogates", r#"{"userId":1042,"newPassword":"Hostile-42\ude00\ud83d"}"#.into(), NO_OBJECT),
        ("a raw control", "{\"userId\":1042,\"newPassword\":\"Hostile-\u{1}42\"}".into(), NO_OBJECT),
        ("a raw line feed", "{\"userId\":1042,\"newPassword\":\"Hostile-\n42\"}".into(), NO_OBJECT),
        ("an unknown escape", r#"{"userId":1042,"newPassword":"Hostile-\x42"}"#.into(), NO_OBJECT),
        ("a byte order mark", format!("\u{feff}{}", json_set()), NO_OBJECT),
        ("33 levels", format!(r#"{{"a":{}{},"userId":1042,{password}}}"#, "[".repeat(32), "]".repeat(32)), NO_OBJECT),
        ("10,000 levels", format!(r#"{{"userId":1042,{password},"a":{}}}"#, "[".repeat(10_000)), NO_OBJECT),
        ("10,000 objects", format!(r#"{{"userId":1042,{password},"a":{}"#, r#"{"a":"#.repeat(10_000)), NO_OBJECT),
        ("a name twice", format!(r#"{{"userId":1042,"userId":1042,{password}}}"#), TWICE),
        ("a name in two letter cases", format!(r#"{{"userId":5001,"USERID":1042,{password}}}"#), TWICE),
        ("a name twice, once escaped", format!(r#"{{"userId":5001,"\u0075serId":1042,{password}}}"#), TWICE),
        ("an unknown name twice", format!(r#"{{"x":1,"X":2,"userId":1042,{password}}}"#), TWICE),
        ("two passwords", format!(r#"{{"userId":1042,"newPassword":"Other-42","NewPassword":"{WANTED}"}}"#), TWICE),
        ("no user", format!("{{{password}}}"), "userId is required."),
        ("no user at all", format!(r#"{{"userId":null,{password}}}"#), "userId is required."),
        ("a user with a fraction", format!(r#"{{"userId":1042.0,{password}}}"#), NO_INTEGER),
        ("a user with an exponent", format!(r#"{{"userId":1.042e3,{password}}}"#), NO_INTEGER),
        ("a user that is true", format!(r#"{{"userId":true,{password}}}"#), NO_INTEGER),
        ("a user in an array", format!(r#"{{"userId":[1042],{password}}}"#), NO_INTEGER),
        ("a user as an object", format!(r#"{{"userId":{{"$ne":0}},{password}}}"#), NO_INTEGER),
        ("a user beyond int32", format!(r#"{{"userId":4294968338,{password}}}"#), NO_INTEGER),
        ("a user of a hundred digits", format!(r#"{{"userId":1{},{password}}}"#, "0".repeat(100)), NO_INTEGER),
        ("a user with a plus", format!(r#"{{"userId":"+1042",{password}}}"#), NO_INTEGER),
        ("a user with a space", format!(r#"{{"userId":" 1042",{password}}}"#), NO_INTEGER),
        ("a user in Arabic digits", format!(r#"{{"userId":"١٠٤٢",{password}}}"#), NO_INTEGER),
        ("a user with SQL", format!(r#"{{"userId":"1042 OR 1=1",{password}}}"#), NO_INTEGER),
        ("no password", r#"{"userId":1042}"#.into(), "newPassword is required."),
        ("an empty password", r#"{"userId":1042,"newPassword":""}"#.into(), "newPassword is required."),
        ("no password at all", r#"{"userId":1042,"newPassword":null}"#.into(), "newPassword is required."),
        ("a number as a password", r#"{"userId":1042,"newPassword":12345678}"#.into(), NO_STRING),
        ("a password that is true", r#"{"userId":1042,"newPassword":true}"#.into(), NO_STRING),
        ("a password in an array", format!(r#"{{"userId":1042,"newPassword":["{WANTED}"]}}"#), NO_STRING),
        ("a password in an object", format!(r#"{{"userId":1042,"newPassword":{{"value":"{WANTED}"}}}}"#), NO_STRING),
        ("a password with a NUL", r#"{"userId":1042,"newPassword":"Hostile-Larch-42\u0000"}"#.into(), "not allowed"),
        (
            "a password of 1,025 bytes",
            format!(r#"{{"userId":1042,"newPassword":"{}"}}"#, "aA1!x".repeat(205)),
            "1024 bytes",
        ),
        (
            "thousands of names",
            format!(r#"{{{}"userId":1042}}"#, (0..6000).map(|n| format!("\"{n}\":0,")).collect::<Vec<_>>().concat()),
            "newPassword is required.",
        ),
    ] {
        house.refuses(what, &Request::new(SET, &*headers, body), 400, message);
    }
    house.closes_after(50);
}

#[test]
fn bodies_in_other_encodings_and_sizes_change_nothing() {
    // R91, R129.
    let mut house = House::open();
    let headers = format!("{}{JSON}", key(&house));
    let with = |bytes: &[u8]| {
        [br#"{"userId":1042,"newPassword":"Hostile-42"#.to_vec(), bytes.to_vec(), br#""}"#.to_vec()].concat()
    };
    for (what, body) in [
        ("UTF-16", json_set().encode_utf16().flat_map(u16::to_le_bytes).collect()),
        (
            "UTF-16 with a mark",
            [vec![0xFE, 0xFF], json_set().encode_utf16().flat_map(u16::to_be_bytes).collect()].concat(),
        ),
        ("UTF-32", json_set().chars().flat_map(|c| u32::from(c).to_be_bytes()).collect()),
        ("Latin-1", with(b"\xE4")),
        ("an overlong slash", with(b"\xC0\xAF")),
        ("an overlong NUL", with(b"\xC0\x80")),
        ("a surrogate in UTF-8", with(b"\xED\xA0\x80")),
        ("beyond Unicode", with(b"\xF4\x90\x80\x80")),
        ("half a character", with(b"\xE2\x82")),
        ("bytes", (0..=255).collect()),
    ] {
        house.refuses(what, &Request::new(SET, &*headers, body), 400, NO_OBJECT);
    }
    let padded = |length: usize| format!("{}{}", json_set(), " ".repeat(length - json_set().len()));
    house.takes("64 KiB", &Request::new(SET, &*headers, padded(64 * 1024)));
    house.refuses("a byte more", &Request::new(SET, &*headers, padded(64 * 1024 + 1)), 413, "too large");
    house.refuses("1 MiB", &Request::new(SET, &*headers, padded(1024 * 1024)), 413, "too large");
    house.refuses("20 MiB", &Request::new(SET, &*headers, padded(20 * 1024 * 1024)), 413, "too large");
    house.closes_after(13);
}
