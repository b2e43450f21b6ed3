//! One small service in both dialects, for the promises of the SOAP parsers, and a client of it.

use std::sync::LazyLock;

use axum::response::Response;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use passgate_soap::{
    Absent, Answers, Array, Call, Children, Declaration, Description, Detail, Dialect, Empty, Endpoint, Fault, Field,
    HeaderBlocks, MediaTypes, Object, Occurs, Operation, Parameter, Ports, Service, Signature, SoapAction, Step, Type,
    Variant, Version, Words, wsse,
};

pub(crate) const NAMESPACE: &str = "http://locker.example/";

const fn description(qualified: bool) -> Description {
    Description {
        service: "Locker",
        ports: Ports::Asmx("Locker"),
        nillable: true,
        occurs: Occurs::ByType,
        java_method_names: false,
        qualified,
        empty_soap_action: false,
        fault: None,
    }
}

static VARIANT: Variant = Variant { namespace: NAMESPACE, description: description(true) };
static PLACE: Object =
    Object { name: "Place", fields: &[Field::new("Street", Type::String), Field::new("Floor", Type::Int)] };
static NOTES: Array = Array { name: "ArrayOfString", item_name: "string", item: Type::String };

/// Sets the word of a locker.
pub(crate) static SET_WORD: Operation = Operation {
    name: "SetWord",
    documentation: "Sets the word of a locker.",
    safe: false,
    signatures: &[Signature {
        variants: &[&VARIANT],
        parameters: &[
            Parameter::required("Owner", Type::Int),
            Parameter::required("Word", Type::String),
            Parameter::optional("Again", Type::Boolean),
            Parameter::optional("At", Type::Object(&PLACE)),
            Parameter::optional("Notes", Type::Array(&NOTES)),
        ],
        result: Some(Type::Boolean),
    }],
    synonyms: &[],
    also: &[],
};

const WORDS: Words = Words {
    unreadable: "Unable to read the request.",
    unknown_operation: "Unknown operation: {}.",
    other_action: "SOAPAction does not match the request.",
    version: "Unknown envelope.",
    not_understood: "Header not understood: {}",
    internal: "Broken.",
};

const ENDPOINTS: &[Endpoint] =
    &[Endpoint { path: "/locker", variant: &VARIANT, descriptions: &[("", &VARIANT)], description_path: None }];

/// As ASP.NET speaks.
static ASPNET: Declaration = Declaration {
    name: "Locker",
    documentation: "Lockers.",
    dialect: Dialect {
        versions: &[Version::V11, Version::V12],
        prefix: "soap",
        xml_declaration: r#"<?xml version="1.0" encoding="utf-8"?>"#,
        declared: &[],
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
        words: WORDS,
    },
    variants: &[&VARIANT],
    endpoints: ENDPOINTS,
    operations: &[&SET_WORD],
};

/// As WebSphere speaks.
static WEBSPHERE: Declaration = Declaration {
    name: "Locker",
    documentation: "Lockers.",
    dialect: Dialect {
        versions: &[Version::V11],
        prefix: "soapenv",
        xml_declaration: r#"<?xml version="1.0" encoding="UTF-8"?>"#,
        declared: &[],
        media_types: MediaTypes::AnyXml,
        soap_action: SoapAction::Ignored,
        answers: Answers::Prefixed("p1"),
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
        words: WORDS,
    },
    variants: &[&VARIANT],
    endpoints: ENDPOINTS,
    operations: &[&SET_WORD],
};

/// Each dialect, as it is and strict.
pub(crate) static SERVICES: LazyLock<[Service; 4]> = LazyLock::new(|| {
    [
        Service::new(&ASPNET),
        Service::new(&ASPNET).strict(true),
        Service::new(&WEBSPHERE),
        Service::new(&WEBSPHERE).strict(true),
    ]
});

/// The service that speaks as ASP.NET does.
pub(crate) fn aspnet() -> &'static Service {
    &SERVICES[0]
}

/// A refusal as a client sees it.
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) body: String,
}

impl Refused {
    fn of(response: Response) -> Self {
        let status = response.status();
        let whole = std::pin::pin!(response.into_body().collect());
        let std::task::Poll::Ready(Ok(body)) =
            whole.poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
        else {
            panic!("an answer is in memory, whole");
        };
        Self { status, body: String::from_utf8(body.to_bytes().to_vec()).expect("answers are UTF-8") }
    }
}

/// Sends a body to a service.
pub(crate) fn post(service: &Service, path: &str, content_type: &str, body: &[u8]) -> Result<Call, Refused> {
    post_seen(service, path, content_type, body, |_| Ok(())).map(|(call, ())| call)
}

/// The same with a look at its header blocks.
pub(crate) fn post_seen<H>(
    service: &Service,
    path: &str,
    content_type: &str,
    body: &[u8],
    look: impl FnOnce(HeaderBlocks<'_, '_, '_>) -> Result<H, Fault>,
) -> Result<(Call, H), Refused> {
    let request = Request::post(path).header("content-type", content_type).body(()).expect("a plain request");
    match service.begin(&request.into_parts().0, "http://127.0.0.1") {
        Step::Answer(response) => Err(Refused::of(response)),
        Step::Body(expected) => service.read_with(expected, body, look).map_err(|response| Refused::of(*response)),
    }
}
