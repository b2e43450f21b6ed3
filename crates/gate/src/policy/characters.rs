//! Which code points a password may hold, and which class each is counted in.

/// Refused on every door: what no one sees while typing, or what regex dialects read differently.
/// Everything else is taken, unassigned code points included. Contract: ecgrid-rest 3 #11, R11.
pub(super) fn is_refused(c: char) -> bool {
    is_control(c) || is_separator(c) || is_noncharacter(c) || is_bidi_control(c)
}

/// General category Cc: C0 (tab, CR, LF ..), DEL and C1 (U+0085 ..).
fn is_control(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{1F}' | '\u{7F}'..='\u{9F}')
}

/// The line separator and the paragraph separator.
fn is_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// U+FDD0 to U+FDEF, and the last two code points of each plane.
fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{FDD0}'..='\u{FDEF}') || u32::from(c) & 0xFFFE == 0xFFFE
}

/// The property `Bidi_Control` of UAX #9: marks, embeddings, overrides and isolates.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The Unicode property `White_Space`. Contract: omnitracs-soap 3 #3.
pub(super) fn is_white_space(c: char) -> bool {
    c.is_whitespace()
}

/// The classes of the documented pattern that a password holds.
/// Contract: ecgrid-rest 3 #11, R9.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "the four classes of the pattern are independent facts")]
pub(super) struct Classes {
    pub(super) lower: bool,
    pub(super) upper: bool,
    pub(super) digit: bool,
    pub(super) special: bool,
}

impl Classes {
    pub(super) fn of(password: &str) -> Self {
        let mut classes = Self::default();
        for c in password.chars() {
            match c {
                'a'..='z' => classes.lower = true,
                'A'..='Z' => classes.upper = true,
                '0'..='9' => classes.digit = true,
                // A refused character cannot stand in for the special one.
                _ if is_refused(c) => {}
                _ => classes.special = true,
            }
        }
        classes
    }
}
