//! `/livez` and `/readyz`.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::house::House;

fn ready(house: &House) -> (String, String) {
    let answer = house.server.send("GET /readyz HTTP/1.1\r\n", "");
    split(&answer)
}

fn split(answer: &str) -> (String, String) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

#[track_caller]
fn becomes(what: impl Fn() -> (String, String), status: &str, body: &str) {
    let start = Instant::now();
    loop {
        let (line, told) = what();
        if line.contains(status) {
            assert_eq!(told, body);
            return;
        }
        assert!(start.elapsed() < Duration::from_mins(1), "still {line} {told}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_store_that_cannot_be_written_makes_the_server_unready_and_it_recovers_by_itself() {
    // R118
    let house = House::open(&[]);
    becomes(|| ready(&house), "200", "{\"ready\":true}\n");
    let other = rusqlite::Connection::open(house.data.join("passgate.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    becomes(|| ready(&house), "503", "{\"ready\":false,\"reason\":\"store\"}\n");
    assert!(house.server.send("GET /livez HTTP/1.1\r\n", "").starts_with("HTTP/1.1 200 "), "alive all the same");
    other.execute_batch("ROLLBACK").unwrap();
    becomes(|| ready(&house), "200", "{\"ready\":true}\n");
}

#[test]
fn a_server_that_drains_says_so_where_it_is_watched() {
    // R121
    let mut house = House::open(&[]);
    // A request whose body does not end keeps the server draining.
    let mut slow = TcpStream::connect(&house.server.address).unwrap();
    write!(
        slow,
        "POST /v2/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{{"
    )
    .unwrap();
    // The server has begun to read it once it counts the connection.
    while !house.metrics().contains("\npassgate_connections_open 1\n") {
        std::thread::sleep(Duration::from_millis(20));
    }
    house.server.signal("TERM");
    let watched = || split(&house.look("/readyz"));
    becomes(watched, "503", "{\"ready\":false,\"reason\":\"draining\"}\n");
    assert!(house.metrics().contains("\npassgate_draining 1\n"));
    drop(slow);
    assert_eq!(house.server.ended(), Some(0));
}
