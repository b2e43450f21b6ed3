//! The `wsdl:types` of a WSDL: wrapper elements, the types that they use, declared faults.

use crate::declaration::{Occurs, Ports, Type};
use crate::xml::Writer;

use super::{Scope, XS};

pub(super) fn write(scope: &Scope<'_>, writer: &mut Writer) {
    writer.start("wsdl:types");
    writer.start("xs:schema").attribute("xmlns:xs", XS);
    if scope.description().qualified {
        writer.attribute("elementFormDefault", "qualified");
    }
    writer.attribute("targetNamespace", scope.variant.namespace);
    let mut types = Types::default();
    for (operation, signature) in scope.operations() {
        writer.start("xs:element").attribute("name", operation.name).start("xs:complexType");
        if !signature.parameters.is_empty() {
            writer.start("xs:sequence");
            for parameter in signature.parameters {
                element(scope, writer, parameter.name, parameter.kind, parameter.optional);
                types.collect(parameter.kind);
            }
            writer.end();
        }
        writer.end().end();

        writer.start("xs:element").attribute("name", &format!("{}Response", operation.name)).start("xs:complexType");
        if let Some(result) = signature.result {
            let name = format!("{}{}", operation.name, scope.declaration.dialect.result_suffix);
            writer.start("xs:sequence");
            element(scope, writer, &name, result, false);
            writer.end();
            types.collect(result);
        }
        writer.end().end();
    }
    for kind in &types.named {
        define(scope, writer, *kind);
    }
    if matches!(scope.description().ports, Ports::Asmx(_)) {
        results(scope, writer);
    }
    writer.end();
    fault(scope, writer);
    writer.end();
}

/// The types with names of their own that operations use, each once, in the order of their first use.
#[derive(Default)]
struct Types {
    named: Vec<Type>,
}

impl Types {
    fn collect(&mut self, kind: Type) {
        if kind.name().1 || self.named.iter().any(|known| known.name() == kind.name()) {
            return;
        }
        self.named.push(kind);
        match kind {
            Type::Object(object) => object.fields.iter().for_each(|field| self.collect(field.kind)),
            Type::Array(array) => self.collect(array.item),
            _ => {}
        }
    }
}

fn type_name(kind: Type) -> String {
    let (name, is_schema) = kind.name();
    format!("{}:{name}", if is_schema { "xs" } else { "tns" })
}

fn element(scope: &Scope<'_>, writer: &mut Writer, name: &str, kind: Type, optional: bool) {
    let description = scope.description();
    let may_be_absent = match description.occurs {
        Occurs::ByType => kind.may_be_absent(),
        Occurs::ByDeclaration => optional,
    };
    writer
        .start("xs:element")
        .attribute("minOccurs", if may_be_absent { "0" } else { "1" })
        .attribute("maxOccurs", "1")
        .attribute("name", name);
    if description.nillable && kind.may_be_absent() {
        writer.attribute("nillable", "true");
    }
    writer.attribute("type", &type_name(kind)).end();
}

fn define(scope: &Scope<'_>, writer: &mut Writer, kind: Type) {
    match kind {
        Type::Enumeration(enumeration) => {
            writer.start("xs:simpleType").attribute("name", enumeration.name);
            writer.start("xs:restriction").attribute("base", "xs:string");
            for value in enumeration.values {
                writer.start("xs:enumeration").attribute("value", value).end();
            }
            writer.end().end();
        }
        Type::Object(object) => {
            writer.start("xs:complexType").attribute("name", object.name).start("xs:sequence");
            for field in object.fields {
                element(scope, writer, field.name, field.kind, false);
            }
            writer.end().end();
        }
        Type::Array(array) => {
            writer.start("xs:complexType").attribute("name", array.name).start("xs:sequence");
            writer
                .start("xs:element")
                .attribute("minOccurs", "0")
                .attribute("maxOccurs", "unbounded")
                .attribute("name", array.item_name);
            if array.item.may_be_absent() {
                writer.attribute("nillable", "true");
            }
            writer.attribute("type", &type_name(array.item)).end();
            writer.end().end();
        }
        _ => {}
    }
}

/// The elements that answer calls in the form binding, named for their types.
fn results(scope: &Scope<'_>, writer: &mut Writer) {
    let mut written: Vec<&str> = Vec::new();
    for result in scope.operations().filter_map(|(_, signature)| signature.result) {
        let (name, _) = result.name();
        if written.contains(&name) {
            continue;
        }
        written.push(name);
        writer.start("xs:element").attribute("name", name);
        if result.may_be_absent() {
            writer.attribute("nillable", "true");
        }
        writer.attribute("type", &type_name(result)).end();
    }
}

/// The declared fault: an element whose type has a name, since an anonymous one breaks Axis 1.4.
fn fault(scope: &Scope<'_>, writer: &mut Writer) {
    let Some(fault) = scope.description().fault else {
        return;
    };
    writer.start("xs:schema").attribute("xmlns:xs", XS).attribute("targetNamespace", fault.namespace);
    writer.start("xs:element").attribute("name", fault.name).attribute("type", &format!("exc:{}", fault.name)).end();
    writer.start("xs:complexType").attribute("name", fault.name).start("xs:sequence");
    for member in fault.members {
        writer.start("xs:element").attribute("name", member.name);
        if member.kind.may_be_absent() {
            writer.attribute("nillable", "true");
        }
        writer.attribute("type", &type_name(member.kind)).end();
    }
    writer.end().end().end();
}
