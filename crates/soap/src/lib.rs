//! SOAP 1.1 and 1.2 for axum: one declaration per operation, and out of it parser, serializer, WSDL,
//! help page and sample request, so that they cannot drift.
//!
//! A program declares a [`Declaration`] as plain `static` data, makes a
//! [`Service`] of it, and takes each request in two steps: [`Service::begin`] on its head,
//! [`Service::read`] on its body. Then it does its work, asynchronously, and hands the result to
//! [`Service::answer`]. See the README for a whole example.
//!
//! What it is careful about: XML is refused by a linear guard of our own before a parser sees it
//! ([`mod@xml::guard`]); there is no DTD, no entity beyond the five, nothing is ever fetched; text is all of
//! its text; arguments are wiped from memory and never printed; everything written is escaped.
//!
//! Not here: who may call what. The crate knows nothing of passwords and sessions.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod call;
pub mod declaration;
pub mod dialect;
pub mod envelope;
pub mod fault;
pub mod lexical;
pub mod service;
pub mod value;
pub mod wsse;
pub mod xml;

mod arguments;
mod form;
mod media_type;
mod pages;
mod response;
mod wsdl;

pub use call::{Argument, Arguments, Binding, Call};
pub use declaration::{
    Array, Declaration, DeclaredFault, Description, Endpoint, Enumeration, Field, Object, Occurs, Operation, Parameter,
    Ports, Signature, Type, Variant,
};
pub use dialect::{Absent, Answers, Children, Dialect, Empty, MediaTypes, SoapAction, Version, Words};
pub use fault::{Content, Detail, Element, Fault, FaultCode};
pub use service::{BODY_LIMIT, Expected, HeaderBlocks, Service, Step};
pub use value::Value;
