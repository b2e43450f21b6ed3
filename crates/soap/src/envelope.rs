//! Reading an envelope: its version, its header blocks and the one element in its body.

use roxmltree::{Document, Node};

use crate::dialect::Version;
use crate::lexical;
use crate::xml::read::{element_children, has_stray_text};

/// An envelope, still in the memory of its document.
pub struct Envelope<'a, 'input> {
    /// Its version.
    pub version: Version,
    /// The blocks in its header, in order.
    pub headers: Vec<Node<'a, 'input>>,
    /// The element in its body.
    pub operation: Node<'a, 'input>,
}

/// Why a document is no envelope for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEnvelope {
    /// An envelope in a namespace of no version.
    #[error("not a SOAP envelope of a known version")]
    Version,
    /// Not one header at most, one body behind it, one operation in it, and nothing else.
    #[error("not the structure of an envelope")]
    Structure(Option<Version>),
}

/// Whom a header block is for, and whether it must be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("mustUnderstand is neither true nor false")]
pub struct BadMustUnderstand;

impl<'a, 'input> Envelope<'a, 'input> {
    /// Reads the structure of an envelope. Contract: R70.
    pub fn read(document: &'a Document<'input>) -> Result<Self, NotAnEnvelope> {
        let root = document.root_element();
        if root.tag_name().name() != "Envelope" {
            return Err(NotAnEnvelope::Structure(None));
        }
        let version = [Version::V11, Version::V12]
            .into_iter()
            .find(|version| root.tag_name().namespace() == Some(version.namespace()))
            .ok_or(NotAnEnvelope::Version)?;
        let wrong = NotAnEnvelope::Structure(Some(version));
        let is = |node: Node<'_, '_>, name| node.has_tag_name((version.namespace(), name));

        let parts: Vec<_> = element_children(root).collect();
        let (header, body) = match parts[..] {
            [body] if is(body, "Body") => (None, body),
            [header, body] if is(header, "Header") && is(body, "Body") => (Some(header), body),
            _ => return Err(wrong),
        };
        let mut operations = element_children(body);
        let (Some(operation), None) = (operations.next(), operations.next()) else {
            return Err(wrong);
        };
        if has_stray_text(root) || has_stray_text(body) || header.is_some_and(has_stray_text) {
            return Err(wrong);
        }
        let headers = header.map(|header| element_children(header).collect()).unwrap_or_default();
        Ok(Envelope { version, headers, operation })
    }

    /// The header blocks for us that must be understood and are not.
    ///
    /// Contract: R71.
    pub fn not_understood(
        &self,
        understands: impl Fn(Node<'_, '_>) -> bool,
    ) -> Result<Vec<Node<'a, 'input>>, BadMustUnderstand> {
        let mut blocks = Vec::new();
        for &block in &self.headers {
            let must = match block.attribute((self.version.namespace(), "mustUnderstand")) {
                Some(text) => lexical::boolean(text).map_err(|_| BadMustUnderstand)?,
                None => false,
            };
            if must && self.is_for_us(block) && !understands(block) {
                blocks.push(block);
            }
        }
        Ok(blocks)
    }

    /// Whether a header block is meant for the last receiver or for the next one: both are us.
    pub fn is_for_us(&self, block: Node<'_, '_>) -> bool {
        let namespace = self.version.namespace();
        let (attribute, ours): (_, &[&str]) = match self.version {
            Version::V11 => ("actor", &["", "http://schemas.xmlsoap.org/soap/actor/next"]),
            Version::V12 => (
                "role",
                &[
                    "",
                    "http://www.w3.org/2003/05/soap-envelope/role/next",
                    "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
                ],
            ),
        };
        block.attribute((namespace, attribute)).is_none_or(|actor| ours.contains(&lexical::trim(actor)))
    }
}
