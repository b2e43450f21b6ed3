//! The faults of the service: the declared exception, and what the engine in front of it says. Both only write down what
//! was decided elsewhere.
//!
//! Contract: omnitracs-soap 4.1, 4.3.

use passgate_soap::fault::{Detail, Element, Fault, FaultCode};
use passgate_soap::wsse::{self, SecurityError, WSSE};

/// The name of the exception, of its element and of its type.
pub(crate) const EXCEPTION_ELEMENT: &str = "WSException";
/// The namespace of the exception.
pub(crate) const EXCEPTION_NAMESPACE: &str = "http://exception.sharedws";

/// One text for every failed proof; which name was sent is not told. Clients of the original service look for the
/// WSEC codes.
const LOGIN_FAILED: &str = "com.ibm.wsspi.wssecurity.SoapSecurityException: WSEC6521E: Login failed. \
     WSEC6690E: Failed to check username [USER@COMPANY] and password in the UserRegistry.";

/// A numbered exception of an operation; the number and its text are the operation's.
///
/// Contract: omnitracs-soap 4.1.
pub(crate) fn exception(message: &'static str) -> Fault {
    let element = Element::of(EXCEPTION_ELEMENT, vec![Element::text("message", message)])
        .in_namespace("p437", EXCEPTION_NAMESPACE);
    let code = FaultCode::Custom { prefix: "p437", namespace: EXCEPTION_NAMESPACE, name: EXCEPTION_ELEMENT };
    Fault::new(code, message).with_detail(Detail::Holds(vec![element]))
}

/// A header that gives no token. Contract: omnitracs-soap 4.3.
pub(crate) fn security(error: SecurityError) -> Fault {
    Fault::new(engine(error.code()), error.to_string())
}

/// Plain http where it is refused. Contract: omnitracs-soap 3 #18, 4.3.
pub(crate) fn tls_required() -> Fault {
    Fault::new(engine(wsse::FaultCode::InvalidSecurity), "TLS is required.")
}

/// A proof that failed, for whatever reason (R54). Contract: omnitracs-soap 4.3.
pub(crate) fn failed_authentication() -> Fault {
    Fault::new(engine(wsse::FaultCode::FailedAuthentication), LOGIN_FAILED)
}

fn engine(code: wsse::FaultCode) -> FaultCode {
    FaultCode::Custom { prefix: "p55", namespace: WSSE, name: code.local_name() }
}
