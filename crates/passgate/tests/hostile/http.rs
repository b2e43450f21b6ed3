//! HTTP: methods, types, lengths, codings, and more than one credential. Contract: ecgrid-rest 4.1, ecgridos-soap 4.4,
//! omnitracs-soap 4.3; R41, R45, R78, R89 to R91.

use crate::house::{House, WANTED};
use crate::requests::{ECGRIDOS, JSON, PORTAL, Request, SET, XML, ecgridos_set, json_set, key, portal_set};

#[test]
fn other_methods_are_405_at_every_door() {
    // R90.
    let mut house = House::open();
    let headers = format!("{}{JSON}", key(&house));
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "post", "SET"] {
        let line = SET.replace("POST", method);
        let answer = house.refuses(&line, &Request::new(&line, &*headers, json_set()), 405, "Method not allowed.");
        assert!(answer.to_ascii_lowercase().contains("\r\nallow: post\r\n"), "{method}: {answer}");
    }
    for (line, body) in [(ECGRIDOS, ecgridos_set(&house)), (PORTAL, portal_set(&house))] {
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "post"] {
            let line = line.replace("POST", method);
            let answer = house.refuses(&line, &Request::new(&line, XML, &*body), 405, "");
            assert!(answer.to_ascii_lowercase().contains("\r\nallow: get, head, post\r\n"), "{method}: {answer}");
        }
        let line = line.replace("POST", "GET");
        house.turns_away(&line, &Request::new(&line, XML, &*body), 200, "<");
    }
    house.closes_after(25);
}

#[test]
fn other_types_and_codings_are_415() {
    // R91.
    let mut house = House::open();
    let key = key(&house);
    for kind in [
        "",
        "Content-Type:\r\n",
        "Content-Type: text/plain\r\n",
        "Content-Type: text/json\r\n",
        "Content-Type: application/xml\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: multipart/form-data; boundary=a\r\n",
        "Content-Type: application/json-patch+json\r\n",
        "Content-Type: application/jsonx\r\n",
        "Content-Type: */*\r\n",
        "Content-Type: application/json; charset=utf-16\r\n",
        "Content-Type: application/json; charset=iso-8859-1\r\n",
        "Content-Type: application/json, text/plain\r\n",
        "Content-Type: application/json\r\nContent-Type: application/json\r\n",
    ] {
        house.refuses(
            kind,
            &Request::new(SET, format!("{key}{kind}"), json_set()),
            415,
            "Content-Type must be application/json.",
        );
    }
    // An empty gzip stream, and one that would unfold to megabytes: neither is unfolded.
    let bomb = [b"\x1F\x8B\x08\0\0\0\0\0\0\x03".to_vec(), vec![0xEC; 4096]].concat();
    for coding in ["gzip", "deflate", "br", "zstd", "x-gzip", "identity, gzip", "GZIP", "chunked", ""] {
        let headers = format!("{key}{JSON}Content-Encoding: {coding}\r\n");
        if coding.is_empty() {
            continue;
        }
        for body in [json_set().into_bytes(), bomb.clone()] {
            house.refuses(coding, &Request::new(SET, &*headers, body), 415, "Content-Encoding is not supported.");
        }
    }
    house.closes_after(30);
}

