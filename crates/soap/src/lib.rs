//! SOAP 1.1 and 1.2 for axum (being written): so far its XML.

pub mod xml;
pub mod wsse;
