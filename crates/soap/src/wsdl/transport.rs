//! Messages, portTypes, bindings and ports of a WSDL.

use crate::declaration::{Operation, Signature};
use crate::xml::Writer;

use super::{JAXWS, Scope};

const SOAP_HTTP: &str = "http://schemas.xmlsoap.org/soap/http";

/// One port for SOAP 1.1.
pub(super) fn one(scope: &Scope<'_>, writer: &mut Writer, port: &str, port_type: &str, binding: &str) {
    soap_messages(scope, writer);
    soap_port_type(scope, writer, port_type);
    soap_binding(scope, writer, binding, port_type, "soap");
    writer.start("wsdl:service").attribute("name", scope.description().service);
    self::port(scope, writer, port, binding, "soap");
    writer.end();
}

/// Four ports as ASP.NET publishes them.
pub(super) fn asmx(scope: &Scope<'_>, writer: &mut Writer, base: &str) {
    let [soap, soap12] = ["Soap", "Soap12"].map(|suffix| format!("{base}{suffix}"));
    let forms = [Form { verb: "GET", suffix: "HttpGet" }, Form { verb: "POST", suffix: "HttpPost" }];
    soap_messages(scope, writer);
    for form in &forms {
        form.messages(scope, writer);
    }
    soap_port_type(scope, writer, &soap);
    for form in &forms {
        form.port_type(scope, writer, base);
    }
    soap_binding(scope, writer, &soap, &soap, "soap");
    soap_binding(scope, writer, &soap12, &soap, "soap12");
    for form in &forms {
        form.binding(scope, writer, base);
    }
    writer.start("wsdl:service").attribute("name", scope.description().service);
    port(scope, writer, &soap, &soap, "soap");
    port(scope, writer, &soap12, &soap12, "soap12");
    for form in &forms {
        let name = format!("{base}{}", form.suffix);
        port(scope, writer, &name, &name, "http");
    }
    writer.end();
}

fn port(scope: &Scope<'_>, writer: &mut Writer, name: &str, binding: &str, prefix: &str) {
    writer.start("wsdl:port").attribute("name", name).attribute("binding", &format!("tns:{binding}"));
    writer.start(&format!("{prefix}:address")).attribute("location", scope.address).end();
    writer.end();
}

fn soap_messages(scope: &Scope<'_>, writer: &mut Writer) {
    for (operation, _) in scope.operations() {
        for (message, element) in [("SoapIn", ""), ("SoapOut", "Response")] {
            writer.start("wsdl:message").attribute("name", &format!("{}{message}", operation.name));
            writer
                .start("wsdl:part")
                .attribute("name", "parameters")
                .attribute("element", &format!("tns:{}{element}", operation.name))
                .end();
            writer.end();
        }
    }
    if let Some(fault) = scope.description().fault {
        writer.start("wsdl:message").attribute("name", fault.name);
        writer.start("wsdl:part").attribute("name", "fault").attribute("element", &format!("exc:{}", fault.name)).end();
        writer.end();
    }
}

fn soap_port_type(scope: &Scope<'_>, writer: &mut Writer, name: &str) {
    writer.start("wsdl:portType").attribute("name", name);
    for (operation, _) in scope.operations() {
        start_operation(writer, operation);
        if scope.description().java_method_names {
            writer.start("jaxws:bindings").attribute("xmlns:jaxws", JAXWS);
            writer.start("jaxws:method").attribute("name", operation.name).end();
            writer.end();
        }
        message(writer, "input", &format!("{}SoapIn", operation.name));
        message(writer, "output", &format!("{}SoapOut", operation.name));
        if let Some(fault) = scope.description().fault {
            writer
                .start("wsdl:fault")
                .attribute("name", fault.name)
                .attribute("message", &format!("tns:{}", fault.name))
                .end();
        }
        writer.end();
    }
    writer.end();
}

fn start_operation(writer: &mut Writer, operation: &Operation) {
    writer.start("wsdl:operation").attribute("name", operation.name);
    writer.start("wsdl:documentation").text(operation.documentation).end();
}

