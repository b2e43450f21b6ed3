//! Arbitrary headers and arbitrary dates.

use super::*;
use proptest::prelude::*;

/// Any element tree over the names that mean something here, with any text in it.
fn any_header() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "wsse:Security",
        "wsse:UsernameToken",
        "wsse:Username",
        "wsse:Password",
        "wsse:Nonce",
        "wsu:Created",
        "wsu:Expires",
        "wsu:Timestamp",
        "ds:Signature",
        "x:Other",
        "Security",
    ]);
    let attribute = prop::sample::select(vec![
        "",
        " Type='urn:x'",
        " s:actor=''",
        " s:actor='urn:x'",
        " EncodingType='é'",
        " s:mustUnderstand='2'",
    ]);
    let text = prop_oneof![
        "[^<&>\\p{C}]{0,30}",
        "[0-9T:.Z+-]{0,30}",
        "20[0-9]{2}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,12})?(Z|[+-][0-9]{2}:[0-9]{2})?",
        "[A-Za-z0-9+/=]{0,12}",
        Just("<!-- c -->".to_owned()),
        Just("<![CDATA[x]]>".to_owned()),
    ];
    text.prop_recursive(5, 40, 6, move |inner| {
        (name.clone(), attribute.clone(), prop::collection::vec(inner, 0..6))
            .prop_map(|(name, attribute, children)| format!("<{name}{attribute}>{}</{name}>", children.concat()))
    })
}

/// Content that reaches the deep end: one good token, broken in any one place.
fn any_token_content() -> impl Strategy<Value = String> {
    prop::collection::vec(any_header(), 0..4).prop_map(|extra| token_and(&extra.concat()))
}

proptest! {
    #[test]
    fn no_header_makes_the_reader_panic(header in prop_oneof![any_header(), any_token_content()], strict: bool) {
        // Whatever stands in the header, there is an answer; and an accepted nonce always has its date.
        let rules = Rules { require_nonce: strict, ..Rules::default() };
        if let Ok(token) = read_with(&header, &rules) {
            prop_assert!(token.nonce.is_none() || token.created.is_some());
            prop_assert!(!strict || token.nonce.is_some());
        }
    }

    #[test]
    fn any_date_within_the_limits_passes_and_any_other_is_refused(seconds in -4000_i64..4000, offset in -14_i64..=14) {
        // R82, over zones.
        let now: Timestamp = now();
        let there = now + jiff::SignedDuration::from_secs(seconds + offset * 3600);
        let sign = if offset < 0 { '-' } else { '+' };
        let text = format!("{}{sign}{:02}:00", there.strftime("%Y-%m-%dT%H:%M:%S"), offset.abs());
        let read = read(&token_and(&format!("<wsu:Created>{text}</wsu:Created>"))).map(|_| ());
        let expected = if seconds < -300 { Err(SecurityError::Expired) } else if seconds > 60 { Err(SecurityError::HeaderInvalid) } else { Ok(()) };
        prop_assert_eq!(read, expected);
    }
}
