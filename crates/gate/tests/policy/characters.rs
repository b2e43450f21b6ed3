//! Which code points are refused, and which are white space or a special character.

use passgate_gate::policy::{Profile, Violation};

use crate::{check, violations};

/// One code point of each general category: taken, unless it is a control, a line separator, a
/// noncharacter or a bidi control.
const ONE_PER_CATEGORY: [(&str, char, bool); 38] = [
    ("Lu", 'À', true),
    ("Ll", 'ß', true),
    ("Lt", '\u{01C5}', true),
    ("Lm", '\u{02B0}', true),
    ("Lo", '字', true),
    ("Mn", '\u{0301}', true),
    ("Mc", '\u{0903}', true),
    ("Me", '\u{20DD}', true),
    ("Nd, not of ASCII", '\u{0663}', true),
    ("Nl", '\u{2167}', true),
    ("No", '½', true),
    ("Pc", '\u{203F}', true),
    ("Pd", '–', true),
    ("Ps", '\u{FF08}', true),
    ("Pe", '\u{FF09}', true),
    ("Pi", '«', true),
    ("Pf", '»', true),
    ("Po", '¿', true),
    ("Sm", '±', true),
    ("Sc", '€', true),
    ("Sk", '¨', true),
    ("So", '😀', true),
    ("Zs, space", ' ', true),
    ("Zs, no-break space", '\u{00A0}', true),
    ("Zl", '\u{2028}', false),
    ("Zp", '\u{2029}', false),
    ("Cc, C0", '\t', false),
    ("Cc, line feed", '\n', false),
    ("Cc, DEL", '\u{7F}', false),
    ("Cc, C1: next line", '\u{85}', false),
    ("Cf, soft hyphen", '\u{AD}', true),
    ("Cf, zero width joiner", '\u{200D}', true),
    ("Cf, byte order mark", '\u{FEFF}', true),
    ("Cf, bidi control", '\u{202E}', false),
    ("Co", '\u{E000}', true),
    ("Cn, unassigned", '\u{0378}', true),
    ("Cn, noncharacter", '\u{FFFF}', false),
    ("Cn, noncharacter in a block", '\u{FDD0}', false),
];

/// The Unicode property `White_Space`, from PropList.txt.
const WHITE_SPACE: [char; 25] = [
    '\t', '\n', '\u{0B}', '\u{0C}', '\r', ' ', '\u{85}', '\u{A0}', '\u{1680}', '\u{2000}', '\u{2001}', '\u{2002}',
    '\u{2003}', '\u{2004}', '\u{2005}', '\u{2006}', '\u{2007}', '\u{2008}', '\u{2009}', '\u{200A}', '\u{2028}',
    '\u{2029}', '\u{202F}', '\u{205F}', '\u{3000}',
];

#[test]
fn one_code_point_of_each_category_is_taken_or_refused_alike_by_every_profile() {
    // ecgrid-rest 3 #11, omnitracs-soap 3 #3, R11.
    for (category, c, taken) in ONE_PER_CATEGORY {
        for profile in Profile::ALL {
            for password in
                [format!("{c}Larch-tree-4242"), format!("Larch-{c}tree-4242"), format!("Larch-tree-4242{c}")]
            {
                let refused = violations(profile, &password).contains(&Violation::RefusedCharacter);
                assert_eq!(refused, !taken, "{category} {profile:?}");
            }
        }
    }
}

#[test]
fn exactly_these_code_points_are_refused() {
    // ecgrid-rest 3 #11, R11: counted over the whole of Unicode.
    let all: Vec<char> = (char::MIN..=char::MAX).collect();
    let refused: Vec<u32> = all
        .chunks(200)
        .filter(|chunk| is_refused(chunk))
        .flat_map(|chunk| chunk.iter().filter(|c| is_refused(&[**c])))
        .map(|c| u32::from(*c))
        .collect();

    let mut expected: Vec<u32> = Vec::new();
    expected.extend(0x00..=0x1F);
    expected.extend(0x7F..=0x9F);
    expected.extend([0x061C, 0x200E, 0x200F, 0x2028, 0x2029]);
    expected.extend(0x202A..=0x202E);
    expected.extend(0x2066..=0x2069);
    expected.extend(0xFDD0..=0xFDEF);
    expected.extend((0..=16).flat_map(|plane| [plane * 0x1_0000 + 0xFFFE, plane * 0x1_0000 + 0xFFFF]));
    assert_eq!(refused, expected);
}

fn is_refused(characters: &[char]) -> bool {
    let password = format!("Larch-tree-42{}x", String::from_iter(characters));
    violations(Profile::NoComposition, &password).contains(&Violation::RefusedCharacter)
}

#[test]
fn no_white_space_of_any_kind_stands_in_a_password_of_letter_and_digit() {
    // omnitracs-soap 3 #3, R10: in front, inside, and at the end.
    for c in WHITE_SPACE {
        for password in [format!("{c}meadow19lark"), format!("meadow{c}19lark"), format!("meadow19lark{c}")] {
            let found = violations(Profile::LetterAndDigit, &password);
            assert!(found.contains(&Violation::WhiteSpace), "{c:?}");
        }
    }
    // Looks like a space, and is none.
    check(Profile::LetterAndDigit, "meadow\u{200B}19lark", &[]);
}

#[test]
fn a_space_or_a_letter_beyond_ascii_is_the_special_character_of_the_pattern() {
    // ecgrid-rest 3 #11, R9.
    for special in [' ', '\u{A0}', 'é', 'É', '字', '\u{0663}', '😀', '_', '\u{200B}'] {
        check(Profile::Pattern, &format!("Larch{special}tree42"), &[]);
    }
}

#[test]
fn letters_and_digits_beyond_ascii_fill_no_other_class() {
    // ecgrid-rest 3 #11, omnitracs-soap 3 #3, R9.
    check(Profile::Pattern, "larch-tree-É42", &[Violation::Composition]);
    check(Profile::Pattern, "LARCH-TREE-é42", &[Violation::Composition]);
    check(Profile::Pattern, "Larch-tree-\u{0664}\u{0662}", &[Violation::Composition]);
    check(Profile::Pattern, "Larch-tree-½²", &[Violation::Composition]);
    check(Profile::LetterAndDigit, "лиственница42", &[Violation::Composition]);
    check(Profile::LetterAndDigit, "meadow\u{0661}\u{0669}lark", &[Violation::Composition]);
}

#[test]
fn what_dialects_of_the_pattern_read_differently_is_refused() {
    // ecgrid-rest 3 #11, R9.
    for c in ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'] {
        for password in [format!("Larch-tree-42{c}"), format!("Larch{c}-tree-42"), format!("{c}Larch-tree-42")] {
            check(Profile::Pattern, &password, &[Violation::RefusedCharacter]);
        }
        check(Profile::Pattern, &format!("Larch{c}tree42"), &[Violation::RefusedCharacter, Violation::Composition]);
    }
}
