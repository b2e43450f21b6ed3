//! How the table of passwords and verdicts (`gate/tests/policy/matrix.txt`) writes a password.

/// What stands between the quotes, with `\u{..}` as in Rust, and `{text}*n` for a text repeated.
///
/// # Panics
/// When the text is written otherwise.
pub fn unquoted(quoted: &str) -> String {
    let (quoted, times) = match quoted.rsplit_once("\"*") {
        Some((text, times)) => (text, times.parse().expect("a number of times")),
        None => (quoted.strip_suffix('"').expect("a closing quote"), 1),
    };
    let mut rest = quoted.strip_prefix('"').expect("an opening quote");
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once("\\u{") {
        let (digits, behind) = after.split_once('}').expect("a closing brace");
        let number = u32::from_str_radix(digits, 16).expect("a hexadecimal number");
        text.push_str(before);
        text.push(char::from_u32(number).expect("a code point"));
        rest = behind;
    }
    text.push_str(rest);
    text.repeat(times)
}