fn message(writer: &mut Writer, direction: &str, name: &str) {
    writer.start(&format!("wsdl:{direction}")).attribute("message", &format!("tns:{name}")).end();
}

fn soap_binding(scope: &Scope<'_>, writer: &mut Writer, name: &str, port_type: &str, prefix: &str) {
    writer.start("wsdl:binding").attribute("name", name).attribute("type", &format!("tns:{port_type}"));
    writer.start(&format!("{prefix}:binding")).attribute("style", "document").attribute("transport", SOAP_HTTP).end();
    for (operation, _) in scope.operations() {
        let action = if scope.description().empty_soap_action {
            String::new()
        } else {
            format!("{}{}", scope.variant.namespace, operation.name)
        };
        writer.start("wsdl:operation").attribute("name", operation.name);
        writer
            .start(&format!("{prefix}:operation"))
            .attribute("soapAction", &action)
            .attribute("style", "document")
            .end();
        for direction in ["input", "output"] {
            writer.start(&format!("wsdl:{direction}"));
            writer.start(&format!("{prefix}:body")).attribute("use", "literal").end();
            writer.end();
        }
        if let Some(fault) = scope.description().fault {
            writer.start("wsdl:fault").attribute("name", fault.name);
            writer.start(&format!("{prefix}:fault")).attribute("name", fault.name).attribute("use", "literal").end();
            writer.end();
        }
        writer.end();
    }
    writer.end();
}

/// One of the two form bindings.
struct Form {
    verb: &'static str,
    suffix: &'static str,
}

impl Form {
    /// By GET only what is safe. Contract: ecgridos-soap 3 #22.
    fn operations(&self, scope: &Scope<'_>) -> impl Iterator<Item = (&'static Operation, &'static Signature)> {
        scope.operations().filter(|(operation, _)| operation.safe || self.verb == "POST")
    }

    fn messages(&self, scope: &Scope<'_>, writer: &mut Writer) {
        for (operation, signature) in self.operations(scope) {
            let name = |direction: &str| format!("{}{}{direction}", operation.name, self.suffix);
            writer.start("wsdl:message").attribute("name", &name("In"));
            for parameter in signature.parameters {
                writer.start("wsdl:part").attribute("name", parameter.name).attribute("type", "xs:string").end();
            }
            writer.end();
            writer.start("wsdl:message").attribute("name", &name("Out"));
            if let Some(result) = signature.result {
                let element = format!("tns:{}", result.name().0);
                writer.start("wsdl:part").attribute("name", "Body").attribute("element", &element).end();
            }
            writer.end();
        }
    }

    fn port_type(&self, scope: &Scope<'_>, writer: &mut Writer, base: &str) {
        writer.start("wsdl:portType").attribute("name", &format!("{base}{}", self.suffix));
        for (operation, _) in self.operations(scope) {
            start_operation(writer, operation);
            message(writer, "input", &format!("{}{}In", operation.name, self.suffix));
            message(writer, "output", &format!("{}{}Out", operation.name, self.suffix));
            writer.end();
        }
        writer.end();
    }

    fn binding(&self, scope: &Scope<'_>, writer: &mut Writer, base: &str) {
        let name = format!("{base}{}", self.suffix);
        writer.start("wsdl:binding").attribute("name", &name).attribute("type", &format!("tns:{name}"));
        writer.start("http:binding").attribute("verb", self.verb).end();
        for (operation, signature) in self.operations(scope) {
            writer.start("wsdl:operation").attribute("name", operation.name);
            writer.start("http:operation").attribute("location", &format!("/{}", operation.name)).end();
            writer.start("wsdl:input");
            if self.verb == "GET" {
                writer.start("http:urlEncoded").end();
            } else {
                writer.start("mime:content").attribute("type", "application/x-www-form-urlencoded").end();
            }
            writer.end();
            writer.start("wsdl:output");
            if signature.result.is_some() {
                writer.start("mime:mimeXml").attribute("part", "Body").end();
            }
            writer.end();
            writer.end();
        }
        writer.end();
    }
}
