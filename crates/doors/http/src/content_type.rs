//! `Content-Type`, read as RFC 9110 8.3 writes it: parameters in any letter case, quoted or not.

use http::{HeaderMap, header};

use crate::headers::single;

/// A media type and its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType {
    essence: String,
    parameters: Vec<(String, String)>,
}

/// Why a `Content-Type` cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentTypeError {
    /// Two headers of this name: which one counts would be a guess.
    #[error("Content-Type is given twice")]
    Repeated,
    /// Not `type/subtype` with parameters, or a parameter given twice.
    #[error("Content-Type cannot be read")]
    Malformed,
}

/// The media type of a request or answer with these headers; `None` if they name none.
pub fn content_type(headers: &HeaderMap) -> Result<Option<MediaType>, ContentTypeError> {
    single(headers, &header::CONTENT_TYPE)
        .map_err(|_| ContentTypeError::Repeated)?
        .map(|value| value.to_str().ok().and_then(MediaType::parse).ok_or(ContentTypeError::Malformed))
        .transpose()
}

impl MediaType {
    /// Reads one header value; `None` if it is not a media type.
    pub fn parse(value: &str) -> Option<Self> {
        let (essence, mut rest) = value.split_once(';').map_or((value, ""), |(essence, rest)| (essence, rest));
        let (kind, subtype) = essence.trim().split_once('/')?;
        if !is_token(kind) || !is_token(subtype) {
            return None;
        }
        let mut parameters: Vec<(String, String)> = Vec::new();
        loop {
            rest = rest.trim_start_matches([' ', '\t', ';']);
            if rest.is_empty() {
                break;
            }
            let (name, value_and_rest) = rest.split_once('=')?;
            let name = name.to_ascii_lowercase();
            if !is_token(&name) || parameters.iter().any(|(known, _)| *known == name) {
                return None;
            }
            let (value, after) = parameter_value(value_and_rest)?;
            parameters.push((name, value));
            rest = after.trim_start_matches([' ', '\t']);
            if !rest.is_empty() && !rest.starts_with(';') {
                return None;
            }
        }
        Some(Self { essence: format!("{kind}/{subtype}").to_ascii_lowercase(), parameters })
    }

    /// `type/subtype`, in lower case, without parameters.
    pub fn essence(&self) -> &str {
        &self.essence
    }

    /// The value of a parameter, unquoted, letter case kept. `name` is written in lower case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The `charset` parameter.
    pub fn charset(&self) -> Option<&str> {
        self.parameter("charset")
    }

    /// Whether the charset is UTF-8, which is also meant where none is named.
    pub fn is_utf8(&self) -> bool {
        self.charset().is_none_or(|name| name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("utf8"))
    }
}

fn parameter_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ' ', '\t']).unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return is_token(value).then(|| (value.to_owned(), rest));
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(letters.next()?.1),
            _ => value.push(letter),
        }
    }
    None
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}
