//! A service ready to answer: from the head of a request to a call, and from a result to a response.
//!
//! A request is taken in two steps. [`Service::begin`] decides what the head alone decides: pages, WSDL,
//! wrong methods, wrong types. [`Service::read`] reads the body, which the server around has collected
//! in its own way. Between [`Service::read`] and [`Service::answer`] the program does its work,
//! asynchronously if it likes; nothing of the request is borrowed then.

mod reading;

use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use roxmltree::Node;

use crate::call::{Binding, Call};
use crate::declaration::{Declaration, Endpoint, Operation};
use crate::dialect::{MediaTypes, Version};
use crate::fault::{Fault, FaultCode};
use crate::media_type::{MediaType, is_identity};
use crate::value::Value;
use crate::xml::Limits;
use crate::{form, pages, response, wsdl};

/// The largest body that is read. Contract: R67, R89.
pub const BODY_LIMIT: usize = 256 * 1024;

/// A service that answers requests.
#[derive(Debug)]
pub struct Service {
    declaration: &'static Declaration,
    limits: Limits,
    strict: bool,
}

/// What the head of a request leads to.
#[derive(Debug)]
pub enum Step {
    /// The answer is known already.
    Answer(Response),
    /// The body has to be read, at most [`BODY_LIMIT`] bytes of it.
    Body(Expected),
}

/// A request whose head was read and whose body is expected.
#[derive(Debug)]
pub struct Expected {
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Soap {
        media_type: MediaType,
        actions: Vec<String>,
    },
    Form {
        operation: &'static Operation,
        charset: Option<String>,
    },
    /// A form by GET: nothing is read, neither from the body nor from the query.
    Nothing {
        operation: &'static Operation,
    },
}

/// What a service that looks at header blocks is given: the blocks for us, in their document.
#[derive(Debug)]
pub struct HeaderBlocks<'a, 'n, 'input> {
    /// Every block for us, in order. Blocks for other actors are not among them.
    pub blocks: &'a [Node<'n, 'input>],
    /// The version of the envelope.
    pub version: Version,
}

impl Service {
    /// A service as declared.
    pub fn new(declaration: &'static Declaration) -> Self {
        Service { declaration, limits: Limits::default(), strict: false }
    }

