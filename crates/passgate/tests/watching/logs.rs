//! The log, at its most detailed.

use crate::house::{FORGED, House, holds_none};

#[test]
fn each_line_is_one_object_and_each_answer_has_lines_under_its_id() {
    // R111, R113: `House::log` fails on a line that is no JSON.
    let house = House::open(&[]);
    house.busy();
    let answer = house.sign_in(FORGED, "wrong");
    let id = answer.lines().find_map(|line| line.strip_prefix("passgate-request-id: ")).unwrap();
    let log = house.log();
    let lines: Vec<_> = log.iter().filter(|line| line["request"] == id).collect();
    let answered = lines.iter().find(|line| line["message"] == "answered").unwrap();
    assert_eq!((&answered["status"], &answered["route"]), (&401.into(), &"/v2/auth/login".into()));
    assert_eq!((&answered["method"], &answered["source"]), (&"POST".into(), &"127.0.0.1".into()));
    let decided = ["door", "operation", "outcome"].map(|name| answered[name].as_str().unwrap_or_default());
    assert_eq!(decided, ["ecgrid-rest", "sign-in", "sign-in-failed"], "{answered}");
    assert!(lines.iter().all(|line| !line.to_string().contains("otel.")), "{lines:?}");
    for line in &log {
        for field in ["time", "level", "target", "message"] {
            assert!(line[field].is_string(), "{field} of {line}");
        }
        assert_ne!(line["message"], "forged9");
        // Whatever a door says, it says about a request.
        let of_a_door = line["target"].as_str().unwrap().starts_with("passgate_door");
        assert!(!of_a_door || line["request"].is_string(), "{line}");
    }
}

#[test]
fn no_secret_and_no_query_string_is_in_the_log() {
    // R95, R112
    let house = House::open(&[("RUST_LOG", "trace")]);
    let secrets = house.busy();
    house.metrics();
    let log = house.raw_log();
    assert!(log.contains("\"answered\""), "something is logged");
    holds_none("the log", &log, &secrets);
}
