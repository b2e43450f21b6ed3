//! What a service declares, once: its operations, their parameters and results, and the variants in
//! which it is published. Parser, serializer, WSDL, help pages and sample requests all read these.
//!
//! Everything is `'static` and plain data, so that each operation is one `static` in one file.

use crate::dialect::Dialect;

/// A service: everything that is known of it before a request comes.
#[derive(Debug)]
pub struct Declaration {
    /// The name that its pages carry.
    pub name: &'static str,
    /// One or two sentences for its pages and its WSDL.
    pub documentation: &'static str,
    /// How it speaks on the wire.
    pub dialect: Dialect,
    /// The namespaces in which it is called, each with its own WSDL.
    pub variants: &'static [&'static Variant],
    /// Where it answers.
    pub endpoints: &'static [Endpoint],
    /// What it does.
    pub operations: &'static [&'static Operation],
}

/// One address of a service.
#[derive(Debug)]
pub struct Endpoint {
    /// The path, in the letter case in which it is shown.
    pub path: &'static str,
    /// What a call is taken for that names no namespace, neither in its element nor in its `SOAPAction`;
    /// calls in the form binding always are.
    pub variant: &'static Variant,
    /// What `?wsdl=` may name, and the variant described then. The first one answers `?wsdl` alone.
    pub descriptions: &'static [(&'static str, &'static Variant)],
    /// A second address of the first description, as a path behind [`Endpoint::path`].
    pub description_path: Option<&'static str>,
}

/// A namespace of a service, with the lists of parameters and the types that were published for it.
#[derive(Debug)]
pub struct Variant {
    /// The target namespace.
    pub namespace: &'static str,
    /// How its WSDL is written.
    pub description: Description,
}

impl PartialEq for Variant {
    fn eq(&self, other: &Self) -> bool {
        self.namespace == other.namespace
    }
}

impl Eq for Variant {}

/// How the WSDL of a variant is written.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent habits of generators, each named where it is set")]
pub struct Description {
    /// The name of the `wsdl:service`.
    pub service: &'static str,
    /// Its ports.
    pub ports: Ports,
    /// Strings, arrays and objects are `nillable="true"`.
    pub nillable: bool,
    /// Which elements may be left out.
    pub occurs: Occurs,
    /// Each operation carries a `jaxws:bindings` element that keeps the letter case of its name in Java.
    pub java_method_names: bool,
    /// Elements within the wrapper are in the target namespace.
    pub qualified: bool,
    /// Every `SOAPAction` is empty; else namespace and operation name.
    pub empty_soap_action: bool,
    /// The fault that every operation declares.
    pub fault: Option<&'static DeclaredFault>,
}

/// Which elements a WSDL lets callers leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurs {
    /// Strings, arrays and objects.
    ByType,
    /// Optional parameters.
    ByDeclaration,
}

/// The ports of a WSDL.
#[derive(Debug)]
pub enum Ports {
    /// One port for SOAP 1.1.
    One {
        /// The name of the port.
        port: &'static str,
        /// The name of its `portType`.
        port_type: &'static str,
        /// The name of its binding.
        binding: &'static str,
    },
    /// Four ports as ASP.NET publishes them: SOAP 1.1, SOAP 1.2, HTTP GET (safe operations only) and
    /// HTTP POST, each named by this text and `Soap`, `Soap12`, `HttpGet`, `HttpPost`.
    Asmx(&'static str),
}

/// A fault that a WSDL declares: an element with a named type of its own.
#[derive(Debug)]
pub struct DeclaredFault {
    /// The name of the element and of its type.
    pub name: &'static str,
    /// The namespace of both.
    pub namespace: &'static str,
    /// What it holds.
    pub members: &'static [Field],
}

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// The name of its element. The element in the body decides which operation is called.
    pub name: &'static str,
    /// What it does, for WSDL and help page.
    pub documentation: &'static str,
    /// It changes nothing and carries no secret, so the form binding offers it by GET too.
    pub safe: bool,
    /// Its lists of parameters. The first one tells what the form binding cannot do without.
    pub signatures: &'static [Signature],
    /// Parameters of which one stands for all: whoever gives one has given the others.
    pub synonyms: &'static [&'static [&'static str]],
    /// Parameters that are taken although no WSDL lists them.
    pub also: &'static [Parameter],
}

/// One list of parameters and its result, as published in one or more variants.
#[derive(Debug)]
pub struct Signature {
    /// The variants that publish it.
    pub variants: &'static [&'static Variant],
    /// The parameters in order.
    pub parameters: &'static [Parameter],
    /// The result; `None` for an operation that returns nothing.
    pub result: Option<Type>,
}

