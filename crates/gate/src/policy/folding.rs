//! One form of a text for comparison without regard to letter case.

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Full case folding of the text, in NFC: two texts that a reader takes for the same word in another
/// letter case become equal (canonical caseless match, Unicode 3.13 D145).
pub fn fold(text: &str) -> Zeroizing<String> {
    if text.is_ascii() {
        let mut folded = Zeroizing::new(text.to_owned());
        folded.make_ascii_lowercase();
        return folded;
    }
    // Measured before it is written: a growing string would leave unwiped copies behind.
    let mut folded = Zeroizing::new(String::with_capacity(folded_characters(text).map(char::len_utf8).sum()));
    folded.extend(folded_characters(text));
    folded
}

fn folded_characters(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().nfd().default_case_fold().nfc()
}
