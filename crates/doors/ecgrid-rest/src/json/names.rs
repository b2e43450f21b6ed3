//! Whether any object of a body, however deep and known or not, names a property twice.
//! Contract: ecgrid-rest 3 #12, 4.1; R92.

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Judges names only: a text that is no JSON is the parser's affair and repeats nothing here. Values stay as
/// their bytes unless they hold names, so that no number is too large to look past. The nesting is bounded
/// before (`scan.rs`), so that recursion is too.
pub(super) fn repeat(text: &str) -> bool {
    repeat_within(text, &RandomState::new())
}

fn repeat_within(text: &str, hasher: &RandomState) -> bool {
    let mut json = serde_json::Deserializer::from_str(text);
    let look = Look { hasher };
    match text.trim_ascii_start().bytes().next() {
        Some(b'{') => (&mut json).deserialize_map(look).unwrap_or(false),
        Some(b'[') => (&mut json).deserialize_seq(look).unwrap_or(false),
        _ => false,
    }
}

struct Look<'h> {
    hasher: &'h RandomState,
}

impl<'b> Visitor<'b> for Look<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut map: A) -> Result<bool, A::Error> {
        // Eight bytes per name instead of the name: a body of nothing but names must not take a multiple of its size.
        let mut seen: Vec<u64> = Vec::new();
        let mut within = false;
        while let Some((Name(name), value)) = map.next_entry::<Name<'b>, &'b RawValue>()? {
            seen.push(self.hasher.hash_one(name.to_lowercase()));
            within |= repeat_within(value.get(), self.hasher);
        }
        seen.sort_unstable();
        Ok(within || seen.windows(2).any(|pair| pair[0] == pair[1]))
    }

    fn visit_seq<A: SeqAccess<'b>>(self, mut items: A) -> Result<bool, A::Error> {
        let mut within = false;
        while let Some(item) = items.next_element::<&'b RawValue>()? {
            within |= repeat_within(item.get(), self.hasher);
        }
        Ok(within)
    }
}

#[derive(serde::Deserialize)]
struct Name<'b>(#[serde(borrow)] Cow<'b, str>);

#[cfg(test)]
mod tests {
    use super::repeat;

    #[test]
    fn a_name_given_twice_is_seen_at_any_depth_letter_case_and_escapes_aside() {
        for text in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":1,"A":2}"#,
            r#"{"a":1,"\u0041":2}"#,
            r#"{"x":{"a":1,"A":2},"userId":1}"#,
            r#"{"x":[1,{"y":{"b":0,"b":0}}]}"#,
            r#"{"n":1e999,"a":1,"a":2}"#,
        ] {
            assert!(repeat(text), "{text}");
        }
        for text in [r#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#, r#"{"a":"a","b":"a"}"#, "{", "7"] {
            assert!(!repeat(text), "{text}");
        }
    }
}
