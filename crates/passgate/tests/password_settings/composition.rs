//! A door that an operator freed from composition, against the policy's own table of passwords. That each door
//! heeds its own switch is shown by the parity tables.

use passgate_testing::quoted::unquoted;

use crate::house::House;

/// The policy's table; the last column is that of `NoComposition`.
const TABLE: &str = include_str!("../../../gate/tests/policy/matrix.txt");

#[test]
fn the_whole_table_holds_through_a_door_that_is_freed_from_composition() {
    // R14, R16: length, refused characters and lists alone are left.
    let house = House::open();
    let server = house.serve(&[("PASSGATE_POLICY_ECGRID_REST", "no-composition")]);
    let (mut expected, mut passed) = (Vec::new(), 0);
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let quoted = columns.next().unwrap();
        let verdict = columns.next_back().unwrap();
        let (status, body) = house.set(&server, &unquoted(quoted));
        assert_eq!(status, if verdict == "ok" { 200 } else { 400 }, "{line}: {body}");
        passed += usize::from(verdict == "ok");
        expected.push(match verdict.split('+').next().unwrap() {
            "ok" => "ok".to_owned(),
            // A new password that is empty is missing, which this door sees by itself.
            "empty" => "invalid-parameter".to_owned(),
            rule => format!("password-{rule}"),
        });
    }
    assert_eq!(house.words(), expected);
    assert!(expected.len() >= 300 && passed >= 150, "{} {passed}", expected.len());
}

#[test]
fn the_command_line_has_a_switch_of_its_own() {
    // R14
    let house = House::open();
    let freed = [("PASSGATE_POLICY_COMMAND_LINE", "no-composition")];
    assert_eq!(house.set_here("larches tree word", &[]), (6, "password-composition".to_owned()));
    assert_eq!(house.set_here("larches tree word", &freed), (0, "ok".to_owned()));
    assert_eq!(house.set_here("larches", &freed), (6, "password-too-short".to_owned()));
}
