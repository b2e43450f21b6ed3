//! The Content-Type of a request, as clients of many makers write it: parameters in any letter case,
//! quoted or not.
//!
//! Contract: soap-clients 1, 5.

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

/// A media type and the two parameters that matter to SOAP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MediaType {
    /// `type/subtype` in lower case.
    pub(crate) essence: String,
    pub(crate) charset: Option<String>,
    pub(crate) action: Option<String>,
}

impl MediaType {
    /// The media type of a request; `None` if it has none, two, or one that cannot be read.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(CONTENT_TYPE).iter();
        let value = values.next()?;
        if values.next().is_some() {
            return None;
        }
        Self::parse(value.to_str().ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let (essence, mut rest) = text.split_once(';').unwrap_or((text, ""));
        let essence = essence.trim().to_ascii_lowercase();
        if essence.is_empty() || essence.contains(|c: char| c.is_whitespace() || c == ',') {
            return None;
        }
        let mut media_type = MediaType { essence, charset: None, action: None };
        while !rest.trim().is_empty() {
            let (name, value) = rest.split_once('=')?;
            let (value, after) = parameter_value(value.trim_start())?;
            match name.trim().to_ascii_lowercase().as_str() {
                "charset" if media_type.charset.is_none() => media_type.charset = Some(value),
                "action" if media_type.action.is_none() => media_type.action = Some(value),
                "charset" | "action" => return None,
                _ => {}
            }
            rest = after;
        }
        Some(media_type)
    }

    pub(crate) fn is_xml(&self) -> bool {
        matches!(self.essence.as_str(), "text/xml" | "application/xml") || self.essence.ends_with("+xml")
    }

    pub(crate) fn is_soap12(&self) -> bool {
        self.essence == "application/soap+xml"
    }
}

/// A parameter's value and what stands behind the next semicolon.
fn parameter_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = text.split_once(';').unwrap_or((text, ""));
        return Some((value.trim().to_owned(), rest));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => {
                let rest = quoted[at + 1..].trim_start();
                return rest.strip_prefix(';').or(rest.is_empty().then_some("")).map(|rest| (value, rest));
            }
            '\\' => value.push(characters.next()?.1),
            character => value.push(character),
        }
    }
    None
}

/// Whether the body is sent as it is. Nothing is ever unpacked here.
pub(crate) fn is_identity(headers: &HeaderMap) -> bool {
    headers.get_all(CONTENT_ENCODING).iter().all(|value| {
        value.to_str().is_ok_and(|text| text.split(',').all(|coding| coding.trim().eq_ignore_ascii_case("identity")))
    })
}
