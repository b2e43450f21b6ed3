//! Two services over the same tiny shop: one speaks as ASP.NET does, one as WebSphere does. And a client.

use std::sync::LazyLock;

use axum::response::Response;
use http::{HeaderMap, Request, StatusCode};
use passgate_soap::{
    Absent, Answers, Array, Call, Children, Declaration, DeclaredFault, Description, Detail, Dialect, Empty, Endpoint,
    Enumeration, Fault, FaultCode, Field, MediaTypes, Object, Occurs, Operation, Parameter, Ports, Service, Signature,
    SoapAction, Step, Type, Value, Variant, Version, Words,
};

pub(crate) const NEW: &str = "http://new.example/";
pub(crate) const OLD: &str = "http://old.example/";
pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
pub(crate) const XSD: &str = "http://www.w3.org/2001/XMLSchema";

pub(crate) static NEW_VARIANT: Variant = Variant {
    namespace: NEW,
    description: Description {
        service: "Shop",
        ports: Ports::One { port: "ShopPort", port_type: "ShopPortType", binding: "ShopBinding" },
        nillable: true,
        occurs: Occurs::ByType,
        java_method_names: true,
        qualified: true,
        empty_soap_action: false,
        fault: None,
    },
};

pub(crate) static OLD_VARIANT: Variant = Variant {
    namespace: OLD,
    description: Description {
        service: "Shop_x0020_v1",
        ports: Ports::Asmx("Shop_x0020_v1"),
        nillable: false,
        occurs: Occurs::ByType,
        java_method_names: false,
        qualified: true,
        empty_soap_action: false,
        fault: None,
    },
};

pub(crate) static SIZE: Enumeration = Enumeration { name: "Size", values: &["Small", "Large"] };
pub(crate) static BOOK: Object = Object {
    name: "Book",
    fields: &[
        Field::new("Title", Type::String),
        Field::new("Pages", Type::Int),
        Field::new("Size", Type::Enumeration(&SIZE)),
        Field::new("Added", Type::DateTime),
    ],
};
pub(crate) static BOOKS: Array = Array { name: "ArrayOfBook", item_name: "Book", item: Type::Object(&BOOK) };

pub(crate) static SELL: Operation = Operation {
    name: "Sell",
    documentation: "Sells a book <now>.",
    safe: false,
    signatures: &[
        Signature {
            variants: &[&NEW_VARIANT],
            parameters: &[
                Parameter::required("Buyer", Type::String),
                Parameter::required("BookID", Type::Int),
                Parameter::required("Price", Type::String),
            ],
            result: Some(Type::Boolean),
        },
        Signature {
            variants: &[&OLD_VARIANT],
            parameters: &[
                Parameter::required("Buyer", Type::String),
                Parameter::required("BookID", Type::Int),
                Parameter::required("Cost", Type::String),
                Parameter::optional("Remark", Type::String),
            ],
            result: Some(Type::Int),
        },
    ],
    synonyms: &[&["Price", "Cost"]],
    also: &[Parameter::optional("Coupon", Type::String)],
};

pub(crate) static LIST: Operation = Operation {
    name: "List",
    documentation: "Lists books.",
    safe: false,
    signatures: &[Signature {
        variants: &[&NEW_VARIANT, &OLD_VARIANT],
        parameters: &[
            Parameter::optional("Like", Type::Object(&BOOK)),
            Parameter::optional("Titles", Type::Array(&TITLES)),
        ],
        result: Some(Type::Array(&BOOKS)),
    }],
    synonyms: &[],
    also: &[],
};
pub(crate) static TITLES: Array = Array { name: "ArrayOfString", item_name: "string", item: Type::String };

pub(crate) static PING: Operation = Operation {
    name: "Ping",
    documentation: "Says who answers.",
    safe: true,
    signatures: &[Signature { variants: &[&NEW_VARIANT, &OLD_VARIANT], parameters: &[], result: Some(Type::String) }],
    synonyms: &[],
    also: &[],
};

