//! The guard before the parser: one pass over the text that refuses what is too big, too deep or has a
//! DOCTYPE.
//!
//! Its work grows with the length of the text and with nothing else. It does not check that the text is
//! well-formed (the parser does); it only has to understand markup as the parser does, so that nothing
//! slips past its counters. Text in which it loses the thread is refused.

use super::write::is_xml_character;

/// How large a document may be. The defaults are the ones of the SOAP services.
///
/// Contract: R67.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Elements within each other.
    pub depth: usize,
    /// Attributes of one element, namespace declarations not counted.
    pub attributes: usize,
    /// Namespace declarations of one element.
    pub declarations: usize,
    /// Namespace declarations in force at one place, all ancestors together.
    pub declarations_in_force: usize,
    /// Bytes of a name, its prefix included.
    pub name: usize,
    /// Bytes of the text of one element, of one attribute value or of one comment, as written.
    pub text: usize,
    /// Elements in the document.
    pub elements: usize,
    /// Each `<`, comments and CDATA included: the parser reserves memory for as many nodes.
    pub markup: usize,
    /// Each `=`, text included: the parser reserves memory for as many attributes.
    pub equals: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            depth: 32,
            attributes: 64,
            declarations: 32,
            declarations_in_force: 256,
            name: 256,
            text: 64 * 1024,
            elements: 1_000,
            markup: 20_000,
            equals: 4_096,
        }
    }
}

/// Why a document was not given to the parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A document type declaration. Never read, whatever it says.
    #[error("a document type declaration")]
    Doctype,
    /// A processing instruction: SOAP messages must not hold any.
    #[error("a processing instruction")]
    Instruction,
    /// Elements within each other.
    #[error("nested too deeply")]
    Depth,
    /// Attributes of one element.
    #[error("too many attributes")]
    Attributes,
    /// Namespace declarations.
    #[error("too many namespace declarations")]
    Declarations,
    /// A name.
    #[error("a name is too long")]
    Name,
    /// Text of an element, an attribute or a comment.
    #[error("a text is too long")]
    Text,
    /// Elements in the document.
    #[error("too many elements")]
    Elements,
    /// `<` or `=`.
    #[error("too much markup")]
    Markup,
    /// Markup that is cut off or makes no sense.
    #[error("not well-formed")]
    Malformed,
}

/// Refuses a document that breaks a limit, in one pass.
pub fn guard(text: &str, limits: &Limits) -> Result<(), Refused> {
    let count = |mark: u8| text.bytes().filter(|&byte| byte == mark).count();
    if count(b'<') > limits.markup || count(b'=') > limits.equals {
        return Err(Refused::Markup);
    }
    Scanner { rest: text.as_bytes(), limits, open: Vec::with_capacity(limits.depth), elements: 0 }.run()
}

/// What is counted of an element while it is open.
struct Open {
    text: usize,
    declarations_in_force: usize,
}

struct Scanner<'a> {
    rest: &'a [u8],
    limits: &'a Limits,
    open: Vec<Open>,
    elements: usize,
}

