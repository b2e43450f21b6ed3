//! How a refusal is written: the same four members for everybody, and the category before them for callers in the newer
//! namespace.
//!
//! Contract: ecgridos-soap 3 #8, 4.1.

use passgate_soap::{Detail, Element, Fault, Variant};

use crate::refusal::Told;
use crate::service::NEWER;

/// The fault that tells a refusal to a caller in this namespace.
pub(crate) fn fault(told: &Told, namespace: &Variant) -> Fault {
    let info = Element::of(
        "ErrorInfo",
        vec![
            Element::text("ErrorCode", told.code.number().to_string()),
            Element::text("ErrorString", told.code.sentence()),
            Element::text("ErrorItem", told.item),
            Element::text("ErrorMessage", told.message.clone()),
        ],
    );
    let mut detail = vec![info];
    if *namespace == NEWER {
        detail.insert(0, Element::text("ECGridOSSOAPErrorCode", told.category));
    }
    Fault::new(told.code.fault_code(), format!("{}: {}", told.code.token(), told.message))
        .with_detail(Detail::Holds(detail))
}
