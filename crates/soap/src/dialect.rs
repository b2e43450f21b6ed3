//! How a service speaks on the wire: versions, prefixes, what it tolerates, and the words of the faults
//! that the crate itself gives. No operation is named here.

use http::StatusCode;

use crate::fault::Detail;

/// A version of SOAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// SOAP 1.1
    V11,
    /// SOAP 1.2
    V12,
}

impl Version {
    /// The namespace of the envelope.
    pub const fn namespace(self) -> &'static str {
        match self {
            Version::V11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Version::V12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    /// The Content-Type of answers.
    pub const fn content_type(self) -> &'static str {
        match self {
            Version::V11 => "text/xml; charset=utf-8",
            Version::V12 => "application/soap+xml; charset=utf-8",
        }
    }
}

/// How a service speaks.
#[derive(Debug)]
pub struct Dialect {
    /// The versions it answers. Another one is a version mismatch.
    pub versions: &'static [Version],
    /// The prefix of the envelope in answers.
    pub prefix: &'static str,
    /// What stands before the envelope in answers.
    pub xml_declaration: &'static str,
    /// Declared on the envelope of every answer behind the envelope's own prefix, in this order.
    pub declared: &'static [(&'static str, &'static str)],
    /// The media types of requests.
    pub media_types: MediaTypes,
    /// What a `SOAPAction` has to say.
    pub soap_action: SoapAction,
    /// How the response element is written.
    pub answers: Answers,
    /// The result element is named by the operation and this.
    pub result_suffix: &'static str,
    /// How a member without a value is written.
    pub absent: Absent,
    /// The namespaces in which parameters are found.
    pub children: Children,
    /// HTTP GET and POST forms are served below the path of each endpoint.
    pub forms: bool,
    /// Paths and query names are matched without regard to letter case.
    pub any_letter_case: bool,
    /// The status of the fault for XML that cannot be read. All other faults are 500.
    pub unreadable_status: StatusCode,
    /// How an element without content is closed.
    pub empty: Empty,
    /// An attribute on every `detail` of SOAP 1.1.
    pub detail_attribute: Option<(&'static str, &'static str)>,
    /// The `detail` of a version mismatch.
    pub version_mismatch_detail: Detail,
    /// Header blocks that are understood, by namespace; `None` as a name means each one of it.
    pub understood: &'static [(&'static str, Option<&'static str>)],
    /// The texts of faults.
    pub words: Words,
}

/// The media types of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaTypes {
    /// `text/xml` for SOAP 1.1 and `application/soap+xml` for SOAP 1.2.
    PerVersion,
    /// Any type of XML.
    AnyXml,
}

/// What a `SOAPAction` (in SOAP 1.2: the action parameter) has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoapAction {
    /// Absent, empty and `*` say nothing; else its last part has to name the operation of the body.
    MustMatch,
    /// Nothing.
    Ignored,
}

/// How the response element is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// Its namespace is the default namespace, and its children are in it.
    DefaultNamespace,
    /// It carries this prefix, and its children are in no namespace.
    Prefixed(&'static str),
}

/// How a member without a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// Not at all.
    Omitted,
    /// As an empty element with `xsi:nil="true"`.
    Nil,
}

/// The namespaces in which parameters are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Children {
    /// The local name decides.
    AnyNamespace,
    /// One of the service's own, or none. Others are unknown elements.
    ServiceOrNone,
}

/// How an element without content is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    /// `<name/>`
    Plain,
    /// `<name />`
    Spaced,
}

/// The texts of the faults that the crate itself gives. `{}` stands for the name in question.
#[derive(Debug)]
pub struct Words {
    /// XML or envelope cannot be read.
    pub unreadable: &'static str,
    /// The element in the body is no operation.
    pub unknown_operation: &'static str,
    /// The `SOAPAction` names another operation.
    pub other_action: &'static str,
    /// The namespace of the envelope is of no version that is served.
    pub version: &'static str,
    /// A header block must be understood and is not.
    pub not_understood: &'static str,
    /// Something that should not happen.
    pub internal: &'static str,
}
