//! The pages for people: the list of operations, and each operation with a sample request.
//!
//! Plain HTML without script, style or foreign address.

use std::fmt::Write as _;

use crate::declaration::{Declaration, Endpoint, Field, Operation, Type, Variant};
use crate::dialect::{Answers, Version};

/// The list of operations.
pub(crate) fn list(declaration: &Declaration, endpoint: &Endpoint) -> String {
    let mut page = start(declaration.name);
    let _ = write!(page, "<p>{}</p>\n<p>Service description: ", escape(declaration.documentation));
    for (at, (name, _)) in endpoint.descriptions.iter().enumerate() {
        let query = if name.is_empty() { "WSDL".to_owned() } else { format!("WSDL={}", escape(name)) };
        let _ = write!(page, "{}<a href=\"?{query}\">?{query}</a>", if at == 0 { "" } else { ", " });
    }
    page.push_str("</p>\n<dl>\n");
    for operation in declaration.operations {
        let name = operation.name;
        let words = escape(operation.documentation);
        let _ = writeln!(page, "<dt><a href=\"?op={name}\">{name}</a></dt><dd>{words}</dd>");
    }
    page.push_str("</dl>\n</body></html>\n");
    page
}

/// One operation with its sample request.
pub(crate) fn operation(declaration: &Declaration, endpoint: &Endpoint, operation: &Operation, origin: &str) -> String {
    let variant = endpoint
        .descriptions
        .iter()
        .map(|(_, variant)| *variant)
        .find(|variant| operation.published_in(variant).is_some())
        .unwrap_or(endpoint.variant);
    let mut page = start(&format!("{} - {}", declaration.name, operation.name));
    let _ = writeln!(page, "<p>{}</p>", escape(operation.documentation));
    page.push_str("<p><a href=\"?\">All operations</a></p>\n<table>\n");
    for parameter in operation.signature(variant).parameters {
        let _ = writeln!(page, "<tr><td>{}</td><td>{}</td></tr>", parameter.name, parameter.kind.name().0);
    }
    let result = operation.signature(variant).result.map_or("nothing", |kind| kind.name().0);
    let _ = writeln!(page, "</table>\n<p>Returns {result}.</p>\n<h2>Sample request</h2>");
    let request = sample_request(declaration, endpoint, operation, variant, origin);
    let _ = writeln!(page, "<pre>{}</pre>\n</body></html>", escape(&request));
    page
}

fn sample_request(
    declaration: &Declaration,
    endpoint: &Endpoint,
    operation: &Operation,
    variant: &Variant,
    origin: &str,
) -> String {
    let name = operation.name;
    let namespace = variant.namespace;
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let action = if variant.description.empty_soap_action { String::new() } else { format!("{namespace}{name}") };
    let (open, close) = match declaration.dialect.answers {
        Answers::DefaultNamespace => (format!("{name} xmlns=\"{namespace}\""), name.to_owned()),
        Answers::Prefixed(_) => (format!("w:{name} xmlns:w=\"{namespace}\""), format!("w:{name}")),
    };
    let mut sample = format!(
        "POST {} HTTP/1.1\nHost: {host}\nContent-Type: {}\nSOAPAction: \"{action}\"\n\n\
         <?xml version=\"1.0\" encoding=\"utf-8\"?>\n<soap:Envelope xmlns:soap=\"{}\">\n  <soap:Body>\n    <{open}>\n",
        endpoint.path,
        Version::V11.content_type(),
        Version::V11.namespace(),
    );
    for parameter in operation.signature(variant).parameters {
        sample_element(&mut sample, 6, parameter.name, parameter.kind);
    }
    let _ = write!(sample, "    </{close}>\n  </soap:Body>\n</soap:Envelope>\n");
    sample
}

fn sample_element(sample: &mut String, indent: usize, name: &str, kind: Type) {
    let space = " ".repeat(indent);
    match kind {
        Type::Object(object) => {
            let _ = writeln!(sample, "{space}<{name}>");
            for Field { name, kind } in object.fields {
                sample_element(sample, indent + 2, name, *kind);
            }
            let _ = writeln!(sample, "{space}</{name}>");
        }
        Type::Array(array) => {
            let _ = writeln!(sample, "{space}<{name}>");
            sample_element(sample, indent + 2, array.item_name, array.item);
            let _ = writeln!(sample, "{space}</{name}>");
        }
        Type::Enumeration(enumeration) => {
            let _ = writeln!(sample, "{space}<{name}>{}</{name}>", enumeration.values.join(" | "));
        }
        kind => {
            let _ = writeln!(sample, "{space}<{name}>{}</{name}>", kind.name().0);
        }
    }
}

fn start(title: &str) -> String {
    let title = escape(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