/// A parameter of an operation.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// The name of its element.
    pub name: &'static str,
    /// Its type.
    pub kind: Type,
    /// The form binding does without it.
    pub optional: bool,
}

impl Parameter {
    /// A parameter that the form binding wants to be there.
    pub const fn required(name: &'static str, kind: Type) -> Self {
        Parameter { name, kind, optional: false }
    }

    /// A parameter that may be left out everywhere.
    pub const fn optional(name: &'static str, kind: Type) -> Self {
        Parameter { name, kind, optional: true }
    }
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The name of its element.
    pub name: &'static str,
    /// Its type.
    pub kind: Type,
}

impl Field {
    /// A member with its type.
    pub const fn new(name: &'static str, kind: Type) -> Self {
        Field { name, kind }
    }
}

/// The type of a parameter, a member or a result.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// `xs:string`
    String,
    /// `xs:int`
    Int,
    /// `xs:short`
    Short,
    /// `xs:long`
    Long,
    /// `xs:float`
    Float,
    /// `xs:boolean`
    Boolean,
    /// `xs:dateTime`, always written in UTC with `Z`
    DateTime,
    /// A text out of a list.
    Enumeration(&'static Enumeration),
    /// Members in order.
    Object(&'static Object),
    /// Items of one type.
    Array(&'static Array),
}

impl Type {
    /// Whether an absent value of this type is told by leaving the element out.
    pub(crate) fn may_be_absent(self) -> bool {
        matches!(self, Type::String | Type::Object(_) | Type::Array(_))
    }

    /// The name without a prefix, and whether XML Schema defines it.
    pub(crate) fn name(self) -> (&'static str, bool) {
        match self {
            Type::String => ("string", true),
            Type::Int => ("int", true),
            Type::Short => ("short", true),
            Type::Long => ("long", true),
            Type::Float => ("float", true),
            Type::Boolean => ("boolean", true),
            Type::DateTime => ("dateTime", true),
            Type::Enumeration(enumeration) => (enumeration.name, false),
            Type::Object(object) => (object.name, false),
            Type::Array(array) => (array.name, false),
        }
    }
}

/// A list of texts.
#[derive(Debug)]
pub struct Enumeration {
    /// The name of the type.
    pub name: &'static str,
    /// The texts.
    pub values: &'static [&'static str],
}

/// Members in order.
#[derive(Debug)]
pub struct Object {
    /// The name of the type.
    pub name: &'static str,
    /// The members.
    pub fields: &'static [Field],
}

/// Items of one type.
#[derive(Debug)]
pub struct Array {
    /// The name of the type.
    pub name: &'static str,
    /// The name of the element of an item.
    pub item_name: &'static str,
    /// The type of an item.
    pub item: Type,
}

impl Operation {
    /// The signature that a variant publishes; else the first one.
    pub fn signature(&self, variant: &Variant) -> &'static Signature {
        self.published_in(variant).unwrap_or(&self.signatures[0])
    }

    /// The signature that a variant publishes, if it publishes the operation.
    pub fn published_in(&self, variant: &Variant) -> Option<&'static Signature> {
        self.signatures.iter().find(|signature| signature.variants.contains(&variant))
    }

    /// Every parameter that any signature knows.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &'static Parameter> {
        self.signatures.iter().flat_map(|signature| signature.parameters).chain(self.also)
    }

    /// Whether two names stand for the same parameter.
    pub(crate) fn are_synonyms(&self, one: &str, other: &str) -> bool {
        one == other || self.synonyms.iter().any(|group| group.contains(&one) && group.contains(&other))
    }
}

impl Declaration {
    /// The operation of a name.
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations.iter().copied().find(|operation| operation.name == name)
    }

    /// The variant of a namespace.
    pub fn variant(&self, namespace: &str) -> Option<&'static Variant> {
        self.variants.iter().copied().find(|variant| variant.namespace == namespace)
    }
}
