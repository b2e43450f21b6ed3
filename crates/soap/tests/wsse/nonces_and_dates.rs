//! Nonces, `Created`, `Expires` and their limits.

use super::*;

#[test]
fn a_nonce_is_base64_and_needs_a_date() {
    // omnitracs-soap 4.3: Nonce empty, not base64 or without Created; R84.
    let with = |nonce: &str| token_and(&format!("{nonce}<wsu:Created>{NOW}</wsu:Created>"));
    let read = accepts(&with("<wsse:Nonce>c29tZSBub25jZQ==</wsse:Nonce>"));
    assert_eq!(read.nonce.as_deref(), Some(&b"some nonce"[..]));
    assert_eq!(read.created, Some(now()));
    accepts(&with(&format!("<wsse:Nonce EncodingType='{}'>\n  c29t\n  ZQ==\n</wsse:Nonce>", wsse::BASE64_BINARY)));
    for broken in [
        "<wsse:Nonce/>",
        "<wsse:Nonce>  </wsse:Nonce>",
        "<wsse:Nonce>not base64!</wsse:Nonce>",
        "<wsse:Nonce>AAA</wsse:Nonce>",
        "<wsse:Nonce EncodingType='urn:hex'>AAAA</wsse:Nonce>",
    ] {
        refuses(&with(broken), SecurityError::TokenInvalid);
    }
    refuses(&token_and("<wsse:Nonce>AAAA</wsse:Nonce>"), SecurityError::TokenInvalid);
    assert!(accepts(&with("")).nonce.is_none(), "a date alone is accepted");
}

#[test]
fn two_spellings_of_one_nonce_are_one_nonce() {
    // R83: white space and comments must not make a used nonce look new; loose last bits are refused.
    let with = |nonce: &str| token_and(&format!("<wsse:Nonce>{nonce}</wsse:Nonce><wsu:Created>{NOW}</wsu:Created>"));
    let plain = accepts(&with("c29tZQ==")).nonce;
    assert_eq!(accepts(&with("c29t<!-- x -->ZQ==")).nonce, plain);
    assert_eq!(accepts(&with(" c29t ZQ== ")).nonce, plain);
    refuses(&with("c29tZR=="), SecurityError::TokenInvalid);
}

#[test]
fn where_a_nonce_is_required_bare_tokens_are_refused() {
    // R84: `require_nonce`.
    let rules = Rules { require_nonce: true, ..Rules::default() };
    let check = |headers: &str, expected: Result<(), SecurityError>| {
        assert_eq!(read_with(headers, &rules).map(|_| ()), expected, "{headers}");
    };
    check(&token_and(""), Err(SecurityError::TokenInvalid));
    check(&token_and(&format!("<wsu:Created>{NOW}</wsu:Created>")), Err(SecurityError::TokenInvalid));
    check(&token_and("<wsse:Nonce>AAAA</wsse:Nonce>"), Err(SecurityError::TokenInvalid));
    check(&token_and(&format!("<wsse:Nonce>AAAA</wsse:Nonce><wsu:Created>{NOW}</wsu:Created>")), Ok(()));
}

#[test]
fn created_is_at_most_300_seconds_old_and_60_ahead() {
    // omnitracs-soap 3 #4; R82: each limit, and one step over it, in the token and in the Timestamp.
    #[track_caller]
    fn check(created: &str, expected: Result<(), SecurityError>) {
        let created = format!("<wsu:Created>{created}</wsu:Created>");
        for headers in [token_and(&created), with_timestamp(&created)] {
            assert_eq!(read(&headers).map(|_| ()), expected, "{headers}");
        }
    }
    check("2026-03-01T11:55:00Z", Ok(()));
    check("2026-03-01T11:54:59.999Z", Err(SecurityError::Expired));
    check("2026-03-01T11:00:00Z", Err(SecurityError::Expired));
    check("0001-01-01T00:00:00Z", Err(SecurityError::Expired));
    check("2026-03-01T12:01:00Z", Ok(()));
    check("2026-03-01T12:01:00.000000001Z", Err(SecurityError::HeaderInvalid));
    check("2026-03-01T13:00:00Z", Err(SecurityError::HeaderInvalid));
    check("9999-12-31T23:59:59Z", Err(SecurityError::HeaderInvalid));
}

