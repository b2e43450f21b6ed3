//! Bodies, cell by cell. Contract: ecgrid-rest 3 #12, 4.1; R92.

use proptest::prelude::*;

use super::*;

const NAMES: &[&str] = &["userId", "newPassword"];

fn message(problem: &Problem) -> &str {
    problem.message()
}

/// Reads both fields in the contract's order; the first complaint, or what was read.
fn read(body: impl AsRef<[u8]>) -> String {
    let answer = || {
        let fields = Fields::read(body.as_ref(), NAMES, UnknownProperties::Ignored)?;
        let id = fields.required_integer("userId")?;
        let password = fields.required_secret("newPassword")?;
        Ok::<_, Problem>(format!("{id} {}", password.escape_debug()))
    };
    answer().unwrap_or_else(|problem| message(&problem).to_owned())
}

#[track_caller]
fn check(body: impl AsRef<[u8]>, expected: &str) {
    let shown = String::from_utf8_lossy(body.as_ref()).into_owned();
    assert_eq!(read(body), expected, "{shown}");
}

const NO_OBJECT: &str = "The request body is not a JSON object.";
const TWICE: &str = "The request body names a property twice.";
const NO_INTEGER: &str = "userId must be an integer.";

#[test]
fn a_body_that_is_not_strict_json_or_no_object_is_refused_as_a_whole() {
    // ecgrid-rest 4.1, R92
    for body in [
        "",
        " ",
        "null",
        "[]",
        "1",
        "\"x\"",
        "{",
        "{\"userId\":1",
        "{\"userId\":1}}",
        "{\"userId\":1} x",
        "{\"userId\":1,}",
        "{/* x */\"userId\":1}",
        "// x\n{}",
        "{'userId':1}",
        "{userId:1}",
        "{\"userId\":NaN}",
        "{\"userId\":Infinity}",
        "{\"userId\":01}",
        "{\"userId\":+1}",
        "{\"userId\":.5}",
        "{\"userId\":1.}",
        "{\"userId\":0x1}",
        "{\"userId\":True}",
        "{\"newPassword\":\"a\nb\"}",
        "{\"newPassword\":\"\u{1}\"}",
        "{\"newPassword\":\"\\x41\"}",
        "{\"newPassword\":\"\\u12\"}",
        "{\"x\":\"unfinished}",
        "\u{feff}{\"userId\":1}",
        "{\"userId\":1}{\"userId\":1}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
    ] {
        check(body, NO_OBJECT);
    }
    check(b"{\"userId\":1,\"newPassword\":\"\xff\"}", NO_OBJECT);
    check(b"{\"userId\":1,\"newPassword\":\"\xed\xa0\x80\"}", NO_OBJECT);
    check([b'{', 0, b'}', 0], NO_OBJECT);
}

