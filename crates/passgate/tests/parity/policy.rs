//! Every rule for a new password, at every door: which one is told stands in the record alike, although each door
//! words it in its own way. Contract: ecgrid-rest 4.1, ecgridos-soap 4.3, omnitracs-soap 4.2, R4, R8 to R13.

use passgate_gate::level::Level;

use crate::case::{Case, Decisions, REST, all};
use crate::doors::{Door, Target};
use crate::house::House;
use crate::people::{Person, caller, named, peer};

#[track_caller]
fn check(house: &mut House, target: &Person, password: &str, decisions: Decisions) {
    let case = Case::of(caller(Level::NetworkAdmin), Target::Person(target.clone()), decisions);
    Case { password: Some(password), ..case }.check(house);
}

#[test]
fn every_rule_for_passwords_is_judged_alike() {
    let house = &mut House::open();
    let target = &peer(Level::General);
    let omnitracs = &[Door::Omnitracs];
    check(
        house,
        target,
        "",
        all("password-empty").but(REST, Some("invalid-parameter")).but(&[Door::CommandLine], Some("usage")),
    );
    check(house, target, "Ab1-efg", all("password-too-short"));
    check(house, target, &format!("Ab1-{}", "e".repeat(1021)), all("password-too-long"));
    check(house, target, "Larch-tree\u{202e}42", all("password-refused-character"));
    check(house, target, "Larch-tree-trunk", all("password-composition"));
    check(house, target, "P@ssw0rd1", all("password-common"));
    check(house, &named(), "heron-LAKE-42", all("password-name"));
    check(house, &named(), "NORTHCO limited", all("password-composition").but(omnitracs, Some("password-white-space")));
}

#[test]
fn where_the_documented_rules_differ_each_door_keeps_its_own() {
    // authorisation 3.1 (password): each API applies its own rule at setting, none applies one at login.
    let house = &mut House::open();
    let target = &peer(Level::General);
    let omnitracs = &[Door::Omnitracs];
    check(house, target, "larchtree####", all("password-composition").but(omnitracs, Some("ok")));
    check(house, target, "Larch tree-####", all("ok").but(omnitracs, Some("password-white-space")));
    let long = format!("Ab-####{}", "e".repeat(29));
    check(house, target, &long, all("ok").but(omnitracs, Some("password-too-many-characters")));
}

#[test]
fn a_door_that_is_freed_from_composition_asks_for_length_and_lists_alone() {
    // R14: each door has its switch; nobody else's rules change.
    let all_doors =
        ["ecgrid_rest", "ecgridos", "omnitracs", "command_line"].map(|door| format!("{door} = \"no-composition\"\n"));
    let house = &mut House::open_with(&format!("[policy]\n{}", all_doors.concat()));
    let target = &peer(Level::General);
    check(house, target, "larches tree ####", all("ok"));
    check(house, target, &format!("larches####{}", "e".repeat(40)), all("ok"));
    check(house, target, "larches", all("password-too-short"));
    check(house, target, "larches\u{202e}tree", all("password-refused-character"));
    check(house, target, "password123", all("password-common"));
    check(house, &named(), "heron-LAKE-42", all("password-name"));

    let house = &mut House::open_with("[policy]\nomnitracs = \"no-composition\"\n");
    check(house, target, "larchestreeword", all("password-composition").but(&[Door::Omnitracs], Some("ok")));
    let house = &mut House::open_with("[policy]\necgridos = \"no-composition\"\n");
    // Letters and a digit are what Omnitracs asks for by itself.
    let taken = &[Door::Ecgridos, Door::EcgridosKey, Door::Omnitracs];
    check(house, target, "larchestree####", all("password-composition").but(taken, Some("ok")));
}
