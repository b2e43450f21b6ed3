//! The form binding: parameters as the fields of a form in the body.
//!
//! Nothing is ever read from a query here. Contract: ecgridos-soap 2.2, 4.4; R78.

use axum::response::Response;
use http::StatusCode;
use zeroize::Zeroizing;

use crate::call::{Argument, Arguments};
use crate::declaration::{Operation, Parameter};
use crate::dialect::Dialect;
use crate::response;

/// Why a form is no call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FormError {
    Missing(&'static str),
    Twice(&'static str),
    Unreadable,
    Charset,
}

impl FormError {
    pub(crate) fn response(&self, dialect: &Dialect) -> Response {
        match self {
            FormError::Missing(name) => response::plain_fault(&format!("Missing parameter: {name}.")),
            FormError::Twice(name) => response::plain_fault(&format!("Parameter given twice: {name}.")),
            FormError::Unreadable => response::plain_fault(dialect.words.unreadable),
            FormError::Charset => response::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        }
    }
}

/// Reads the fields of a form as the arguments of an operation.
pub(crate) fn read(
    operation: &'static Operation,
    body: &[u8],
    charset: Option<&str>,
    strict: bool,
) -> Result<Arguments, FormError> {
    if charset.is_some_and(|charset| !charset.eq_ignore_ascii_case("utf-8")) {
        return Err(FormError::Charset);
    }
    let body = std::str::from_utf8(body).map_err(|_| FormError::Unreadable)?;
    let mut arguments = Arguments::default();
    for field in body.split('&').filter(|field| !field.is_empty()) {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        let name = unescape(name).ok_or(FormError::Unreadable)?;
        let known = operation.parameters().find(|known| known.name.eq_ignore_ascii_case(&name));
        match known {
            Some(Parameter { name, .. }) => {
                if arguments.is_given(name) {
                    return Err(FormError::Twice(name));
                }
                let value = unescape(value).ok_or(FormError::Unreadable)?;
                arguments.given.push((name, Argument::Text(value)));
            }
            None if strict => return Err(FormError::Unreadable),
            None => {}
        }
    }
    let needed = operation.signatures[0].parameters.iter().filter(|parameter| !parameter.optional);
    for parameter in needed {
        if !arguments.given.iter().any(|(given, _)| operation.are_synonyms(parameter.name, given)) {
            return Err(FormError::Missing(parameter.name));
        }
    }
    Ok(arguments)
}

/// The names and values of a query. What is not valid in it is passed over.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (Zeroizing<String>, Zeroizing<String>)> {
    query.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((unescape(name)?, unescape(value)?))
    })
}

/// Undoes the escapes of `application/x-www-form-urlencoded`. A broken escape or broken UTF-8 is refused
/// rather than replaced: a password must not be changed on its way.
fn unescape(text: &str) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let [high, low, after @ ..] = rest else {
                    return None;
                };
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                bytes.push(u8::try_from(digit(high)? * 16 + digit(low)?).ok()?);
                rest = after;
            }
            byte => bytes.push(*byte),
        }
    }
    let mut unescaped = Zeroizing::new(String::with_capacity(bytes.len()));
    unescaped.push_str(std::str::from_utf8(&bytes).ok()?);
    Some(unescaped)
}