pub(crate) static ASPNET: Declaration = Declaration {
    name: "Shop",
    documentation: "A shop & more.",
    dialect: Dialect {
        versions: &[Version::V11, Version::V12],
        prefix: "soap",
        xml_declaration: r#"<?xml version="1.0" encoding="utf-8"?>"#,
        declared: &[("xsi", XSI), ("xsd", XSD)],
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
            version: "Unknown envelope.",
            not_understood: "Header not understood: {}",
            internal: "Broken.",
        },
    },
    variants: &[&NEW_VARIANT, &OLD_VARIANT],
    endpoints: &[Endpoint {
        path: "/v1/Shop.asmx",
        variant: &OLD_VARIANT,
        descriptions: &[("", &NEW_VARIANT), ("asmx", &OLD_VARIANT)],
        description_path: None,
    }],
    operations: &[&SELL, &LIST, &PING],
};

pub(crate) const SPHERE_NS: &str = "http://shop.sphere";

pub(crate) static SPHERE_VARIANT: Variant = Variant {
    namespace: SPHERE_NS,
    description: Description {
        service: "ShopService",
        ports: Ports::One { port: "Shop", port_type: "Shop", binding: "ShopSoapBinding" },
        nillable: true,
        occurs: Occurs::ByDeclaration,
        java_method_names: false,
        qualified: false,
        empty_soap_action: true,
        fault: Some(&DeclaredFault {
            name: "ShopException",
            namespace: "http://exception.sphere",
            members: &[Field::new("message", Type::String)],
        }),
    },
};

pub(crate) static SPHERE_SELL: Operation = Operation {
    name: "sell",
    documentation: "Sells a book.",
    safe: false,
    signatures: &[Signature {
        variants: &[&SPHERE_VARIANT],
        parameters: &[
            Parameter::optional("shopId", Type::String),
            Parameter::required("price", Type::String),
            Parameter::required("gift", Type::Boolean),
        ],
        result: None,
    }],
    synonyms: &[],
    also: &[],
};

pub(crate) static SPHERE_GET: Operation = Operation {
    name: "getBooks",
    documentation: "Lists books.",
    safe: false,
    signatures: &[Signature { variants: &[&SPHERE_VARIANT], parameters: &[], result: Some(Type::Array(&BOOKS)) }],
    synonyms: &[],
    also: &[],
};

pub(crate) static SPHERE: Declaration = Declaration {
    name: "Shop",
    documentation: "A shop.",
    dialect: Dialect {
        versions: &[Version::V11],
        prefix: "soapenv",
        xml_declaration: r#"<?xml version="1.0" encoding="UTF-8"?>"#,
        declared: &[("xsd", XSD), ("xsi", XSI)],
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
        understood: &[("urn:wsa", None), ("urn:sec", Some("Security"))],
        words: Words {
            unreadable: "The request could not be read.",
            unknown_operation: "No such operation: {}",
            other_action: "",
            version: "SOAP 1.1 is required.",
            not_understood: "Header not understood: {}",
            internal: "001 Unknown Error.",
        },
    },
    variants: &[&SPHERE_VARIANT],
    endpoints: &[Endpoint {
        path: "/services/Shop",
        variant: &SPHERE_VARIANT,
        descriptions: &[("", &SPHERE_VARIANT)],
        description_path: Some("/wsdl/Shop.wsdl"),
    }],
    operations: &[&SPHERE_SELL, &SPHERE_GET],
};

pub(crate) static ASPNET_SERVICE: LazyLock<Service> = LazyLock::new(|| Service::new(&ASPNET));
pub(crate) static SPHERE_SERVICE: LazyLock<Service> = LazyLock::new(|| Service::new(&SPHERE));

/// What a client sees.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn of(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime starts");
        let body = runtime.block_on(axum::body::to_bytes(body, usize::MAX)).expect("the body is whole");
        Seen {
            status: head.status.as_u16(),
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).expect("answers are UTF-8"),
        }
    }

    pub(crate) fn content_type(&self) -> &str {
        self.headers.get("content-type").map_or("", |value| value.to_str().expect("a text"))
    }
}

/// A request on its way.
pub(crate) struct Ask {
    pub(crate) service: &'static Service,
    request: http::request::Builder,
    body: Vec<u8>,
}

