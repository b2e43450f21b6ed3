//! Finds the `Security` block that is meant for us and what stands in it, and refuses the kinds of token we do not
//! read. Does not look inside the token: `token.rs` does.

use super::{SecurityError, WSSE, WSU};
use roxmltree::Node;

/// The two parts of a `Security` block that mean something to us.
pub(super) struct Block<'a, 'i> {
    pub(super) token: Node<'a, 'i>,
    pub(super) timestamp: Option<Node<'a, 'i>>,
}

/// Finds the one block for us. R80, R81.
pub(super) fn find<'a, 'i>(headers: &[Node<'a, 'i>], envelope: &str) -> Result<Block<'a, 'i>, SecurityError> {
    let mut blocks =
        headers.iter().filter(|header| header.has_tag_name((WSSE, "Security")) && is_for_us(**header, envelope));
    let security = blocks.next().ok_or(SecurityError::TokenRequired)?;
    if blocks.next().is_some() {
        return Err(SecurityError::HeaderInvalid);
    }
    let token = at_most_one(*security, (WSSE, "UsernameToken")).map_err(|Twice| SecurityError::HeaderInvalid)?;
    let timestamp = at_most_one(*security, (WSU, "Timestamp")).map_err(|Twice| SecurityError::HeaderInvalid)?;
    refuse_what_we_cannot_verify(*security)?;
    let token = token.ok_or(SecurityError::TokenRequired)?;
    Ok(Block { token, timestamp })
}

/// An element that may stand once stands there again.
pub(super) struct Twice;

/// The child of that name, if there is one. Other children are passed over.
pub(super) fn at_most_one<'a, 'i>(parent: Node<'a, 'i>, name: (&str, &str)) -> Result<Option<Node<'a, 'i>>, Twice> {
    let mut found = parent.children().filter(|child| child.has_tag_name(name));
    let first = found.next();
    match found.next() {
        Some(_) => Err(Twice),
        None => Ok(first),
    }
}

/// Refuses a parent that holds a token of a kind we would have to trust unread. R81.
pub(super) fn refuse_what_we_cannot_verify(parent: Node<'_, '_>) -> Result<(), SecurityError> {
    let unverifiable = |child: Node<'_, '_>| {
        let name = child.tag_name();
        match name.namespace() {
            Some(WSSE) => name.name() == "BinarySecurityToken",
            Some(namespace) => UNVERIFIABLE.contains(&namespace),
            None => false,
        }
    };
    if parent.children().filter(Node::is_element).any(unverifiable) {
        return Err(SecurityError::TokenUnsupported);
    }
    Ok(())
}

/// XML Signature, XML Encryption, the second WSS schema (encrypted headers, signature confirmations) and SAML.
const UNVERIFIABLE: [&str; 7] = [
    "http://www.w3.org/2000/09/xmldsig#",
    "http://www.w3.org/2009/xmldsig11#",
    "http://www.w3.org/2001/04/xmlenc#",
    "http://www.w3.org/2009/xmlenc11#",
    "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd",
    "urn:oasis:names:tc:SAML:1.0:assertion",
    "urn:oasis:names:tc:SAML:2.0:assertion",
];

/// Whether the block is for the server that the message was sent to: no actor, an empty one, or the next node.
/// Only an attribute in the envelope's namespace says so; SOAP 1.2 calls it `role`.
fn is_for_us(block: Node<'_, '_>, envelope: &str) -> bool {
    ["actor", "role"].into_iter().filter_map(|name| block.attribute((envelope, name))).all(|actor| {
        matches!(
            actor.trim(),
            "" | "http://schemas.xmlsoap.org/soap/actor/next"
                | "http://www.w3.org/2003/05/soap-envelope/role/next"
                | "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver"
        )
    })
}
