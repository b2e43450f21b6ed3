//! `policy.breach_list`. R12.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::Write as _;

use crate::house::{House, written};
use crate::support::{run, run_with, text, told};

const LIST: &str = "PASSGATE_POLICY_BREACH_LIST";

#[track_caller]
fn is_common(house: &House, server: &crate::support::Server, password: &str) {
    let (status, body) = house.set(server, password);
    assert_eq!(status, 400, "{password}: {body}");
    assert_eq!(house.words().last().expect("a record"), "password-common", "{password}");
}

#[test]
fn a_listed_password_is_refused_in_any_letter_case_and_form() {
    // R12: as the passwords of the built-in list, exactly and not as a part.
    let house = House::open();
    let lines = "Maple-Syrup-77!\r\nGru\u{308}n-Wald-42\nCedar-wood-77\n\n";
    let folded = run(&["breach-list", "fold"], lines);
    assert!(told(&folded).contains("3 lines folded, 1 left out"), "{}", told(&folded));
    let mut lines: Vec<_> = std::str::from_utf8(&folded.stdout).unwrap().lines().collect();
    lines.sort_unstable();
    let list = written(&house.beside("list.txt"), lines.join("\n"));
    let server = house.serve(&[(LIST, &list)]);
    for password in ["Maple-Syrup-77!", "mAPLE-sYRUP-77!", "Gr\u{fc}n-Wald-42", "GRu\u{308}n-wALD-42", "CEDAR-wood-77"]
    {
        is_common(&house, &server, password);
    }
    for password in ["Maple-Syrup-77!?", "Maple-Syrup-77", "Gr\u{fc}n-Wald-43"] {
        assert_eq!(house.set(&server, password).0, 200, "{password}");
    }
    assert!(House::accepts(&server, "Gr\u{fc}n-Wald-43"));
    // The command line asks the same gate.
    let listed = [(LIST, list.as_str())];
    assert_eq!(house.set_here("Maple-Syrup-77!", &listed), (6, "password-common".to_owned()));
    assert_eq!(house.set_here("Maple-Syrup-77!", &[]), (0, "ok".to_owned()));
}

#[test]
fn hashes_are_met_as_the_password_is_sent_and_in_lower_case() {
    // R12: a hash has no letter case to fold, so both spellings are looked up.
    let house = House::open();
    let sent = "496E5938AE091FDDCE50EFD0899D6320F5CA8AB8:23";
    let list = written(&house.beside("hashes.txt"), format!("{sent}\n{}:9\n", "F".repeat(40)));
    let server = house.serve(&[(LIST, &list)]);
    is_common(&house, &server, "Maple-Syrup-77!");
    assert_eq!(house.set(&server, "maple-SYRUP-77!").0, 200);
    drop(server);
    let lower = "E0E57E32F962A8DC4B7687BE66A9810A970E323C";
    let list = written(&house.beside("hashes.txt"), format!("{lower}\n"));
    let server = house.serve(&[(LIST, &list)]);
    is_common(&house, &server, "maple-SYRUP-77!");
    is_common(&house, &server, "Maple-Syrup-77!");
}

#[test]
fn a_list_that_cannot_be_relied_on_stops_the_start() {
    // R12: named, and not good: nobody would notice that nothing is refused.
    let house = House::open();
    let path = house.beside("list.txt");
    let missing = house.refused(&[(LIST, text(&path))]);
    assert!(missing.contains("policy.breach_list") && missing.contains("list.txt"), "{missing}");
    for (bytes, why) in [
        (&b""[..], "it is empty"),
        (b"larch\ncedar\n", "it is not sorted at byte 6"),
        (b"cedar\nLarch\n", "the line at byte 6 is not"),
        (b"cedar\n\xff\n", "the line at byte 6 is not"),
        (b"cedar\n\nlarch\n", "the line at byte 6 is not"),
    ] {
        let list = written(&path, bytes);
        let said = house.refused(&[(LIST, &list)]);
        assert_eq!(said.matches(why).count(), 2, "{said}");
        let check = run(&["breach-list", "check", &list], "");
        assert_eq!(check.status.code(), Some(3), "{}", told(&check));
    }
    let folder = house.refused(&[(LIST, text(&house.data))]);
    assert!(folder.contains("no regular file"), "{folder}");
    let doctor = run_with(&["doctor", "--data", text(&house.data)], "", &[(LIST, text(&path))]);
    assert!(told(&doctor).contains("fail  breaches"), "{}", told(&doctor));
}

#[test]
fn a_list_that_changes_under_the_server_is_not_believed_until_the_next_start() {
    // R12: half a list must not let through what it was named to refuse. Nothing is set meanwhile.
    let house = House::open();
    let path = house.beside("list.txt");
    let list = written(&path, "cedar-wood-77\n");
    let server = house.serve(&[(LIST, &list)]);
    assert_eq!(house.set(&server, "Maple-Syrup-77!").0, 200);
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"maple-syrup-88!\n").unwrap();
    assert_eq!(house.set(&server, "Maple-Syrup-99!").0, 500);
    assert_eq!(house.words().last().expect("a record"), "breach-list-failed");
    assert!(House::accepts(&server, "Maple-Syrup-77!"));
    drop(server);
    let server = house.serve(&[(LIST, &list)]);
    is_common(&house, &server, "Maple-Syrup-88!");
    // A new list that takes the place of the old one is another file: the server keeps the one that it checked.
    let next = written(&house.beside("next.txt"), "larch-tree-42\n");
    std::fs::rename(next, &path).unwrap();
    is_common(&house, &server, "Maple-Syrup-88!");
}

#[test]
fn a_long_list_is_searched_where_it_lies() {
    // R12: half a million hashes are beyond what is checked whole, and each is found.
    let house = House::open();
    let mut lines = String::new();
    for n in 0..500_000_u64 {
        let at = n * (u64::MAX / 500_000);
        writeln!(lines, "{at:016X}{:024X}:1", 0).unwrap();
    }
    let listed = "496E5938AE091FDDCE50EFD0899D6320F5CA8AB8:23\n";
    let place = lines.lines().position(|line| *line > *listed).unwrap() * 43;
    lines.insert_str(place, listed);
    assert!(lines.len() > 20_000_000);
    let list = written(&house.beside("long.txt"), &lines);
    let server = house.serve(&[(LIST, &list)]);
    is_common(&house, &server, "Maple-Syrup-77!");
    assert_eq!(house.set(&server, "Maple-Syrup-78!").0, 200);
}

#[test]
fn a_huge_file_of_nothing_is_refused_without_being_read() {
    // R12, R128: a terabyte of holes, of which one block is looked at.
    let house = House::open();
    let path = house.beside("sparse.txt");
    File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let said = house.refused(&[(LIST, text(&path))]);
    assert!(said.contains("the line at byte 0 is not"), "{said}");
}
