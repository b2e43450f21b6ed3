//! One look at the bytes before anything is parsed: depth, and escapes that stand for no character.

/// The deepest nesting that is read. R92.
const DEEPEST: usize = 32;

/// Whether a JSON text nests at most 32 deep and has no lone surrogate in any string.
///
/// Judges only these two; the grammar is the parser's. Iterative, so that depth costs no stack.
pub(super) fn is_acceptable(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => match end_of_string(bytes, at) {
                Some(end) => at = end,
                None => return false,
            },
            _ => {}
        }
        if depth > DEEPEST {
            return false;
        }
    }
    true
}

/// The place after the closing quote; `None` for a string that never ends or holds a lone surrogate.
fn end_of_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' if bytes.get(at + 1) == Some(&b'u') => {
                at = match unit(bytes, at)? {
                    0xD800..0xDC00 => matches!(unit(bytes, at + 6)?, 0xDC00..0xE000).then_some(at + 12)?,
                    0xDC00..0xE000 => return None,
                    _ => at + 6,
                }
            }
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The UTF-16 unit of the escape `\uXXXX` that begins here.
fn unit(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}