pub(crate) fn ask(service: &'static Service, method: &str, uri: &str) -> Ask {
    Ask { service, request: Request::builder().method(method).uri(uri), body: Vec::new() }
}

/// A SOAP 1.1 request to the service that speaks as ASP.NET does.
pub(crate) fn post(body: impl Into<Vec<u8>>) -> Ask {
    ask(&ASPNET_SERVICE, "POST", "/v1/Shop.asmx").header("content-type", "text/xml; charset=utf-8").body(body)
}

/// A SOAP 1.2 request to the same service.
pub(crate) fn post12(body: impl Into<Vec<u8>>) -> Ask {
    ask(&ASPNET_SERVICE, "POST", "/v1/Shop.asmx").header("content-type", "application/soap+xml").body(body)
}

/// A request to the service that speaks as WebSphere does.
pub(crate) fn post_sphere(body: impl Into<Vec<u8>>) -> Ask {
    ask(&SPHERE_SERVICE, "POST", "/services/Shop").header("content-type", "text/xml").body(body)
}

/// A form to the service that speaks as ASP.NET does.
pub(crate) fn form(uri: &str, body: &str) -> Ask {
    ask(&ASPNET_SERVICE, "POST", uri).header("content-type", "application/x-www-form-urlencoded").body(body)
}

impl Ask {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The call that the service reads, or what it answers at once.
    pub(crate) fn read(self) -> Result<Call, Box<Seen>> {
        let (head, ()) = self.request.body(()).expect("a request").into_parts();
        match self.service.begin(&head, "https://shop.example:8443") {
            Step::Answer(response) => Err(Box::new(Seen::of(response))),
            Step::Body(expected) => {
                self.service.read(expected, &self.body).map_err(|response| Box::new(Seen::of(*response)))
            }
        }
    }

    /// What the client sees if the service's work ends like this.
    pub(crate) fn answered(self, outcome: Result<Value, Fault>) -> Seen {
        let service = self.service;
        match self.read() {
            Ok(call) => Seen::of(service.answer(&call, outcome)),
            Err(seen) => *seen,
        }
    }

    /// What the client sees of a request that the service must not accept.
    #[track_caller]
    pub(crate) fn refused(self) -> Seen {
        *self.read().expect_err("this request must not reach the service")
    }

    /// The call of a request that the service must accept.
    #[track_caller]
    pub(crate) fn call(self) -> Call {
        self.read().expect("this request must reach the service")
    }
}

/// An envelope of SOAP 1.1.
pub(crate) fn envelope(body: &str) -> String {
    format!("<s:Envelope xmlns:s=\"{}\"><s:Body>{body}</s:Body></s:Envelope>", Version::V11.namespace())
}

/// An envelope of SOAP 1.2.
pub(crate) fn envelope12(body: &str) -> String {
    format!("<s:Envelope xmlns:s=\"{}\"><s:Body>{body}</s:Body></s:Envelope>", Version::V12.namespace())
}

/// A good call.
pub(crate) fn sell() -> String {
    envelope(&format!(r#"<Sell xmlns="{NEW}"><Buyer>Ann</Buyer><BookID>7</BookID><Price>12</Price></Sell>"#))
}

/// The fault that a service of the ASP.NET kind gives in SOAP 1.1.
pub(crate) fn client_fault(text: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"{XSI}\" xmlns:xsd=\"{XSD}\">\
         <soap:Body><soap:Fault><faultcode>soap:Client</faultcode><faultstring>{text}</faultstring><detail /></soap:Fault></soap:Body></soap:Envelope>"
    )
}

/// The fault that a service of the WebSphere kind gives.
pub(crate) fn sphere_fault(code: &str, text: &str, detail: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsd=\"{XSD}\" xmlns:xsi=\"{XSI}\">\
         <soapenv:Body><soapenv:Fault><faultcode>soapenv:{code}</faultcode><faultstring>{text}</faultstring>{detail}</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )
}

/// A fault of the service's own.
pub(crate) fn refusal() -> Fault {
    Fault::new(FaultCode::Client, "No.")
}
