//! From the bytes of a body to text: UTF-8 with or without byte order mark, UTF-16 with one.
//!
//! The charset of the header, the mark and the XML declaration have to agree. No other encoding is
//! served: each further one is a second reading of the same bytes for somebody to hide behind.

use zeroize::Zeroizing;

/// The text of a body: borrowed where the bytes were UTF-8 already, else a copy that wipes itself.
pub enum Decoded<'a> {
    /// The bytes were UTF-8; this is the same memory, without its byte order mark.
    Borrowed(&'a str),
    /// The bytes were UTF-16.
    Owned(Zeroizing<String>),
}

impl std::ops::Deref for Decoded<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Decoded::Borrowed(text) => text,
            Decoded::Owned(text) => text,
        }
    }
}

/// Why the bytes of a body are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// An encoding that this crate does not read: HTTP 415.
    #[error("the encoding is not served")]
    Unsupported,
    /// Header, byte order mark and XML declaration name different encodings.
    #[error("charset, byte order mark and declaration disagree")]
    Disagree,
    /// The bytes are not what they are said to be.
    #[error("the bytes are not valid in their encoding")]
    Malformed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16 { big_endian: bool },
}

/// Reads the bytes of a body as text.
///
/// `charset` is the parameter of the Content-Type header, if it has one.
/// Contract: R68.
pub fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Result<Decoded<'a>, EncodingError> {
    let (encoding, marked, rest) = match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => return Err(EncodingError::Unsupported),
        [0xEF, 0xBB, 0xBF, rest @ ..] => (Encoding::Utf8, true, rest),
        [0xFE, 0xFF, rest @ ..] => (Encoding::Utf16 { big_endian: true }, true, rest),
        [0xFF, 0xFE, rest @ ..] => (Encoding::Utf16 { big_endian: false }, true, rest),
        rest => (Encoding::Utf8, false, rest),
    };
    if let Some(charset) = charset {
        agree(encoding, marked, charset)?;
    }
    let text = match encoding {
        Encoding::Utf8 => Decoded::Borrowed(std::str::from_utf8(rest).map_err(|_| EncodingError::Malformed)?),
        Encoding::Utf16 { big_endian } => Decoded::Owned(utf16(rest, big_endian)?),
    };
    if let Some(declared) = declared_encoding(&text) {
        agree(encoding, marked, declared)?;
    }
    Ok(text)
}

/// Whether a name of an encoding fits the one that the bytes have.
fn agree(encoding: Encoding, marked: bool, name: &str) -> Result<(), EncodingError> {
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    let fits = if is("utf-8") || is("utf8") {
        encoding == Encoding::Utf8
    } else if is("utf-16") {
        marked && matches!(encoding, Encoding::Utf16 { .. })
    } else if is("utf-16le") {
        encoding == Encoding::Utf16 { big_endian: false }
    } else if is("utf-16be") {
        encoding == Encoding::Utf16 { big_endian: true }
    } else {
        return Err(EncodingError::Unsupported);
    };
    if fits { Ok(()) } else { Err(EncodingError::Disagree) }
}

fn utf16(bytes: &[u8], big_endian: bool) -> Result<Zeroizing<String>, EncodingError> {
    if !bytes.len().is_multiple_of(2) {
        return Err(EncodingError::Malformed);
    }
    // Three bytes of UTF-8 at most per unit: the buffer never moves, so no unwiped copy stays behind.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() / 2 * 3));
    let units = bytes.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    });
    for character in char::decode_utf16(units) {
        text.push(character.map_err(|_| EncodingError::Malformed)?);
    }
    Ok(text)
}

/// The encoding that the XML declaration names, if there is a declaration and it names one.
///
/// Only finds the name; whether the declaration is well-formed is for the parser to say.
fn declared_encoding(text: &str) -> Option<&str> {
    let declaration = text.strip_prefix("<?xml")?;
    let declaration = &declaration[..declaration.find("?>")?];
    let after = declaration[declaration.find("encoding")? + "encoding".len()..].trim_start();
    let value = after.strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let value = &value[1..];
    Some(&value[..value.find(quote)?])
}
