//! Requests whose length can be read in two ways, with a good set hidden behind them: it must never run. R88, R89.

use crate::house::House;
use crate::requests::{JSON, Request, SET, json_set, key};

/// A good set as the bytes of a request.
fn hidden(house: &House) -> String {
    let body = json_set();
    format!(
        "{SET} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{}{JSON}Content-Length: {}\r\n\r\n{body}",
        key(house),
        body.len()
    )
}

#[test]
fn what_hides_behind_ambiguous_framing_never_runs() {
    // R88. The record of a request that reached a door would be one too many.
    let mut house = House::open();
    let (inner, key) = (hidden(&house), key(&house));
    house.takes("the hidden request by itself", &Request::raw(inner.clone()));
    let chunked = format!("{:x}\r\n{}\r\n0\r\n\r\n", json_set().len(), json_set());
    for framing in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Content-Length: 0\r\nContent-Length: 4",
        "Content-Length: 4\r\nContent-Length: 4",
        "Content-Length: 0, 4",
        "Content-Length: +0",
        "Content-Length: -1",
        "Content-Length: 0x0",
        "Content-Length: 99999999999999999999",
        "Content-Length: ",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding:\u{b}chunked",
        "Transfer-Encoding : chunked",
        "Content-Length : 0",
        "Content_Length: 0\r\nContent-Length: 4\r\nContent-Length: 0",
        "X: 1\r\n Content-Length: 0",
        "X: a\0b",
        "X: a\rContent-Length: 0",
        "X",
        ": x",
    ] {
        for body in ["", chunked.as_str(), "0\r\n\r\n"] {
            let sent = format!("{SET} HTTP/1.1\r\nHost: a\r\n{key}{JSON}{framing}\r\n\r\n{body}{inner}");
            house.turns_away(framing, &Request::raw(sent), 400, "");
        }
    }
    house.closes_after(60);
}

#[test]
fn what_hides_behind_broken_chunks_never_runs() {
    // R88. The head was good, so the door records that its body was not.
    let mut house = House::open();
    let (inner, key) = (hidden(&house), key(&house));
    for chunks in [
        "x\r\n",
        "4 \r\nabcd\r\n0\r\n\r\n",
        "4\r\nabcdXX0\r\n\r\n",
        "-1\r\n",
        "fffffffffffffffff\r\n",
        "0x4\r\nabcd\r\n0\r\n\r\n",
    ] {
        let sent = format!("{SET} HTTP/1.1\r\nHost: a\r\n{key}{JSON}Transfer-Encoding: chunked\r\n\r\n{chunks}{inner}");
        house.refuses(chunks, &Request::raw(sent), 400, "");
    }
    house.closes_after(6);
}

#[test]
fn requests_to_no_one_host_and_no_http_at_all_reach_no_door() {
    // R88, R89, R90.
    let mut house = House::open();
    let (key, body) = (key(&house), json_set());
    let set =
        |line: &str, head: &str| format!("{line}\r\n{head}{key}{JSON}Content-Length: {}\r\n\r\n{body}", body.len());
    let line = format!("{SET} HTTP/1.1");
    for (what, sent, status) in [
        ("no host", set(&line, ""), 400),
        ("two hosts", set(&line, "Host: a\r\nHost: b\r\n"), 400),
        ("one host twice", set(&line, "Host: a\r\nHost: a\r\n"), 400),
        ("a user in the host", set(&line, "Host: u@a\r\n"), 400),
        ("no version", set(SET, "Host: a\r\n"), 400),
        ("another version", set(&format!("{SET} HTTP/3.0"), "Host: a\r\n"), 400),
        ("TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}\r\n\r\n".into(), 400),
        ("CONNECT", set("CONNECT a:80 HTTP/1.1", "Host: a:80\r\n"), 405),
        (
            "headers over 32 KiB",
            set(&line, &format!("Host: a\r\n{}", format!("X: {}\r\n", "a".repeat(1000)).repeat(34))),
            431,
        ),
        ("101 fields", set(&line, &format!("Host: a\r\n{}", "X: 1\r\n".repeat(98))), 431),
        ("a target over 8 KiB", set(&format!("{SET}?{} HTTP/1.1", "q".repeat(8192)), "Host: a\r\n"), 414),
    ] {
        house.turns_away(what, &Request::raw(sent), status, "");
    }
    let preface = format!("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{}", hidden(&house));
    house.hangs_up_on("the preface of HTTP/2", &Request::raw(preface));
    house.closes_after(12);
}