#[test]
fn a_request_has_one_credential_in_its_place() {
    // R41, R45; ecgrid-rest 3 #15, 4.1 (first rows).
    let mut house = House::open();
    let (key, value) = (key(&house), house.member("api_key"));
    let login = serde_json::json!({ "login": house.member("admin_login"), "password": house.member("admin_password") });
    let answer = house.server.post("/v2/auth/login", &login.to_string());
    let token = answer.split("\"token\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let bearer = format!("Authorization: Bearer {token}\r\n");
    // The sign-in is on record; the first attack shall not be taken for it.
    house.takes("one key", &Request::new(SET, format!("{key}{JSON}"), json_set()));
    house.takes("one token", &Request::new(SET, format!("{bearer}{JSON}"), json_set()));
    for (what, credentials) in [
        ("a good key and a good token", format!("{key}{bearer}")),
        ("a good key and a broken token", format!("{key}Authorization: Bearer x\r\n")),
        ("a good key and Basic", format!("{key}Authorization: Basic eDp5\r\n")),
        ("a broken key and a good token", format!("X-API-Key: x\r\n{bearer}")),
        ("a key twice", format!("{key}{key}")),
        ("a good key and a broken key", format!("{key}x-api-key: x\r\n")),
        ("a token twice", format!("{bearer}{bearer}")),
        ("a key and an empty token", format!("{key}Authorization:\r\n")),
    ] {
        house.refuses(
            what,
            &Request::new(SET, format!("{credentials}{JSON}"), json_set()),
            400,
            "Send one credential only.",
        );
    }
    let required = "An API key is required.";
    for (what, line, credentials) in [
        ("a key in the query", format!("{SET}?x-api-key={value}&apiKey={value}&SessionID={value}"), String::new()),
        ("a token in the query", format!("{SET}?access_token={token}"), String::new()),
        ("a key in a cookie", SET.to_owned(), format!("Cookie: X-API-Key={value}; token={token}\r\n")),
        (
            "a key in another header",
            SET.to_owned(),
            format!("X-Api_Key: {value}\r\nProxy-Authorization: Bearer {token}\r\n"),
        ),
    ] {
        house.refuses(what, &Request::new(&line, format!("{credentials}{JSON}"), json_set()), 401, required);
    }
    let in_body = json_set().replace('{', &format!("{{\"apiKey\":\"{value}\",\"token\":\"{token}\","));
    house.refuses("a key in the body", &Request::new(SET, JSON, in_body), 401, required);
    house.closes_after(13);
}

#[test]
fn forms_are_read_from_the_body_alone_and_once() {
    // R78; ecgridos-soap 4.4 (form rows).
    let mut house = House::open();
    let key = house.member("api_key");
    let (good, form) = (
        format!("SessionID={key}&UserID=1042&NewPassword={WANTED}"),
        "Content-Type: application/x-www-form-urlencoded\r\n",
    );
    let line = format!("{ECGRIDOS}/UserPassword");
    house.takes("a form", &Request::new(&line, form, &*good));
    house.refuses(
        "by GET",
        &Request::new(&format!("{}?{good}", line.replace("POST", "GET")), "", ""),
        500,
        "Request format is not enabled.",
    );
    for (what, line, headers, body, status, words) in [
        ("in the query", format!("{line}?{good}"), form, String::new(), 500, "Missing parameter: SessionID."),
        (
            "half in the query",
            format!("{line}?NewPassword={WANTED}"),
            form,
            format!("SessionID={key}&UserID=1042"),
            500,
            "Missing parameter: NewPassword.",
        ),
        ("a parameter twice", line.clone(), form, format!("{good}&UserID=5001"), 500, "Parameter given twice: UserID."),
        (
            "a parameter in two letter cases",
            line.clone(),
            form,
            format!("{good}&USERID=5001"),
            500,
            "Parameter given twice: UserID.",
        ),
        ("a broken escape", line.clone(), form, format!("{good}%4"), 500, "Unable to read the request."),
        ("an escape that is no number", line.clone(), form, format!("{good}%zz"), 500, "Unable to read the request."),
        ("broken UTF-8", line.clone(), form, format!("{good}%ff"), 500, "Unable to read the request."),
        ("an overlong slash", line.clone(), form, format!("{good}%c0%af"), 500, "Unable to read the request."),
        (
            "an unknown operation",
            format!("{ECGRIDOS}/UserPasswords"),
            form,
            good.clone(),
            500,
            "Unknown operation: UserPasswords.",
        ),
        (
            "another charset",
            line.clone(),
            "Content-Type: application/x-www-form-urlencoded; charset=utf-16\r\n",
            good.clone(),
            415,
            "",
        ),
        ("as JSON", line.clone(), JSON, json_set(), 415, ""),
        ("as XML", line.clone(), XML, ecgridos_set(&house), 415, ""),
        ("multipart", line.clone(), "Content-Type: multipart/form-data; boundary=a\r\n", good.clone(), 415, ""),
        (
            "compressed",
            line.clone(),
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Encoding: gzip\r\n",
            good.clone(),
            415,
            "",
        ),
        ("too large", line.clone(), form, format!("{good}&a={}", "x".repeat(256 * 1024)), 413, ""),
    ] {
        house.refuses(what, &Request::new(&line, headers, body), status, words);
    }
    house.closes_after(16);
}
