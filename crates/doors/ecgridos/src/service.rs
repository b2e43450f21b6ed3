//! The service as it is declared: three namespaces with their descriptions, the addresses, the dialect, and the list of
//! its operations. A new operation is one file and one line in `SERVED`.
//!
//! Contract: ecgridos-soap 2.1, 2.3, 3 #1 to #4, 4.4.

use std::future::Future;
use std::pin::Pin;

use http::StatusCode;
use passgate_soap::{
    Absent, Answers, Children, Declaration, Description, Detail, Dialect, Empty, Endpoint, MediaTypes, Occurs,
    Operation, Ports, SoapAction, Value, Variant, Version, Words,
};

use crate::asked::Asked;
use crate::operations as does;
use crate::refusal::Refusal;

/// The main path.
pub const PATH: &str = "/v4.1/prod/ECGridOS.asmx";

/// The paths as routes; what stands in braces is compared without regard to letter case by the service.
pub(crate) const PATHS_IN_ANY_CASE: [&str; 6] = [
    "/v4.1/{environment}/{file}",
    "/V4.1/{environment}/{file}",
    "/v3.2/{environment}/{file}",
    "/V3.2/{environment}/{file}",
    "/v2.3/{environment}/{file}",
    "/V2.3/{environment}/{file}",
];

const SERVED: [Served; 12] = [
    does::login::SERVED,
    does::logout::SERVED,
    does::who_am_i::SERVED,
    does::session_info::SERVED,
    does::version::SERVED,
    does::now_utc::SERVED,
    does::user_password::SERVED,
    does::change_password::SERVED,
    does::generate_password::SERVED,
    does::user_reset::SERVED,
    does::user_info::SERVED,
    does::generate_api_key::SERVED,
];

/// An operation: what it looks like and what it does.
pub(crate) struct Served {
    pub(crate) declaration: &'static Operation,
    pub(crate) perform: for<'a> fn(&'a Asked<'a>) -> Performing<'a>,
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

/// The namespace of the newer pages, and of the seed: the default WSDL.
pub(crate) static NEWER: Variant = Variant {
    namespace: "http://www.ecgridos.net/",
    description: Description {
        service: "ECGridOS",
        ports: Ports::One { port: "ECGridOSPort", port_type: "ECGridOSPortType", binding: "ECGridOSBinding" },
        nillable: true,
        occurs: Occurs::ByType,
        java_method_names: true,
        qualified: true,
        empty_soap_action: false,
        fault: None,
    },
};

/// The namespace of the WSDL that version 4.1 published.
pub(crate) static V41: Variant =
    Variant { namespace: "https://os.ecgrid.io/", description: asmx("ECGridOS_x0020_API_x0020_v4") };

/// The namespace of the WSDL that version 3.2 published.
pub(crate) static V32: Variant =
    Variant { namespace: "http://ecgridos.net/", description: asmx("ECGridOS_x0020_API_x0020_v3") };

/// Variants that publish a list of parameters together.
pub(crate) const ALL: &[&Variant] = &[&NEWER, &V41, &V32];
pub(crate) const PUBLISHED: &[&Variant] = &[&V41, &V32];
pub(crate) const NEWER_ONLY: &[&Variant] = &[&NEWER];

const fn asmx(base: &'static str) -> Description {
    Description {
        service: base,
        ports: Ports::Asmx(base),
        nillable: false,
        occurs: Occurs::ByType,
        java_method_names: false,
        qualified: true,
        empty_soap_action: false,
        fault: None,
    }
}

/// The whole service.
pub static SERVICE: Declaration = Declaration {
    name: "ECGridOS",
    documentation: "Users, sessions and keys. Established API: new integrations use REST.",
    dialect: Dialect {
        versions: &[Version::V11, Version::V12],
        prefix: "soap",
        xml_declaration: "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n",
        declared: &[("xsi", "http://www.w3.org/2001/XMLSchema-instance"), ("xsd", "http://www.w3.org/2001/XMLSchema")],
        media_types: MediaTypes::PerVersion,
        soap_action: SoapAction::MustMatch,
        answers: Answers::DefaultNamespace,
        result_suffix: "Result",
        absent: Absent::Omitted,
        children: Children::AnyNamespace,
        forms: true,
        any_letter_case: true,
        unreadable_status: StatusCode::BAD_REQUEST,
        empty: Empty::Spaced,
        detail_attribute: None,
        version_mismatch_detail: Detail::Empty,
        understood: &[],
        words: Words {
            unreadable: "Unable to read the request.",
            unknown_operation: "Unknown operation: {}.",
            other_action: "SOAPAction does not match the request.",
            version: "SOAP 1.1 or 1.2 is required.",
            not_understood: "Header not understood: {}.",
            internal: "InternalError: An unexpected error occurred.",
        },
    },
    variants: ALL,
    endpoints: &[
        Endpoint { path: PATH, variant: &V41, descriptions: &[("", &NEWER), ("asmx", &V41)], description_path: None },
        Endpoint {
            path: "/v3.2/prod/ecgridos.asmx",
            variant: &V32,
            descriptions: &[("", &V32), ("asmx", &V32)],
            description_path: None,
        },
        Endpoint {
            path: "/v2.3/prod/ecgridos.asmx",
            variant: &V32,
            descriptions: &[("", &V32), ("asmx", &V32)],
            description_path: None,
        },
    ],
    operations: &OPERATIONS,
};
