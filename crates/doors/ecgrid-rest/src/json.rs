//! Request bodies: strict JSON into typed fields, never into a tree. Contract: ecgrid-rest 3 #12, 4.1; R92, R129.
//!
//! Reading has two steps, since the contract answers in an order of its own: [`Fields::read`] judges the body as a
//! whole, and each field is judged when the endpoint asks for it.
//!
//! Deliberately not here: HTTP (`body.rs`) and which fields an endpoint has (its own file).

mod names;
mod scan;
mod text;

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::problem::Problem;

/// What becomes of properties that the endpoint does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownProperties {
    /// They are left aside and bound to nothing: clients of the documented API send such.
    Ignored,
    /// The request is refused: the strict profile.
    Refused,
}

/// The known properties of one JSON object, each still as its bytes.
pub(crate) struct Fields<'b> {
    known: Vec<(&'static str, &'b RawValue)>,
}

impl<'b> Fields<'b> {
    /// The fields of no body at all, where the contract lets it be empty.
    pub(crate) fn none() -> Self {
        Self { known: Vec::new() }
    }

    /// Reads one JSON object, keeping the properties of these names.
    pub(crate) fn read(
        body: &'b [u8],
        names: &'static [&'static str],
        unknown: UnknownProperties,
    ) -> Result<Self, Problem> {
        let text = std::str::from_utf8(body).map_err(|_| Problem::not_an_object())?;
        if !scan::is_acceptable(text) {
            return Err(Problem::not_an_object());
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let object = (&mut json).deserialize_map(Properties { names }).map_err(|_| Problem::not_an_object())?;
        json.end().map_err(|_| Problem::not_an_object())?;
        if names::repeat(text) {
            return Err(Problem::named_twice());
        }
        if object.unknown && unknown == UnknownProperties::Refused {
            return Err(Problem::unknown_property());
        }
        Ok(Self { known: object.known })
    }

    /// An int32, written as a number or as a decimal string. `None`: missing or null.
    pub(crate) fn integer(&self, name: &'static str) -> Result<Option<i32>, Problem> {
        let Some(raw) = self.value(name) else {
            return Ok(None);
        };
        let written = if raw.starts_with('"') { text::unescape(raw) } else { Zeroizing::new(raw.to_owned()) };
        parse_integer(&written).map(Some).ok_or_else(|| Problem::not_an_integer(name))
    }

    /// An int32 that must be there.
    pub(crate) fn required_integer(&self, name: &'static str) -> Result<i32, Problem> {
        self.integer(name)?.ok_or_else(|| Problem::required(name))
    }

    /// A text, unescaped into memory that wipes itself. `None`: missing or null.
    pub(crate) fn secret(&self, name: &'static str) -> Result<Option<Zeroizing<String>>, Problem> {
        match self.value(name) {
            None => Ok(None),
            Some(raw) if raw.starts_with('"') => Ok(Some(text::unescape(raw))),
            Some(_) => Err(Problem::not_a_string(name)),
        }
    }

    /// A secret text that must be there and not empty.
    pub(crate) fn required_secret(&self, name: &'static str) -> Result<Zeroizing<String>, Problem> {
        self.secret(name)?.filter(|text| !text.is_empty()).ok_or_else(|| Problem::required(name))
    }

    /// A text that is no secret. `None`: missing or null.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<String>, Problem> {
        Ok(self.secret(name)?.map(|text| text.as_str().to_owned()))
    }

    /// A text that must be there and not empty, and is no secret.
    pub(crate) fn required_text(&self, name: &'static str) -> Result<String, Problem> {
        self.text(name)?.filter(|text| !text.is_empty()).ok_or_else(|| Problem::required(name))
    }

    fn value(&self, name: &str) -> Option<&'b str> {
        let (_, raw) = self.known.iter().find(|(known, _)| *known == name)?;
        Some(raw.get()).filter(|raw| *raw != "null")
    }
}

/// A decimal integer within int32: digits with at most a minus, no fraction, no exponent.
pub(crate) fn parse_integer(written: &str) -> Option<i32> {
    let digits = written.strip_prefix('-').unwrap_or(written);
    let decimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if decimal { written.parse().ok() } else { None }
}

struct Object<'b> {
    known: Vec<(&'static str, &'b RawValue)>,
    unknown: bool,
}

struct Properties {
    names: &'static [&'static str],
}

impl<'b> Visitor<'b> for Properties {
    type Value = Object<'b>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut map: A) -> Result<Object<'b>, A::Error> {
        let mut object = Object { known: Vec::new(), unknown: false };
        while let Some((name, value)) = map.next_entry::<Name<'b>, &'b RawValue>()? {
            match self.names.iter().find(|known| known.eq_ignore_ascii_case(&name.0)) {
                Some(known) => object.known.push((known, value)),
                None => object.unknown = true,
            }
        }
        Ok(object)
    }
}

#[derive(serde::Deserialize)]
struct Name<'b>(#[serde(borrow)] Cow<'b, str>);

#[cfg(test)]
mod tests;
