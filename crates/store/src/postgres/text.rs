//! Texts as PostgreSQL can hold them: all but the character NUL, which is escaped by U+FFFF.
//!
//! Equal texts stay equal and different ones different, so a name with a NUL in it is unknown, as with any
//! engine, and not an error of the server.

use std::borrow::Cow;

const ESCAPE: char = '\u{FFFF}';

/// What is sent for a text.
pub(super) fn outgoing(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return Cow::Borrowed(text);
    }
    let mut sent = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\0' => sent.extend([ESCAPE, '0']),
            ESCAPE => sent.extend([ESCAPE, ESCAPE]),
            other => sent.push(other),
        }
    }
    Cow::Owned(sent)
}

/// The text behind what was received; `None` for what was never sent.
pub(super) fn incoming(sent: String) -> Option<String> {
    if !sent.contains(ESCAPE) {
        return Some(sent);
    }
    let mut text = String::with_capacity(sent.len());
    let mut characters = sent.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            ESCAPE => match characters.next()? {
                '0' => '\0',
                ESCAPE => ESCAPE,
                _ => return None,
            },
            other => other,
        });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, sent: &str) {
        assert_eq!(outgoing(text), sent);
        assert!(!sent.contains('\0'));
        assert_eq!(incoming(sent.to_owned()).as_deref(), Some(text));
    }

    #[test]
    fn every_text_comes_back_as_it_was_sent() {
        // PostgreSQL refuses NUL in any text
        check("plain", "plain");
        check("a\0b", "a\u{FFFF}0b");
        check("\u{FFFF}0", "\u{FFFF}\u{FFFF}0");
        check("\0\u{FFFF}\0", "\u{FFFF}0\u{FFFF}\u{FFFF}\u{FFFF}0");
    }

    #[test]
    fn what_was_never_sent_is_no_text() {
        assert_eq!(incoming("\u{FFFF}".into()), None);
        assert_eq!(incoming("\u{FFFF}x".into()), None);
    }
}
