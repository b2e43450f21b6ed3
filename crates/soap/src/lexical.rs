//! The lexical forms of XML Schema that parameters come in.
//!
//! Contract: ecgridos-soap 3 #16, omnitracs-soap 3 #9, R76.

/// A text that is no value of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a value of its type")]
pub struct NotLexical;

/// `xs:int`: optional sign, digits, white space around.
pub fn int(text: &str) -> Result<i32, NotLexical> {
    trim(text).parse().map_err(|_| NotLexical)
}

/// `xs:short`.
pub fn short(text: &str) -> Result<i16, NotLexical> {
    trim(text).parse().map_err(|_| NotLexical)
}

/// `xs:long`.
pub fn long(text: &str) -> Result<i64, NotLexical> {
    trim(text).parse().map_err(|_| NotLexical)
}

/// `xs:boolean`: `true`, `false`, `1`, `0`, white space around.
pub fn boolean(text: &str) -> Result<bool, NotLexical> {
    match trim(text) {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(NotLexical),
    }
}

/// Without the white space of XML around it. Other white space is part of the text.
pub fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}