    /// Whether elements that an operation does not know are refused; else they are ignored.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// What the service was made of.
    pub fn declaration(&self) -> &'static Declaration {
        self.declaration
    }

    /// Whether a path belongs to the service.
    pub fn owns(&self, path: &str) -> bool {
        self.find(path).is_some()
    }

    /// Decides what can be decided before the body is read.
    ///
    /// `origin` is scheme, host and port by which the client reached the server, as in
    /// `https://soap.example.com`; it stands in the WSDL. The server has to decide whom to believe that.
    pub fn begin(&self, head: &Parts, origin: &str) -> Step {
        let Some((endpoint, rest)) = self.find(head.uri.path()) else {
            return Step::Answer(response::empty(StatusCode::NOT_FOUND));
        };
        if !matches!(head.method, Method::GET | Method::HEAD | Method::POST) {
            return Step::Answer(response::method_not_allowed("GET, HEAD, POST"));
        }
        let step = match rest {
            "" if head.method == Method::POST => self.begin_soap(endpoint, &head.headers),
            "" => Step::Answer(self.page(endpoint, head.uri.query().unwrap_or(""), origin)),
            path if endpoint.description_path == Some(path) => match head.method {
                Method::POST => Step::Answer(response::method_not_allowed("GET, HEAD")),
                _ => Step::Answer(self.wsdl(endpoint, "", origin)),
            },
            operation => self.begin_form(endpoint, operation.trim_start_matches('/'), head),
        };
        match step {
            Step::Answer(answer) if head.method == Method::HEAD => Step::Answer(response::without_body(answer)),
            step => step,
        }
    }

    fn begin_soap(&self, endpoint: &'static Endpoint, headers: &HeaderMap) -> Step {
        let unsupported = || Step::Answer(response::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        let Some(media_type) = MediaType::of(headers).filter(|_| is_identity(headers)) else {
            return unsupported();
        };
        let served = match self.declaration.dialect.media_types {
            MediaTypes::AnyXml => media_type.is_xml(),
            MediaTypes::PerVersion => media_type.is_soap12() || media_type.essence == "text/xml",
        };
        if !served {
            return unsupported();
        }
        let mut actions: Vec<_> = headers
            .get_all("soapaction")
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect();
        actions.extend(media_type.action.clone());
        Step::Body(Expected { endpoint, kind: Kind::Soap { media_type, actions } })
    }

    fn begin_form(&self, endpoint: &'static Endpoint, name: &str, head: &Parts) -> Step {
        let dialect = &self.declaration.dialect;
        let Some(operation) = self.operation_in_path(name) else {
            let text = dialect.words.unknown_operation.replace("{}", name);
            return Step::Answer(response::plain_fault(&text));
        };
        if head.method != Method::POST {
            return if operation.safe {
                Step::Body(Expected { endpoint, kind: Kind::Nothing { operation } })
            } else {
                Step::Answer(response::plain_fault("Request format is not enabled."))
            };
        }
        let charset = match MediaType::of(&head.headers) {
            Some(media_type) if media_type.essence == "application/x-www-form-urlencoded" => media_type.charset,
            // Nothing to describe where there is nothing.
            None if !head.headers.contains_key(http::header::CONTENT_TYPE) && is_empty(&head.headers) => None,
            _ => return Step::Answer(response::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
        };
        if !is_identity(&head.headers) {
            return Step::Answer(response::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        Step::Body(Expected { endpoint, kind: Kind::Form { operation, charset } })
    }

    /// The response to a call.
    pub fn answer(&self, call: &Call, outcome: Result<Value, Fault>) -> Response {
        let dialect = &self.declaration.dialect;
        let outcome = outcome.and_then(|value| {
            response::success(dialect, call, &value).map_err(|_| Fault::new(FaultCode::Server, dialect.words.internal))
        });
        match (outcome, call.binding) {
            (Ok(response), _) => response,
            (Err(fault), Binding::Soap(version)) => self.fault_response(version, &fault),
            (Err(fault), Binding::Form) => response::plain_fault(&fault.text),
        }
    }

    /// The response to a request of which nothing is known but that something is wrong with it.
    pub fn fault_response(&self, version: Version, fault: &Fault) -> Response {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        response::fault(&self.declaration.dialect, version, status, fault, &[])
    }

    /// The WSDL of an endpoint, by the value of its `wsdl` query; an unknown value gives the first one.
    pub fn wsdl(&self, endpoint: &'static Endpoint, name: &str, origin: &str) -> Response {
        let (_, variant) = endpoint
            .descriptions
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .unwrap_or(&endpoint.descriptions[0]);
        let address = format!("{origin}{}", endpoint.path);
        response::xml(wsdl::write(self.declaration, variant, &address))
    }

    fn page(&self, endpoint: &'static Endpoint, query: &str, origin: &str) -> Response {
        for (name, value) in form::pairs(query) {
            if name.eq_ignore_ascii_case("wsdl") {
                return self.wsdl(endpoint, &value, origin);
            }
            if name.eq_ignore_ascii_case("op")
                && let Some(operation) = self.operation_in_path(&value)
            {
                return response::html(pages::operation(self.declaration, endpoint, operation, origin));
            }
        }
        response::html(pages::list(self.declaration, endpoint))
    }

    /// The endpoint of a path, and what stands behind it: nothing, or a slash and more.
    fn find<'p>(&self, path: &'p str) -> Option<(&'static Endpoint, &'p str)> {
        let dialect = &self.declaration.dialect;
        self.declaration.endpoints.iter().find_map(|endpoint| {
            let (start, rest) = path.split_at_checked(endpoint.path.len())?;
            let same = if dialect.any_letter_case {
                start.eq_ignore_ascii_case(endpoint.path)
            } else {
                start == endpoint.path
            };
            let behind =
                rest.is_empty() || endpoint.description_path == Some(rest) || (dialect.forms && rest.starts_with('/'));
            (same && behind).then_some((endpoint, rest))
        })
    }

    fn operation_in_path(&self, name: &str) -> Option<&'static Operation> {
        let any_case = self.declaration.dialect.any_letter_case;
        self.declaration
            .operations
            .iter()
            .copied()
            .find(|operation| operation.name == name || (any_case && operation.name.eq_ignore_ascii_case(name)))
    }
}

fn is_empty(headers: &HeaderMap) -> bool {
    !headers.contains_key(http::header::TRANSFER_ENCODING)
        && headers.get(http::header::CONTENT_LENGTH).is_none_or(|length| length.as_bytes() == b"0")
}