#[test]
fn expires_is_honoured_with_60_seconds_of_skew() {
    // omnitracs-soap 3 #4; R82.
    #[track_caller]
    fn check(timestamp: &str, expected: Result<(), SecurityError>) {
        assert_eq!(read(&with_timestamp(timestamp)).map(|_| ()), expected, "{timestamp}");
    }
    check("", Ok(()));
    check("<wsu:Expires>2026-03-01T12:05:00Z</wsu:Expires>", Ok(()));
    check("<wsu:Expires>2026-03-01T11:59:00Z</wsu:Expires>", Ok(()));
    check("<wsu:Expires>2026-03-01T11:58:59Z</wsu:Expires>", Err(SecurityError::Expired));
    check("<wsu:Expires>2026-03-01T12:00:00Z</wsu:Expires><wsu:Created>2026-03-01T12:00:00Z</wsu:Created>", Ok(()));
    check(
        "<wsu:Created>2026-03-01T12:00:01Z</wsu:Created><wsu:Expires>2026-03-01T12:00:00Z</wsu:Expires>",
        Err(SecurityError::HeaderInvalid),
    );
    check("<wsu:Created>soon</wsu:Created>", Err(SecurityError::HeaderInvalid));
    check("<wsu:Created>2026-03-01T12:00:00Z</wsu:Created><wsu:Expires/>", Err(SecurityError::HeaderInvalid));
    check("<x:Created>soon</x:Created>", Ok(()));
}

#[test]
fn every_form_of_a_schema_date_is_read_and_nothing_else() {
    // R82: "valid dates". XML Schema part 2, 3.2.7.
    #[track_caller]
    fn check(date: &str, expected: Option<&str>) {
        let read = read(&token_and(&format!("<wsu:Created>{date}</wsu:Created>")));
        let expected: Option<Timestamp> = expected.map(|date| date.parse().unwrap());
        assert_eq!(read.as_ref().ok().map(|token| token.created), expected.map(Some), "{date}: {read:?}");
        if expected.is_none() {
            assert_eq!(read.map(|_| ()), Err(SecurityError::HeaderInvalid), "{date}");
        }
    }
    check(NOW, Some(NOW));
    check("\n  2026-03-01T12:00:00Z\t", Some(NOW));
    check("2026-03-01T12:00:00", Some(NOW));
    check("2026-03-01T13:00:00+01:00", Some(NOW));
    check("2026-03-01T06:30:00-05:30", Some(NOW));
    check("2026-03-01T12:00:00.25Z", Some("2026-03-01T12:00:00.25Z"));
    check("2026-03-01T12:00:00.1234567891234Z", Some("2026-03-01T12:00:00.123456789Z"));
    check("2026-03-01T24:00:00+12:00", Some(NOW));
    for broken in [
        "",
        "now",
        "2026-03-01",
        "12:00:00Z",
        "2026-03-01 12:00:00Z",
        "2026-03-01t12:00:00z",
        "2026-03-01T12:00Z",
        "2026-3-1T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-03-01T25:00:00Z",
        "2026-03-01T24:00:01Z",
        "2026-03-01T12:60:00Z",
        "2026-03-01T12:00:60Z",
        "2026-03-01T12:00:00.Z",
        "2026-03-01T12:00:00,5Z",
        "2026-03-01T12:00:00+0100",
        "2026-03-01T12:00:00+14:01",
        "2026-03-01T12:00:00+01:60",
        "2026-03-01T12:00:00ZZ",
        "2026-03-01T12:00:00[UTC]",
        "-2026-03-01T12:00:00Z",
        "+2026-03-01T12:00:0Z",
        "0000-00-00T00:00:00Z",
        "２０２６-03-01T12:00:00Z",
        "2026-03-01T12:00:00\u{e9}",
        "1772366400",
        "9999-12-31T24:00:00Z",
    ] {
        check(broken, None);
    }
}
