//! WSDL 1.1 out of the declaration: one self-contained file per variant.
//!
//! Contract: ecgridos-soap 2.3, 3 #3; omnitracs-soap 3 #19. What each rule is good for stands there; most
//! were found by trying generators of client code.

mod schema;
mod transport;

use zeroize::Zeroizing;

use crate::declaration::{Declaration, Description, Operation, Ports, Signature, Variant};
use crate::xml::Writer;

pub(crate) const XS: &str = "http://www.w3.org/2001/XMLSchema";
const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const WSDL_SOAP: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
const WSDL_SOAP12: &str = "http://schemas.xmlsoap.org/wsdl/soap12/";
const WSDL_HTTP: &str = "http://schemas.xmlsoap.org/wsdl/http/";
const WSDL_MIME: &str = "http://schemas.xmlsoap.org/wsdl/mime/";
const JAXWS: &str = "http://java.sun.com/xml/ns/jaxws";

/// What a WSDL is written of.
pub(crate) struct Scope<'a> {
    declaration: &'a Declaration,
    variant: &'a Variant,
    address: &'a str,
}

impl<'a> Scope<'a> {
    fn description(&self) -> &'a Description {
        &self.variant.description
    }

    /// The operations that the variant publishes, each with its list of parameters.
    fn operations(&self) -> impl Iterator<Item = (&'static Operation, &'static Signature)> {
        self.declaration
            .operations
            .iter()
            .filter_map(|operation| Some((*operation, operation.published_in(self.variant)?)))
    }
}

/// Writes the WSDL of a variant whose endpoint is at an address.
pub(crate) fn write(declaration: &Declaration, variant: &Variant, address: &str) -> Zeroizing<Vec<u8>> {
    let scope = Scope { declaration, variant, address };
    let mut writer = Writer::new(r#"<?xml version="1.0" encoding="utf-8"?>"#);
    definitions(&scope, &mut writer);
    writer.start("wsdl:documentation").text(declaration.documentation).end();
    schema::write(&scope, &mut writer);
    match scope.description().ports {
        Ports::One { port, port_type, binding } => {
            transport::one(&scope, &mut writer, port, port_type, binding);
        }
        Ports::Asmx(base) => transport::asmx(&scope, &mut writer, base),
    }
    writer.finish()
}

fn definitions(scope: &Scope<'_>, writer: &mut Writer) {
    let asmx = matches!(scope.description().ports, Ports::Asmx(_));
    writer
        .start("wsdl:definitions")
        .attribute("xmlns:wsdl", WSDL)
        .attribute("xmlns:soap", WSDL_SOAP)
        .attribute("xmlns:xs", XS)
        .attribute("xmlns:tns", scope.variant.namespace);
    // Declared only where it is served: some generators speak SOAP 1.2 as soon as they see this.
    if asmx {
        writer
            .attribute("xmlns:soap12", WSDL_SOAP12)
            .attribute("xmlns:http", WSDL_HTTP)
            .attribute("xmlns:mime", WSDL_MIME);
    }
    if let Some(fault) = scope.description().fault {
        writer.attribute("xmlns:exc", fault.namespace);
    }
    writer.attribute("name", scope.description().service).attribute("targetNamespace", scope.variant.namespace);
}
