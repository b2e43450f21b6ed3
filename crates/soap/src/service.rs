//! A service ready to answer: from the head of a request to a call, and from a result to a response.
//!
//! A request is taken in two steps. [`Service::begin`] decides what the head alone decides: pages, WSDL,
//! wrong methods, wrong types. [`Service::read`] reads the body, which the server around has collected
//! in its own way. Between [`Service::read`] and [`Service::answer`] the program does its work,
//! asynchronously if it likes; nothing of the request is borrowed then.

use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use roxmltree::Node;

use crate::call::{Binding, Call};
use crate::declaration::{Declaration, Endpoint, Operation};
use crate::dialect::{MediaTypes, Version};
use crate::envelope::Envelope;
use crate::fault::{Detail, Fault, FaultCode};
use crate::media_type::{MediaType, is_identity};
use crate::value::Value;
use crate::xml::{self, EncodingError, Limits};
use crate::{arguments, form, pages, response, wsdl};

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

    /// Reads the body of a request. The error is the response to give.
    pub fn read(&self, expected: Expected, body: &[u8]) -> Result<Call, Box<Response>> {
        self.read_with(expected, body, |_| Ok(())).map(|(call, ())| call)
    }

    /// Reads the body of a request, and lets the service look at the header blocks for it.
    ///
    /// The blocks are shown after everything else about the envelope was found right; a form has none.
    pub fn read_with<H>(
        &self,
        expected: Expected,
        body: &[u8],
        headers: impl FnOnce(HeaderBlocks<'_, '_, '_>) -> Result<H, Fault>,
    ) -> Result<(Call, H), Box<Response>> {
        if body.len() > BODY_LIMIT {
            return Err(Box::new(response::empty(StatusCode::PAYLOAD_TOO_LARGE)));
        }
        match expected.kind {
            Kind::Soap { media_type, actions } => {
                self.read_soap(expected.endpoint, &media_type, &actions, body, headers)
            }
            Kind::Form { operation, charset } => {
                let arguments = form::read(operation, body, charset.as_deref(), self.strict)
                    .map_err(|error| Box::new(error.response(&self.declaration.dialect)))?;
                self.form_call(expected.endpoint, operation, arguments, headers)
            }
            Kind::Nothing { operation } => self.form_call(expected.endpoint, operation, arguments::none(), headers),
        }
    }

    fn form_call<H>(
        &self,
        endpoint: &'static Endpoint,
        operation: &'static Operation,
        arguments: crate::call::Arguments,
        headers: impl FnOnce(HeaderBlocks<'_, '_, '_>) -> Result<H, Fault>,
    ) -> Result<(Call, H), Box<Response>> {
        let variant = arguments::variant(operation, endpoint.variant, &arguments);
        let call = Call { operation, namespace: endpoint.variant, variant, binding: Binding::Form, arguments };
        match headers(HeaderBlocks { blocks: &[], version: Version::V11 }) {
            Ok(seen) => Ok((call, seen)),
            Err(fault) => Err(Box::new(self.answer(&call, Err(fault)))),
        }
    }

    fn read_soap<H>(
        &self,
        endpoint: &'static Endpoint,
        media_type: &MediaType,
        actions: &[String],
        body: &[u8],
        headers: impl FnOnce(HeaderBlocks<'_, '_, '_>) -> Result<H, Fault>,
    ) -> Result<(Call, H), Box<Response>> {
        let dialect = &self.declaration.dialect;
        // What cannot be read names no version; then the media type tells which one the caller speaks.
        let speaks = if media_type.is_soap12() && dialect.versions.contains(&Version::V12) {
            Version::V12
        } else {
            Version::V11
        };
        let unreadable = || {
            let fault = Fault::new(FaultCode::Client, dialect.words.unreadable);
            response::fault(dialect, speaks, dialect.unreadable_status, &fault, &[])
        };
        let text = match xml::decode(body, media_type.charset.as_deref()) {
            Ok(text) => text,
            Err(EncodingError::Unsupported) => {
                return Err(Box::new(response::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE)));
            }
            Err(EncodingError::Disagree | EncodingError::Malformed) => {
                return Err(Box::new(unreadable()));
            }
        };
        let document = xml::parse(&text, &self.limits).map_err(|_| unreadable())?;
        let envelope = Envelope::read(&document).map_err(|error| response::not_an_envelope(dialect, speaks, error))?;
        if !dialect.versions.contains(&envelope.version) {
            return Err(Box::new(response::version_mismatch(dialect, Version::V11)));
        }
        if dialect.media_types == MediaTypes::PerVersion && media_type.is_soap12() != (envelope.version == Version::V12)
        {
            return Err(Box::new(response::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE)));
        }
        self.check_must_understand(&envelope)?;
        let call = arguments::read(self.declaration, endpoint, &envelope, actions, self.strict)
            .map_err(|fault| self.fault_response(envelope.version, &fault))?;
        let blocks: Vec<_> = envelope.headers.iter().copied().filter(|block| envelope.is_for_us(*block)).collect();
        match headers(HeaderBlocks { blocks: &blocks, version: envelope.version }) {
            Ok(seen) => Ok((call, seen)),
            Err(fault) => Err(Box::new(self.fault_response(envelope.version, &fault))),
        }
    }

    fn check_must_understand(&self, envelope: &Envelope<'_, '_>) -> Result<(), Box<Response>> {
        let dialect = &self.declaration.dialect;
        let understood = |block: Node<'_, '_>| {
            let name = block.tag_name();
            dialect.understood.iter().any(|(namespace, local)| {
                name.namespace() == Some(namespace) && local.is_none_or(|local| local == name.name())
            })
        };
        let blocks = envelope.not_understood(understood).map_err(|_| {
            self.fault_response(envelope.version, &Fault::new(FaultCode::Client, dialect.words.unreadable))
        })?;
        let Some(first) = blocks.first() else {
            return Ok(());
        };
        let text = dialect.words.not_understood.replace("{}", first.tag_name().name());
        let fault = Fault::new(FaultCode::MustUnderstand, text).with_detail(Detail::None);
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Err(Box::new(response::fault(dialect, envelope.version, status, &fault, &blocks)))
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
