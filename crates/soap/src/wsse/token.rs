//! Reads the parts of a `UsernameToken`. Knows nothing of time: `date.rs` does.

use super::block::{at_most_one, refuse_what_we_cannot_verify};
use super::{BASE64_BINARY, PASSWORD_TEXT, Rules, SecurityError, UsernameToken, WSSE, WSU, date};
use crate::xml::read::{ElementInText, text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;

/// Reads the token; its children may come in any order, unknown ones are passed over. R79, R80, R84.
pub(super) fn read(token: Node<'_, '_>, rules: &Rules) -> Result<UsernameToken, SecurityError> {
    let part = |name| at_most_one(token, name).map_err(|_| SecurityError::TokenInvalid);
    let username = part((WSSE, "Username"))?;
    let password = part((WSSE, "Password"))?;
    let nonce = part((WSSE, "Nonce"))?;
    let created = part((WSU, "Created"))?;
    refuse_what_we_cannot_verify(token)?;

    let username = username.ok_or(SecurityError::TokenInvalid)?;
    let password = password.ok_or(SecurityError::TokenInvalid)?;
    let nonce = nonce.map(nonce_bytes).transpose()?;
    let token_is_whole = created.is_some() && (nonce.is_some() || !rules.require_nonce);
    let token_is_bare = created.is_none() && nonce.is_none() && !rules.require_nonce;
    if !token_is_whole && !token_is_bare {
        return Err(SecurityError::TokenInvalid);
    }
    let token = UsernameToken {
        username: text(username).map_err(|ElementInText| SecurityError::TokenInvalid)?.to_string(),
        password: text(password).map_err(|ElementInText| SecurityError::TokenInvalid)?,
        nonce,
        created: created.map(date::read).transpose()?,
    };
    if is_plain(password) { Ok(token) } else { Err(SecurityError::PasswordTypeUnsupported) }
}

/// Whether the password is the password itself.
fn is_plain(password: Node<'_, '_>) -> bool {
    declared(password, "Type").all(|declared| declared == PASSWORD_TEXT)
}

/// The values of an attribute without a namespace, and of one in the token's own: passed over, the second would let a
/// digest be taken for a password. Compared by hand, since roxmltree finds an unqualified name in any namespace.
fn declared<'a>(element: Node<'a, '_>, name: &'static str) -> impl Iterator<Item = &'a str> {
    let ours = move |namespace: Option<&str>| namespace.is_none_or(|namespace| namespace == WSSE);
    element
        .attributes()
        .filter(move |attribute| attribute.name() == name && ours(attribute.namespace()))
        .map(|attribute| attribute.value().trim())
}

/// The decoded nonce; white space between its characters means nothing, as in every `xs:base64Binary`.
fn nonce_bytes(nonce: Node<'_, '_>) -> Result<Vec<u8>, SecurityError> {
    let encoded = text(nonce).map_err(|ElementInText| SecurityError::TokenInvalid)?;
    let encoded: String = encoded.chars().filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n')).collect();
    let bytes = STANDARD.decode(encoded).map_err(|_| SecurityError::TokenInvalid)?;
    let is_base64 = declared(nonce, "EncodingType").all(|encoding| encoding == BASE64_BINARY);
    if is_base64 && !bytes.is_empty() { Ok(bytes) } else { Err(SecurityError::TokenInvalid) }
}
