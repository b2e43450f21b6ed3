//! The second step of a request: its body.

use axum::response::Response;
use http::StatusCode;
use roxmltree::Node;

use super::{BODY_LIMIT, Expected, HeaderBlocks, Kind, Service};
use crate::call::{Arguments, Binding, Call};
use crate::declaration::{Endpoint, Operation};
use crate::dialect::{MediaTypes, Version};
use crate::envelope::Envelope;
use crate::fault::{Detail, Fault, FaultCode};
use crate::media_type::MediaType;
use crate::xml::{self, EncodingError};
use crate::{arguments, form, response};

impl Service {
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
            Kind::Nothing { operation } => self.form_call(expected.endpoint, operation, Arguments::default(), headers),
        }
    }

    fn form_call<H>(
        &self,
        endpoint: &'static Endpoint,
        operation: &'static Operation,
        arguments: Arguments,
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
}