#[test]
fn a_lone_surrogate_is_refused_wherever_it_stands() {
    // R92
    for string in ["\\ud83d", "\\ude00", "\\ud83dx", "\\ud83d\\ud83d", "\\ud83d\\n", "\\ude00\\ud83d", "\\\\\\ud83d"] {
        check(format!("{{\"userId\":1,\"newPassword\":\"{string}\"}}"), NO_OBJECT);
        check(format!("{{\"userId\":1,\"newPassword\":\"x\",\"other\":[\"{string}\"]}}"), NO_OBJECT);
        check(format!("{{\"userId\":1,\"newPassword\":\"x\",\"{string}\":1}}"), NO_OBJECT);
    }
    check(r#"{"userId":1,"newPassword":"\ud83d\ude00"}"#, "1 😀");
    check(r#"{"userId":1,"newPassword":"\\ud83d"}"#, r"1 \\ud83d");
}

#[test]
fn nesting_ends_at_32_levels_even_in_a_property_nobody_knows() {
    // ecgrid-rest 4.1, R92
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
        format!("{{\"userId\":1,\"newPassword\":\"x\",\"other\":{open}{close}}}")
    };
    check(nested(32), "1 x");
    check(nested(33), NO_OBJECT);
    check(nested(30_000), NO_OBJECT);
    check(
        r#"{"userId":1,"newPassword":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}"#,
        "1 [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    );
}

#[test]
fn a_name_given_twice_is_refused_letter_case_aside_known_or_not() {
    // ecgrid-rest 4.1
    check(r#"{"userId":1,"userId":1,"newPassword":"x"}"#, TWICE);
    check(r#"{"userId":1,"USERID":1,"newPassword":"x"}"#, TWICE);
    check(r#"{"userId":1,"user\u0049d":2,"newPassword":"x"}"#, TWICE);
    check(r#"{"userId":1,"newPassword":"x","other":1,"Other":2}"#, TWICE);
    check(r#"{"userId":1,"newPassword":"x","ÄB":1,"äb":2}"#, TWICE);
}

#[test]
fn names_are_read_without_regard_to_case_and_unknown_ones_are_bound_to_nothing() {
    // ecgrid-rest 3 #12
    check(r#"{"UserId":1,"NEWPASSWORD":"x"}"#, "1 x");
    check(r#"{"userId":1,"newPassword":"x","authLevel":"Root","deep":{"userId":2}}"#, "1 x");
    check(r#" { "userId" : 1 , "newPassword" : "x" } "#, "1 x");
}

#[test]
fn the_strict_profile_refuses_unknown_names() {
    // R92
    let body = br#"{"userId":1,"newPassword":"x","other":1}"#;
    let refused = Fields::read(body, NAMES, UnknownProperties::Refused).map(|_| ());
    assert_eq!(message(&refused.unwrap_err()), "The request body has an unknown property.");
}

#[test]
fn a_missing_or_null_integer_is_required() {
    // ecgrid-rest 4.1
    check("{}", "userId is required.");
    check(r#"{"userId":null}"#, "userId is required.");
}

#[test]
fn integers_come_as_numbers_or_decimal_strings_and_as_nothing_else() {
    // ecgrid-rest 3 #12, 4.1
    for (value, read) in [("7301", 7301), ("\"7301\"", 7301), ("-1", -1), ("\"-1\"", -1), ("-0", 0), ("\"\\u0037\"", 7)]
    {
        check(format!("{{\"userId\":{value},\"newPassword\":\"x\"}}"), &format!("{read} x"));
    }
    check(r#"{"userId":2147483647,"newPassword":"x"}"#, "2147483647 x");
    check(r#"{"userId":-2147483648,"newPassword":"x"}"#, "-2147483648 x");
    for value in [
        "2147483648",
        "-2147483649",
        "1.0",
        "1.5",
        "1e3",
        "1E0",
        "true",
        "false",
        "\"\"",
        "\" 1\"",
        "\"1 \"",
        "\"+1\"",
        "\"1.0\"",
        "\"1e3\"",
        "\"x\"",
        "\"0x1\"",
        "\"٣\"",
        "{}",
        "[1]",
        "[]",
        "99999999999999999999",
        "\"-\"",
        "\"1,000\"",
    ] {
        check(format!("{{\"userId\":{value},\"newPassword\":\"x\"}}"), NO_INTEGER);
    }
}

#[test]
fn a_secret_is_a_string_that_is_not_empty() {
    // ecgrid-rest 4.1
    for body in [r#"{"userId":1}"#, r#"{"userId":1,"newPassword":null}"#, r#"{"userId":1,"newPassword":""}"#] {
        check(body, "newPassword is required.");
    }
    for value in ["1", "true", "{}", "[\"x\"]", "1.5"] {
        check(format!("{{\"userId\":1,\"newPassword\":{value}}}"), "newPassword must be a string.");
    }
}

#[test]
fn every_escape_stands_for_its_character() {
    check(
        r#"{"userId":1,"newPassword":"\"\\\/\b\f\n\r\t\u00e4\u20AC\uD83D\uDE00ü€"}"#,
        &format!("1 {}", "\"\\/\u{8}\u{c}\n\r\tä€😀ü€".escape_debug()),
    );
}

#[test]
fn a_body_of_nothing_but_names_is_read_in_bounded_memory() {
    // R129: eight bytes per name are kept, not the names.
    let names: Vec<String> = (0..8000).map(|n| format!("\"{n:x}\":1")).collect();
    check(format!("{{{}}}", names.join(",")), "userId is required.");
}

/// Texts near JSON: pieces of it in any order, most of them ill-formed together.
fn near_json() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\",
        "\\u",
        "d83d",
        "\\ude00",
        "0041",
        "\"a\"",
        "\"A\"",
        "\"b\":",
        "1",
        "-",
        "0",
        ".5",
        "e3",
        "true",
        "null",
        " ",
        "\n",
        "\t",
        "ä",
        "\u{1}",
        "//",
        "{\"a\":1}",
        "\"\\n\"",
        "\"\\u00e4\"",
    ];
    proptest::collection::vec(proptest::sample::select(PIECES), 0..14).prop_map(|parts| parts.concat())
}

fn oracle(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok_and(|value| value.is_object())
}

proptest! {
    #[test]
    fn what_a_full_parser_takes_for_an_object_is_read_and_nothing_else(inside in near_json()) {
        // R92. Names given twice are another refusal, which the parser knows nothing of.
        for text in [inside.clone(), format!("{{{inside}}}"), format!("{{\"x\":{inside}}}"), format!("{{\"x\":\"{inside}\"}}")] {
            let read = Fields::read(text.as_bytes(), NAMES, UnknownProperties::Ignored).map(drop);
            let refused = read.is_err_and(|problem| message(&problem) == NO_OBJECT);
            prop_assert_eq!(!refused, oracle(&text), "{:?}", text);
        }
    }

    #[test]
    fn every_text_comes_out_as_it_went_in(text in any::<String>(), escaped in any::<bool>()) {
        let mut written = serde_json::to_string(&text).unwrap();
        if escaped {
            let units: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
            written = format!("\"{}\"", units.concat());
        }
        let body = format!("{{\"newPassword\":{written}}}");
        let fields = Fields::read(body.as_bytes(), NAMES, UnknownProperties::Ignored).unwrap();
        let secret = fields.secret("newPassword").unwrap().unwrap();
        prop_assert_eq!(secret.as_str(), text.as_str());
    }

    #[test]
    fn no_bytes_are_too_strange_to_be_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Fields::read(&bytes, NAMES, UnknownProperties::Ignored).map(drop);
    }
}