impl Scanner<'_> {
    fn run(mut self) -> Result<(), Refused> {
        self.skip_declaration()?;
        while !self.rest.is_empty() {
            let text = self.rest.iter().position(|&byte| byte == b'<').unwrap_or(self.rest.len());
            self.take_text(text)?;
            check_references(&self.rest[..text])?;
            self.rest = &self.rest[text..];
            match self.rest {
                [] => {}
                [b'<', b'!', b'-', b'-', rest @ ..] => {
                    self.rest = rest;
                    let comment = self.skip_past(b"-->")?;
                    self.check_text(comment)?;
                }
                [b'<', b'!', b'[', b'C', b'D', b'A', b'T', b'A', b'[', rest @ ..] => {
                    self.rest = rest;
                    let data = self.skip_past(b"]]>")?;
                    self.take_text(data)?;
                }
                [b'<', b'!', rest @ ..] => {
                    let doctype = rest.len() >= 7 && rest[..7].eq_ignore_ascii_case(b"DOCTYPE");
                    return Err(if doctype { Refused::Doctype } else { Refused::Malformed });
                }
                [b'<', b'?', ..] => return Err(Refused::Instruction),
                [b'<', b'/', rest @ ..] => {
                    self.rest = rest;
                    self.end_tag()?;
                }
                [_, rest @ ..] => {
                    self.rest = rest;
                    self.start_tag()?;
                }
            }
        }
        if self.open.is_empty() { Ok(()) } else { Err(Refused::Malformed) }
    }

    fn skip_declaration(&mut self) -> Result<(), Refused> {
        if self.rest.starts_with(b"<?xml") && self.rest.get(5).is_some_and(u8::is_ascii_whitespace) {
            let length = self.skip_past(b"?>")?;
            if length > self.limits.name {
                return Err(Refused::Malformed);
            }
        }
        Ok(())
    }

    /// Moves behind the next `end` and says how many bytes stood before it.
    fn skip_past(&mut self, end: &[u8]) -> Result<usize, Refused> {
        let at = self.rest.windows(end.len()).position(|window| window == end).ok_or(Refused::Malformed)?;
        self.rest = &self.rest[at + end.len()..];
        Ok(at)
    }

    fn check_text(&self, length: usize) -> Result<(), Refused> {
        if length > self.limits.text { Err(Refused::Text) } else { Ok(()) }
    }

    fn take_text(&mut self, length: usize) -> Result<(), Refused> {
        // Outside the root there is only white space, which the parser checks; it is bounded like text.
        let sum = match self.open.last_mut() {
            Some(open) => {
                open.text += length;
                open.text
            }
            None => length,
        };
        self.check_text(sum)
    }

    fn name(&mut self) -> Result<&[u8], Refused> {
        let ends = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>' | b'=' | b'<' | b'"' | b'\'');
        // Looks no further than the limit, so that a long name costs no second look at its bytes.
        let window = &self.rest[..self.rest.len().min(self.limits.name + 1)];
        let length = match window.iter().position(ends) {
            Some(0) => return Err(Refused::Malformed),
            Some(length) => length,
            None if window.len() > self.limits.name => return Err(Refused::Name),
            None => return Err(Refused::Malformed),
        };
        let (name, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(name)
    }

    fn skip_space(&mut self) {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let space = self.rest.iter().position(|byte| !is_space(byte)).unwrap_or(self.rest.len());
        self.rest = &self.rest[space..];
    }

    fn end_tag(&mut self) -> Result<(), Refused> {
        self.name()?;
        self.skip_space();
        match self.rest {
            [b'>', rest @ ..] => self.rest = rest,
            _ => return Err(Refused::Malformed),
        }
        self.open.pop().ok_or(Refused::Malformed)?;
        Ok(())
    }

    fn start_tag(&mut self) -> Result<(), Refused> {
        self.elements += 1;
        if self.elements > self.limits.elements {
            return Err(Refused::Elements);
        }
        if self.open.len() >= self.limits.depth {
            return Err(Refused::Depth);
        }
        self.name()?;
        let (mut attributes, mut declarations) = (0, 0);
        loop {
            self.skip_space();
            match self.rest {
                [b'>', rest @ ..] => {
                    self.rest = rest;
                    let declarations_in_force = self.in_force(declarations)?;
                    self.open.push(Open { text: 0, declarations_in_force });
                    return Ok(());
                }
                [b'/', b'>', rest @ ..] => {
                    self.rest = rest;
                    self.in_force(declarations)?;
                    return Ok(());
                }
                _ => {
                    let name = self.name()?;
                    let declares_prefix = name.starts_with(b"xmlns:");
                    let declares = declares_prefix || name == b"xmlns";
                    if declares {
                        declarations += 1;
                    } else {
                        attributes += 1;
                    }
                    if declarations > self.limits.declarations {
                        return Err(Refused::Declarations);
                    }
                    if attributes > self.limits.attributes {
                        return Err(Refused::Attributes);
                    }
                    let value = self.attribute_value()?;
                    // A prefix that stands for nothing; the parser would let it stand.
                    if declares_prefix && value.is_empty() {
                        return Err(Refused::Malformed);
                    }
                }
            }
        }
    }

    fn in_force(&self, declarations: usize) -> Result<usize, Refused> {
        let sum = self.open.last().map_or(0, |open| open.declarations_in_force) + declarations;
        if sum > self.limits.declarations_in_force { Err(Refused::Declarations) } else { Ok(sum) }
    }

    fn attribute_value(&mut self) -> Result<&[u8], Refused> {
        self.skip_space();
        let [b'=', rest @ ..] = self.rest else { return Err(Refused::Malformed) };
        self.rest = rest;
        self.skip_space();
        let [quote @ (b'"' | b'\''), rest @ ..] = self.rest else { return Err(Refused::Malformed) };
        self.rest = rest;
        let length = self.skip_past(&[*quote])?;
        self.check_text(length)?;
        let value = &rest[..length];
        check_references(value)?;
        Ok(value)
    }
}

/// Refuses references to characters that XML cannot carry.
///
/// The parser replaces some of them, and a password must arrive as it was sent or not at all. Whether
/// named references exist is for the parser to say. Contract: R66, R68.
fn check_references(text: &[u8]) -> Result<(), Refused> {
    let mut rest = text;
    while let Some(at) = rest.windows(2).position(|two| two == b"&#") {
        rest = &rest[at + 2..];
        let (radix, digits) = match rest {
            [b'x', digits @ ..] => (16, digits),
            digits => (10, digits),
        };
        let length = digits.iter().take(16).position(|&byte| byte == b';').ok_or(Refused::Malformed)?;
        digits[..length]
            .iter()
            .try_fold(0_u32, |sum, &byte| sum.checked_mul(radix)?.checked_add(char::from(byte).to_digit(radix)?))
            .filter(|_| length > 0)
            .and_then(char::from_u32)
            .filter(|&character| is_xml_character(character))
            .ok_or(Refused::Malformed)?;
    }
    Ok(())
}
