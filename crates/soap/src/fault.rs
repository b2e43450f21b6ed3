//! Faults, independent of the version in which they are written.

use std::borrow::Cow;

/// A fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Whose fault it is.
    pub code: FaultCode,
    /// The text for people.
    pub text: Cow<'static, str>,
    /// What programs read.
    pub detail: Detail,
}

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultCode {
    /// The caller's: `Client`, in SOAP 1.2 `Sender`.
    Client,
    /// Ours: `Server`, in SOAP 1.2 `Receiver`.
    Server,
    /// A header block that must be understood is not.
    MustUnderstand,
    /// The envelope is of no version that is served.
    VersionMismatch,
    /// A name of the service's own; in SOAP 1.2 a subcode of `Sender`.
    Custom {
        /// The prefix that is declared for it.
        prefix: &'static str,
        /// Its namespace.
        namespace: &'static str,
        /// Its local name.
        name: &'static str,
    },
}

/// What programs read of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// No detail element.
    None,
    /// An empty one.
    Empty,
    /// One with these children.
    Holds(Vec<Element>),
}

/// An element in the detail of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its local name.
    pub name: &'static str,
    /// Prefix and namespace; without, it is in no namespace.
    pub namespace: Option<(&'static str, &'static str)>,
    /// What it holds.
    pub content: Content,
}

/// What an element of a detail holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Text.
    Text(Cow<'static, str>),
    /// Elements.
    Elements(Vec<Element>),
}

impl Element {
    /// An element in no namespace that holds text.
    pub fn text(name: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Element { name, namespace: None, content: Content::Text(text.into()) }
    }

    /// An element in no namespace that holds elements.
    pub fn of(name: &'static str, children: Vec<Element>) -> Self {
        Element { name, namespace: None, content: Content::Elements(children) }
    }

    /// The same element in a namespace.
    #[must_use]
    pub fn in_namespace(mut self, prefix: &'static str, namespace: &'static str) -> Self {
        self.namespace = Some((prefix, namespace));
        self
    }
}

impl Fault {
    /// A fault with an empty detail.
    pub fn new(code: FaultCode, text: impl Into<Cow<'static, str>>) -> Self {
        Fault { code, text: text.into(), detail: Detail::Empty }
    }

    /// The same fault with another detail.
    #[must_use]
    pub fn with_detail(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }
}
