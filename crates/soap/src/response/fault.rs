//! Faults, written in the version of the request.
//!
//! Contract: ecgridos-soap 2.2, 4.1; omnitracs-soap 4.1, 4.3; soap-clients 2, 3; R71, R74.

use axum::response::Response;
use http::StatusCode;
use roxmltree::Node;

use super::envelope::{close, envelope_with};
use super::full;
use crate::dialect::{Dialect, Version};
use crate::envelope::NotAnEnvelope;
use crate::fault::{Content, Detail, Element, Fault, FaultCode};
use crate::xml::Writer;

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
