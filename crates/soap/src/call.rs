//! A call that was read: which operation, in which namespace, with which arguments.
//!
//! Arguments are kept as text and read by type when the service asks for them, since a service decides
//! in which order what is wrong is told.

use std::fmt;

use zeroize::Zeroizing;

use crate::declaration::{Operation, Variant};
use crate::dialect::Version;
use crate::lexical::{self, NotLexical};

/// A call. It owns what it holds; the request may be gone.
pub struct Call {
    pub(crate) operation: &'static Operation,
    pub(crate) namespace: &'static Variant,
    pub(crate) variant: &'static Variant,
    pub(crate) binding: Binding,
    pub(crate) arguments: Arguments,
}

/// How a call came, and so how its answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// In an envelope of this version.
    Soap(Version),
    /// As the fields of a form.
    Form,
}

/// The arguments of a call, or the members of an object in it.
#[derive(Default)]
pub struct Arguments {
    pub(crate) given: Vec<(&'static str, Argument)>,
}

/// One argument.
pub enum Argument {
    /// Marked as nil, which is the same as absent.
    Nil,
    /// Its whole text, white space included.
    Text(Zeroizing<String>),
    /// The members of an object.
    Object(Arguments),
    /// The items of an array.
    Array(Vec<Argument>),
}

impl Call {
    /// The operation.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The variant whose namespace the caller used; the answer is in it.
    pub fn namespace(&self) -> &'static Variant {
        self.namespace
    }

    /// The variant whose result the caller expects: that of the namespace, unless a parameter was given
    /// that exists only in another one.
    pub fn variant(&self) -> &'static Variant {
        self.variant
    }

    /// How the call came.
    pub fn binding(&self) -> Binding {
        self.binding
    }
}

impl std::ops::Deref for Call {
    type Target = Arguments;

    fn deref(&self) -> &Arguments {
        &self.arguments
    }
}

impl Arguments {
    /// Whether an argument was given with a value.
    pub fn is_given(&self, name: &str) -> bool {
        !matches!(self.argument(name), None | Some(Argument::Nil))
    }

    /// An argument as it came, if it came at all.
    pub fn argument(&self, name: &str) -> Option<&Argument> {
        self.given.iter().find(|(known, _)| *known == name).map(|(_, argument)| argument)
    }

    /// The text of an argument, white space included; `None` when absent or nil.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.argument(name) {
            Some(Argument::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A copy of the text of an argument that wipes itself.
    pub fn secret(&self, name: &str) -> Option<Zeroizing<String>> {
        self.text(name).map(|text| Zeroizing::new(text.to_owned()))
    }

    /// An `xs:int`; `None` when absent or nil.
    pub fn int(&self, name: &str) -> Result<Option<i32>, NotLexical> {
        self.text(name).map(lexical::int).transpose()
    }

    /// An `xs:short`; `None` when absent or nil.
    pub fn short(&self, name: &str) -> Result<Option<i16>, NotLexical> {
        self.text(name).map(lexical::short).transpose()
    }

    /// An `xs:long`; `None` when absent or nil.
    pub fn long(&self, name: &str) -> Result<Option<i64>, NotLexical> {
        self.text(name).map(lexical::long).transpose()
    }

    /// An `xs:boolean`; `None` when absent or nil.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, NotLexical> {
        self.text(name).map(lexical::boolean).transpose()
    }

    /// The members of an object.
    pub fn object(&self, name: &str) -> Option<&Arguments> {
        match self.argument(name) {
            Some(Argument::Object(members)) => Some(members),
            _ => None,
        }
    }

    /// The items of an array; none when absent.
    pub fn array(&self, name: &str) -> &[Argument] {
        match self.argument(name) {
            Some(Argument::Array(items)) => items,
            _ => &[],
        }
    }
}

impl fmt::Debug for Call {
    /// Names only: values may be passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation.name)
            .field("namespace", &self.namespace.namespace)
            .field("variant", &self.variant.namespace)
            .field("binding", &self.binding)
            .field("arguments", &self.arguments)
            .finish()
    }
}

impl fmt::Debug for Arguments {
    /// Names only: values may be passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.given.iter().map(|(name, _)| name)).finish()
    }
}
