//! The service as it is declared: namespace, dialect, WSDL, and the list of its operations. A new operation is one file
//! and one line in `SERVED`.
//!
//! Contract: omnitracs-soap 2.1, 3 #1, #19, #20, #21, 4.3.

use std::future::Future;
use std::pin::Pin;

use http::StatusCode;
use passgate_gate::audit;
use passgate_gate::caller::Caller;
use passgate_soap::call::Call;
use passgate_soap::declaration::{
    Declaration, DeclaredFault, Description, Endpoint, Field, Occurs, Operation, Ports, Type, Variant,
};
use passgate_soap::dialect::{Absent, Answers, Children, Dialect, Empty, MediaTypes, SoapAction, Version, Words};
use passgate_soap::fault::Detail;
use passgate_soap::value::Value;
use passgate_soap::wsse;

use crate::door::Door;
use crate::faults::{EXCEPTION_ELEMENT, EXCEPTION_NAMESPACE};
use crate::refusal::Refusal;
use crate::set_user_password;

/// The path of the service.
pub const PATH: &str = "/omasWebWS/services/OMASWebSvcs";
/// The second path of its WSDL, besides `?wsdl`.
pub const DESCRIPTION_PATH: &str = "/omasWebWS/services/OMASWebSvcs/wsdl/OMASWebSvcs.wsdl";

const SERVED: [Served; 1] = [set_user_password::SERVED];

/// An operation: what it looks like, under which name its attempts are recorded, and what it does once its caller is
/// known.
pub(crate) struct Served {
    pub(crate) declaration: &'static Operation,
    pub(crate) recorded_as: audit::Operation,
    pub(crate) perform: for<'a> fn(&'a Door, &'a Caller, &'a Call) -> Performing<'a>,
}

/// What an operation is doing.
pub(crate) type Performing<'a> = Pin<Box<dyn Future<Output = Result<Value, Refusal>> + Send + 'a>>;

/// The operation of a call.
pub(crate) fn served(operation: &Operation) -> Served {
    SERVED
        .into_iter()
        .find(|served| served.declaration.name == operation.name)
        .expect("the service declares what is served and nothing else")
}

static OPERATIONS: [&Operation; SERVED.len()] = {
    let mut operations = [SERVED[0].declaration; SERVED.len()];
    let mut at = 0;
    while at < SERVED.len() {
        operations[at] = SERVED[at].declaration;
        at += 1;
    }
    operations
};

/// The one published version of the service.
pub(crate) static PORTAL: Variant = Variant {
    namespace: "http://websvcs.omaswebws",
    description: Description {
        service: "OMASWebSvcsService",
        ports: Ports::One { port: "OMASWebSvcs", port_type: "OMASWebSvcs", binding: "OMASWebSvcsSoapBinding" },
        nillable: true,
        occurs: Occurs::ByDeclaration,
        java_method_names: false,
        qualified: false,
        empty_soap_action: true,
        fault: Some(&EXCEPTION),
    },
};

static EXCEPTION: DeclaredFault = DeclaredFault {
    name: EXCEPTION_ELEMENT,
    namespace: EXCEPTION_NAMESPACE,
    members: &[Field::new("message", Type::String)],
};

const ENDPOINT: Endpoint = Endpoint {
    path: PATH,
    variant: &PORTAL,
    descriptions: &[("", &PORTAL)],
    description_path: Some("/wsdl/OMASWebSvcs.wsdl"),
};

/// The whole service.
pub static SERVICE: Declaration = Declaration {
    name: "OMASWebSvcs",
    documentation: "User administration of the services portal. Every call carries a WS-Security UsernameToken.",
    dialect: Dialect {
        versions: &[Version::V11],
        prefix: "soapenv",
        xml_declaration: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
        declared: &[("xsd", "http://www.w3.org/2001/XMLSchema"), ("xsi", "http://www.w3.org/2001/XMLSchema-instance")],
        media_types: MediaTypes::AnyXml,
        soap_action: SoapAction::Ignored,
        answers: Answers::Prefixed("p431"),
        result_suffix: "Return",
        absent: Absent::Nil,
        children: Children::ServiceOrNone,
        forms: false,
        any_letter_case: false,
        unreadable_status: StatusCode::INTERNAL_SERVER_ERROR,
        empty: Empty::Plain,
        detail_attribute: Some(("encodingStyle", "")),
        version_mismatch_detail: Detail::None,
        understood: wsse::UNDERSTOOD,
        words: Words {
            unreadable: "The request could not be read.",
            unknown_operation: "No such operation: {}",
            other_action: "The request could not be read.",
            version: "SOAP 1.1 is required.",
            not_understood: "Header not understood: {}",
            internal: "001 Unknown Error.",
        },
    },
    variants: &[&PORTAL],
    endpoints: &[ENDPOINT],
    operations: &OPERATIONS,
};
