//! Parsing behind the guard, and reading elements so that nothing is cut short.

use roxmltree::{Document, Node, ParsingOptions};
use zeroize::Zeroizing;

use super::guard::{Limits, Refused, guard};

/// Why a text is no document for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The guard refused it.
    #[error("refused before parsing: {0}")]
    Refused(#[from] Refused),
    /// The parser refused it. What exactly was wrong stays here: parser messages quote the input.
    #[error("not well-formed")]
    Malformed,
}

/// Parses a text that keeps the limits.
///
/// Contract: R66, R67. The guard always runs first; there is no way round it.
pub fn parse<'input>(text: &'input str, limits: &Limits) -> Result<Document<'input>, Unreadable> {
    guard(text, limits)?;
    // Each `<` opens at most one node, with at most one text behind it; the document is a node, too.
    let nodes_limit = u32::try_from(limits.markup * 2 + 1).unwrap_or(u32::MAX);
    let options = ParsingOptions { allow_dtd: false, nodes_limit, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|_| Unreadable::Malformed)
}

/// An element stands where only text belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an element stands where text belongs")]
pub struct ElementInText;

/// The whole text of an element: comments, CDATA sections and references never shorten it.
///
/// (The parser's own `text()` stops at the first comment.) Contract: R69.
pub fn text(element: Node<'_, '_>) -> Result<Zeroizing<String>, ElementInText> {
    if element.children().any(|child| child.is_element()) {
        return Err(ElementInText);
    }
    let parts = || element.children().filter(Node::is_text).filter_map(|child| child.text());
    // Allocated once at its full length: growing would leave pieces of a secret behind.
    let mut whole = Zeroizing::new(String::with_capacity(parts().map(str::len).sum()));
    for part in parts() {
        whole.push_str(part);
    }
    Ok(whole)
}

/// The elements directly in an element.
pub fn element_children<'a, 'input>(element: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    element.children().filter(Node::is_element)
}

/// Whether text other than white space stands directly in an element that should hold only elements.
pub fn has_stray_text(element: Node<'_, '_>) -> bool {
    element
        .children()
        .filter(Node::is_text)
        .filter_map(|child| child.text())
        .any(|text| !text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')))
}
