//! From the element of an operation to a call: which operation, which namespace, which arguments.
//!
//! Contract: ecgridos-soap 3 #1, #2, #4, #23; omnitracs-soap 3 #1, #2, #21; R69, R72, R76.

use roxmltree::Node;

use crate::call::{Argument, Arguments, Binding, Call};
use crate::declaration::{Declaration, Endpoint, Operation, Type, Variant};
use crate::dialect::{Children, SoapAction};
use crate::envelope::Envelope;
use crate::fault::{Fault, FaultCode};
use crate::lexical;
use crate::xml;
use crate::xml::read::{element_children, has_stray_text};

pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const ENCODINGS: [&str; 2] = ["http://schemas.xmlsoap.org/soap/encoding/", "http://www.w3.org/2003/05/soap-encoding"];

/// Something in the element of the operation cannot be read as the declaration wants it.
struct Unreadable;

/// Reads the call in an envelope.
pub(crate) fn read(
    declaration: &'static Declaration,
    endpoint: &'static Endpoint,
    envelope: &Envelope<'_, '_>,
    actions: &[String],
    strict: bool,
) -> Result<Call, Fault> {
    let words = &declaration.dialect.words;
    let element = envelope.operation;
    let name = element.tag_name().name();
    let unknown = || Fault::new(FaultCode::Client, words.unknown_operation.replace("{}", name));
    let named = match element.tag_name().namespace().filter(|namespace| !namespace.is_empty()) {
        Some(namespace) => Some(declaration.variant(namespace).ok_or_else(unknown)?),
        None => None,
    };
    let operation = declaration.operation(name).ok_or_else(unknown)?;
    let mut by_action = None;
    if declaration.dialect.soap_action == SoapAction::MustMatch {
        for action in actions {
            let (namespace, last) = split_action(action);
            if !(last.is_empty() || last == "*" || last == name) {
                return Err(Fault::new(FaultCode::Client, words.other_action));
            }
            by_action = by_action.or_else(|| declaration.variant(namespace));
        }
    }
    let namespace = named.or(by_action).unwrap_or(endpoint.variant);
    let reader = Reader { declaration, strict };
    let arguments =
        reader.arguments(operation, element).map_err(|Unreadable| Fault::new(FaultCode::Client, words.unreadable))?;
    let variant = variant(operation, namespace, &arguments);
    Ok(Call { operation, namespace, variant, binding: Binding::Soap(envelope.version), arguments })
}

/// The variant whose result is expected: another one than the namespace's only if a parameter was given
/// that the namespace's own list lacks and the other one has.
pub(crate) fn variant(
    operation: &'static Operation,
    namespace: &'static Variant,
    arguments: &Arguments,
) -> &'static Variant {
    let lists = |signature: &crate::declaration::Signature, name: &str| {
        signature.parameters.iter().any(|parameter| parameter.name == name)
    };
    let own = operation.signature(namespace);
    arguments
        .given
        .iter()
        .filter(|(name, _)| !lists(own, name))
        .find_map(|(name, _)| operation.signatures.iter().find(|other| lists(other, name)))
        .and_then(|other| other.variants.first().copied())
        .unwrap_or(namespace)
}

/// The namespace part of a `SOAPAction` and its last part.
fn split_action(action: &str) -> (&str, &str) {
    let action = lexical::trim(action).trim_matches('"');
    match action.rfind(['/', '#']) {
        Some(at) => action.split_at(at + 1),
        None => ("", action),
    }
}

struct Reader {
    declaration: &'static Declaration,
    strict: bool,
}

impl Reader {
    fn arguments(&self, operation: &Operation, element: Node<'_, '_>) -> Result<Arguments, Unreadable> {
        // Values that stand elsewhere, and arrays that bring their own rules, are no document style.
        for node in element.descendants().filter(Node::is_element) {
            let refers = node.attributes().any(|attribute| match attribute.namespace() {
                None => attribute.name() == "href",
                Some(namespace) => ENCODINGS.contains(&namespace) && matches!(attribute.name(), "arrayType" | "ref"),
            });
            if refers {
                return Err(Unreadable);
            }
        }
        self.members(element, |name| {
            operation.parameters().find(|known| known.name == name).map(|known| (known.name, known.kind))
        })
    }

    fn members(
        &self,
        element: Node<'_, '_>,
        known: impl Fn(&str) -> Option<(&'static str, Type)>,
    ) -> Result<Arguments, Unreadable> {
        if has_stray_text(element) {
            return Err(Unreadable);
        }
        let mut arguments = Arguments::default();
        for child in element_children(element) {
            match known(child.tag_name().name()).filter(|_| self.is_ours(child)) {
                Some((name, kind)) => {
                    if arguments.given.iter().any(|(given, _)| *given == name) {
                        return Err(Unreadable);
                    }
                    arguments.given.push((name, self.argument(child, kind)?));
                }
                None if self.strict => return Err(Unreadable),
                None => {}
            }
        }
        Ok(arguments)
    }

    fn argument(&self, element: Node<'_, '_>, kind: Type) -> Result<Argument, Unreadable> {
        if let Some(nil) = element.attribute((XSI, "nil"))
            && lexical::boolean(nil).map_err(|_| Unreadable)?
        {
            return Ok(Argument::Nil);
        }
        match kind {
            Type::Object(object) => self
                .members(element, |name| {
                    object.fields.iter().find(|field| field.name == name).map(|field| (field.name, field.kind))
                })
                .map(Argument::Object),
            Type::Array(array) => {
                if has_stray_text(element) {
                    return Err(Unreadable);
                }
                // The name of an item carries nothing; clients write it as their toolchain likes.
                element_children(element)
                    .map(|item| self.argument(item, array.item))
                    .collect::<Result<_, _>>()
                    .map(Argument::Array)
            }
            _ => xml::text(element).map(Argument::Text).map_err(|_| Unreadable),
        }
    }

    fn is_ours(&self, element: Node<'_, '_>) -> bool {
        match (self.declaration.dialect.children, element.tag_name().namespace()) {
            (Children::AnyNamespace, _) | (Children::ServiceOrNone, None | Some("")) => true,
            (Children::ServiceOrNone, Some(namespace)) => self.declaration.variant(namespace).is_some(),
        }
    }
}
