//! The writer: elements, attributes and text into a buffer, everything escaped.
//!
//! It writes exactly what it is told, without indentation, since clients of the services search the
//! answers as text. Its buffer is wiped wherever it is left behind: answers carry session ids and keys.

use zeroize::{Zeroize, Zeroizing};

/// Writes XML. Elements are closed in the order in which they were opened.
pub struct Writer {
    buffer: Zeroizing<Vec<u8>>,
    open: Vec<String>,
    in_tag: bool,
}

impl Writer {
    /// Starts with the text before the root element: an XML declaration, or nothing.
    pub fn new(declaration: &str) -> Self {
        let mut writer = Writer { buffer: Zeroizing::new(Vec::with_capacity(4096)), open: Vec::new(), in_tag: false };
        writer.push(declaration);
        writer
    }

    /// Opens an element. Attributes may follow until something else is written.
    pub fn start(&mut self, name: &str) -> &mut Self {
        self.close_tag();
        self.push("<");
        self.push(name);
        self.open.push(name.to_owned());
        self.in_tag = true;
        self
    }

    /// An attribute of the element just opened.
    pub fn attribute(&mut self, name: &str, value: &str) -> &mut Self {
        debug_assert!(self.in_tag, "an attribute belongs to a start tag");
        self.push(" ");
        self.push(name);
        self.push("=\"");
        self.escape(value, true);
        self.push("\"");
        self
    }

    /// Text in the element that is open.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.close_tag();
        self.escape(text, false);
        self
    }

    /// Closes the innermost open element; without content as `<name/>`.
    pub fn end(&mut self) -> &mut Self {
        self.end_as("/>")
    }

    /// Closes the innermost open element; without content as `<name />`, as .NET writes it.
    pub fn end_spaced(&mut self) -> &mut Self {
        self.end_as(" />")
    }

    /// Opens, fills and closes an element; empty text gives `<name></name>`.
    pub fn element(&mut self, name: &str, text: &str) -> &mut Self {
        self.start(name).text(text).end()
    }

    /// The bytes. Elements that are still open are closed.
    pub fn finish(mut self) -> Zeroizing<Vec<u8>> {
        while !self.open.is_empty() {
            self.end();
        }
        self.buffer
    }

    fn end_as(&mut self, empty: &str) -> &mut Self {
        let name = self.open.pop();
        debug_assert!(name.is_some(), "only an open element can be closed");
        if self.in_tag {
            self.in_tag = false;
            self.push(empty);
        } else if let Some(name) = name {
            self.push("</");
            self.push(&name);
            self.push(">");
        }
        self
    }

    fn close_tag(&mut self) {
        if self.in_tag {
            self.in_tag = false;
            self.push(">");
        }
    }

    fn escape(&mut self, text: &str, in_attribute: bool) {
        let mut buffer = [0; 4];
        for character in text.chars() {
            match character {
                '&' => self.push("&amp;"),
                '<' => self.push("&lt;"),
                '>' => self.push("&gt;"),
                '"' if in_attribute => self.push("&quot;"),
                // Written raw, a reader turns these into a line feed or a space.
                '\r' => self.push("&#xD;"),
                '\n' if in_attribute => self.push("&#xA;"),
                '\t' if in_attribute => self.push("&#x9;"),
                // XML 1.0 has no way to write these, not even as references.
                character if !is_xml_character(character) => self.push("\u{FFFD}"),
                character => self.push(character.encode_utf8(&mut buffer)),
            }
        }
    }

    fn push(&mut self, text: &str) {
        if self.buffer.capacity() - self.buffer.len() < text.len() {
            let wanted = (self.buffer.len() + text.len()) * 2;
            let mut larger = Vec::with_capacity(wanted);
            larger.extend_from_slice(&self.buffer);
            self.buffer.zeroize();
            *self.buffer = larger;
        }
        self.buffer.extend_from_slice(text.as_bytes());
    }
}

/// Whether XML 1.0 can carry a character.
pub(super) fn is_xml_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}
