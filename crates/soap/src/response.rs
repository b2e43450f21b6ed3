//! Responses: results and faults in the words of the dialect.
//!
//! Contract: ecgridos-soap 1, 4.1; omnitracs-soap 1, 4.1, 4.5; soap-clients 1–3, 11; R74.

use std::borrow::Cow;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use jiff::{Timestamp, Unit};
use roxmltree::Node;
use zeroize::Zeroizing;

use crate::arguments::XSI;
use crate::call::{Binding, Call};
use crate::declaration::{Object, Type};
use crate::dialect::{Absent, Answers, Dialect, Empty, Version};
use crate::envelope::NotAnEnvelope;
use crate::fault::{Content, Detail, Element, Fault, FaultCode};
use crate::value::Value;
use crate::xml::Writer;

/// A value is not of the type that its operation declares: a mistake in the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mismatch;

/// A response without a body.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    response
}

pub(crate) fn method_not_allowed(allowed: &'static str) -> Response {
    let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

/// The same response as to GET, with its length but without its body.
pub(crate) fn without_body(response: Response) -> Response {
    let (head, _) = response.into_parts();
    Response::from_parts(head, Body::empty())
}

pub(crate) fn plain_fault(text: &str) -> Response {
    let body = Zeroizing::new(text.as_bytes().to_vec());
    full(StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", body)
}

pub(crate) fn html(page: String) -> Response {
    full(StatusCode::OK, "text/html; charset=utf-8", Zeroizing::new(page.into_bytes()))
}

pub(crate) fn xml(body: Zeroizing<Vec<u8>>) -> Response {
    full(StatusCode::OK, "text/xml; charset=utf-8", body)
}

fn full(status: StatusCode, content_type: &'static str, body: Zeroizing<Vec<u8>>) -> Response {
    let length = HeaderValue::from(body.len());
    // The bytes own the buffer, which wipes itself when the last of it was sent.
    let mut response = Response::new(Body::from(Bytes::from_owner(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CONTENT_LENGTH, length);
    response
}

/// The response that carries a result.
pub(crate) fn success(dialect: &Dialect, call: &Call, value: &Value) -> Result<Response, Mismatch> {
    let namespace = call.namespace.namespace;
    let result = call.operation.signature(call.variant).result;
    let Binding::Soap(version) = call.binding else {
        // One line, as ASP.NET writes answers to forms.
        let mut writer = Writer::new(dialect.xml_declaration.trim_end());
        if let Some(kind) = result {
            writer.start(kind.name().0).attribute("xmlns", namespace);
            if matches!(value, Value::Nothing) {
                writer.attribute("xmlns:xsi", XSI).attribute("xsi:nil", "true");
            }
            Values { dialect, writer: &mut writer }.content(kind, value)?;
            close(dialect, &mut writer);
        }
        return Ok(xml(writer.finish()));
    };
    let mut writer = envelope(dialect, version);
    let name = format!("{}Response", call.operation.name);
    let result_name = format!("{}{}", call.operation.name, dialect.result_suffix);
    match dialect.answers {
        Answers::DefaultNamespace => writer.start(&name).attribute("xmlns", namespace),
        Answers::Prefixed(prefix) => {
            writer.start(&format!("{prefix}:{name}")).attribute(&format!("xmlns:{prefix}"), namespace)
        }
    };
    match (result, value) {
        (None, Value::Nothing) => {}
        (None, _) => return Err(Mismatch),
        (Some(kind), value) => Values { dialect, writer: &mut writer }.element(&result_name, kind, value)?,
    }
    close(dialect, &mut writer);
    Ok(full(StatusCode::OK, version.content_type(), writer.finish()))
}

/// A writer with envelope and body open.
fn envelope(dialect: &Dialect, version: Version) -> Writer {
    envelope_with(dialect, version, |_| {})
}

fn envelope_with(dialect: &Dialect, version: Version, header: impl FnOnce(&mut Writer)) -> Writer {
    let prefix = dialect.prefix;
    let mut writer = Writer::new(dialect.xml_declaration);
    writer.start(&format!("{prefix}:Envelope")).attribute(&format!("xmlns:{prefix}"), version.namespace());
    for (name, namespace) in dialect.declared {
        writer.attribute(&format!("xmlns:{name}"), namespace);
    }
    header(&mut writer);
    writer.start(&format!("{prefix}:Body"));
    writer
}

fn close(dialect: &Dialect, writer: &mut Writer) {
    match dialect.empty {
        Empty::Plain => writer.end(),
        Empty::Spaced => writer.end_spaced(),
    };
}

struct Values<'a> {
    dialect: &'a Dialect,
    writer: &'a mut Writer,
}

impl Values<'_> {
    fn element(&mut self, name: &str, kind: Type, value: &Value) -> Result<(), Mismatch> {
        if matches!(value, Value::Nothing) {
            if self.dialect.absent == Absent::Nil {
                self.writer.start(name).attribute("xsi:nil", "true");
                close(self.dialect, self.writer);
            }
            return Ok(());
        }
        self.writer.start(name);
        self.content(kind, value)?;
        close(self.dialect, self.writer);
        Ok(())
    }

    fn content(&mut self, kind: Type, value: &Value) -> Result<(), Mismatch> {
        match (kind, value) {
            (_, Value::Nothing) => {}
            (Type::Object(object), Value::Object(members)) => self.members(object, members)?,
            (Type::Array(array), Value::Array(items)) => {
                for item in items {
                    self.element(array.item_name, array.item, item)?;
                }
            }
            (kind, value) => {
                let text = lexical(kind, value).ok_or(Mismatch)?;
                if !text.is_empty() {
                    self.writer.text(&text);
                }
            }
        }
        Ok(())
    }

    fn members(&mut self, object: &Object, members: &[(&'static str, Value)]) -> Result<(), Mismatch> {
        let declared = |name: &str| object.fields.iter().any(|field| field.name == name);
        if !members.iter().all(|(name, _)| declared(name)) {
            return Err(Mismatch);
        }
        for field in object.fields {
            let value = members.iter().find(|(name, _)| *name == field.name);
            self.element(field.name, field.kind, value.map_or(&Value::Nothing, |(_, value)| value))?;
        }
        Ok(())
    }
}

/// The text of a value of a simple type; `None` if it is of another type or out of its range.
fn lexical(kind: Type, value: &Value) -> Option<Cow<'_, str>> {
    let text = match (kind, value) {
        (Type::String, Value::Text(text)) => text.as_str().into(),
        (Type::String, Value::Secret(text)) => text.as_str().into(),
        (Type::Enumeration(list), Value::Text(text)) => {
            return list.values.contains(&text.as_str()).then(|| text.as_str().into());
        }
        (Type::Int, Value::Number(number)) => i32::try_from(*number).ok()?.to_string().into(),
        (Type::Short, Value::Number(number)) => i16::try_from(*number).ok()?.to_string().into(),
        (Type::Long, Value::Number(number)) => number.to_string().into(),
        (Type::Float, Value::Float(number)) if number.is_finite() => number.to_string().into(),
        (Type::Boolean, Value::Boolean(true)) => "true".into(),
        (Type::Boolean, Value::Boolean(false)) => "false".into(),
        (Type::DateTime, Value::DateTime(time)) => date_time(*time).into(),
        _ => return None,
    };
    Some(text)
}

/// UTC with `Z`, to the millisecond. Contract: ecgridos-soap 3 #17.
fn date_time(time: Timestamp) -> String {
    time.round(Unit::Millisecond).unwrap_or(time).to_string()
}

/// The response that carries a fault. `not_understood` are the header blocks that it is about.
pub(crate) fn fault(
    dialect: &Dialect,
    version: Version,
    status: StatusCode,
    fault: &Fault,
    not_understood: &[Node<'_, '_>],
) -> Response {
    let prefix = dialect.prefix;
    let mut writer = envelope_with(dialect, version, |writer| {
        if version == Version::V12 {
            headers12(dialect, writer, fault.code, not_understood);
        }
    });
    writer.start(&format!("{prefix}:Fault"));
    match version {
        Version::V11 => fault11(dialect, &mut writer, fault),
        Version::V12 => fault12(dialect, &mut writer, fault),
    }
    full(status, version.content_type(), writer.finish())
}

pub(crate) fn version_mismatch(dialect: &Dialect, version: Version) -> Response {
    let mismatch = Fault::new(FaultCode::VersionMismatch, dialect.words.version)
        .with_detail(dialect.version_mismatch_detail.clone());
    fault(dialect, version, StatusCode::INTERNAL_SERVER_ERROR, &mismatch, &[])
}

pub(crate) fn not_an_envelope(dialect: &Dialect, speaks: Version, error: NotAnEnvelope) -> Response {
    match error {
        NotAnEnvelope::Version => version_mismatch(dialect, speaks),
        NotAnEnvelope::Structure(version) => {
            let version = version.filter(|version| dialect.versions.contains(version)).unwrap_or(speaks);
            let unreadable = Fault::new(FaultCode::Client, dialect.words.unreadable);
            fault(dialect, version, StatusCode::INTERNAL_SERVER_ERROR, &unreadable, &[])
        }
    }
}

fn fault11(dialect: &Dialect, writer: &mut Writer, fault: &Fault) {
    writer.start("faultcode");
    let prefix = dialect.prefix;
    let code = match fault.code {
        FaultCode::Client => format!("{prefix}:Client"),
        FaultCode::Server => format!("{prefix}:Server"),
        FaultCode::MustUnderstand => format!("{prefix}:MustUnderstand"),
        FaultCode::VersionMismatch => format!("{prefix}:VersionMismatch"),
        FaultCode::Custom { prefix, namespace, name } => {
            writer.attribute(&format!("xmlns:{prefix}"), namespace);
            format!("{prefix}:{name}")
        }
    };
    writer.text(&code).end();
    writer.element("faultstring", &fault.text);
    detail(dialect, writer, "detail", dialect.detail_attribute, &fault.detail);
}

fn fault12(dialect: &Dialect, writer: &mut Writer, fault: &Fault) {
    let prefix = dialect.prefix;
    let name = |local: &str| format!("{prefix}:{local}");
    writer.start(&name("Code"));
    let (code, subcode) = match fault.code {
        FaultCode::Client => ("Sender", None),
        FaultCode::Server => ("Receiver", None),
        FaultCode::MustUnderstand => ("MustUnderstand", None),
        FaultCode::VersionMismatch => ("VersionMismatch", None),
        FaultCode::Custom { prefix, namespace, name } => ("Sender", Some((prefix, namespace, name))),
    };
    writer.element(&name("Value"), &name(code));
    if let Some((prefix, namespace, local)) = subcode {
        writer.start(&name("Subcode")).start(&name("Value"));
        writer.attribute(&format!("xmlns:{prefix}"), namespace);
        writer.text(&format!("{prefix}:{local}")).end().end();
    }
    writer.end();
    writer.start(&name("Reason")).start(&name("Text")).attribute("xml:lang", "en");
    writer.text(&fault.text).end().end();
    detail(dialect, writer, &name("Detail"), None, &fault.detail);
}

/// What SOAP 1.2 wants in the header of two of its faults: the blocks that were not understood, and the
/// versions that are served.
fn headers12(dialect: &Dialect, writer: &mut Writer, code: FaultCode, not_understood: &[Node<'_, '_>]) {
    let name = |local: &str| format!("{}:{local}", dialect.prefix);
    match code {
        FaultCode::MustUnderstand => {
            writer.start(&name("Header"));
            for block in not_understood {
                writer.start(&name("NotUnderstood"));
                let local = block.tag_name().name();
                match block.tag_name().namespace() {
                    Some(namespace) => writer.attribute("qname", &format!("h:{local}")).attribute("xmlns:h", namespace),
                    None => writer.attribute("qname", local),
                };
                close(dialect, writer);
            }
            writer.end();
        }
        FaultCode::VersionMismatch => {
            writer.start(&name("Header")).start(&name("Upgrade"));
            for version in dialect.versions.iter().rev() {
                writer
                    .start(&name("SupportedEnvelope"))
                    .attribute("qname", "v:Envelope")
                    .attribute("xmlns:v", version.namespace());
                close(dialect, writer);
            }
            writer.end().end();
        }
        FaultCode::Client | FaultCode::Server | FaultCode::Custom { .. } => {}
    }
}

fn detail(dialect: &Dialect, writer: &mut Writer, name: &str, attribute: Option<(&str, &str)>, detail: &Detail) {
    if *detail == Detail::None {
        return;
    }
    writer.start(name);
    if let Some((name, value)) = attribute {
        writer.attribute(name, value);
    }
    if let Detail::Holds(children) = detail {
        for child in children {
            detail_element(dialect, writer, child);
        }
    }
    close(dialect, writer);
}

fn detail_element(dialect: &Dialect, writer: &mut Writer, element: &Element) {
    match element.namespace {
        Some((prefix, namespace)) => {
            writer.start(&format!("{prefix}:{}", element.name)).attribute(&format!("xmlns:{prefix}"), namespace)
        }
        None => writer.start(element.name),
    };
    match &element.content {
        Content::Text(text) => {
            if !text.is_empty() {
                writer.text(text);
            }
        }
        Content::Elements(children) => {
            for child in children {
                detail_element(dialect, writer, child);
            }
        }
    }
    close(dialect, writer);
}
