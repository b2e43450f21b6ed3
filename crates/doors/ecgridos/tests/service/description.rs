//! WSDL and pages. Contract: ecgridos-soap 1, 2.3, 3 #3, #22, 4.4.

use roxmltree::{Document, Node};

use crate::house::{House, NEWER, PATH, V32, V41};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const XS: &str = "http://www.w3.org/2001/XMLSchema";

fn named<'a>(document: &'a Document<'_>, namespace: &str, kind: &str) -> Vec<&'a str> {
    document
        .descendants()
        .filter(|node| node.has_tag_name((namespace, kind)))
        .filter_map(|node| node.attribute("name"))
        .collect()
}

/// Name, minOccurs, nillable and type of the elements in a wrapper or a type.
fn members(document: &Document<'_>, kind: &str, name: &str) -> Vec<String> {
    let holder = document
        .descendants()
        .find(|node| node.has_tag_name((XS, kind)) && node.attribute("name") == Some(name))
        .unwrap_or_else(|| panic!("no {kind} {name}"));
    let describe = |node: Node<'_, '_>| {
        ["name", "minOccurs", "nillable", "type"].map(|attribute| node.attribute(attribute).unwrap_or("-")).join(" ")
    };
    holder.descendants().skip(1).filter(|node| node.has_tag_name((XS, "element"))).map(describe).collect()
}

#[tokio::test]
async fn the_default_description_makes_the_samples_of_the_seed_work() {
    let house = House::open().await;
    for path in [format!("{PATH}?WSDL"), "/V4.1/prod/ecgridos.asmx?wsdl".to_owned()] {
        let answer = house.get(&path).await;
        assert_eq!((answer.status.as_u16(), answer.content_type()), (200, "text/xml; charset=utf-8"));
        let document = Document::parse(&answer.body).unwrap();
        assert_eq!(document.root_element().attribute("targetNamespace"), Some(NEWER));
        assert_eq!(named(&document, WSDL, "service"), ["ECGridOS"]);
        assert_eq!(named(&document, WSDL, "port"), ["ECGridOSPort"]);
        assert_eq!(named(&document, WSDL, "portType"), ["ECGridOSPortType"]);
        assert_eq!(
            members(&document, "element", "UserPassword"),
            ["SessionID 0 true xs:string", "UserID 1 - xs:int", "NewPassword 0 true xs:string"]
        );
        assert_eq!(members(&document, "element", "UserPasswordResponse"), ["UserPasswordResult 1 - xs:boolean"]);
        assert_eq!(members(&document, "complexType", "UserIDInfo").len(), 10);
        let methods = named(&document, "http://java.sun.com/xml/ns/jaxws", "method");
        let operations: Vec<_> =
            passgate_door_ecgridos::SERVICE.operations.iter().map(|operation| operation.name).collect();
        assert_eq!(methods, operations);
        assert!(answer.body.contains("location=\"http://passgate.example:8700/v4.1/prod/ECGridOS.asmx\""));
        for broken in ["soap12", "wsdl/http", "import", "DOCTYPE"] {
            assert!(!answer.body.contains(broken), "{broken}");
        }
    }
}

#[tokio::test]
async fn the_old_descriptions_have_their_own_lists_and_four_ports() {
    let house = House::open().await;
    for (target, namespace, base) in [
        ("/v4.1/prod/ECGridOS.asmx?WSDL=asmx", V41, "ECGridOS_x0020_API_x0020_v4"),
        ("/v3.2/prod/ecgridos.asmx?WSDL", V32, "ECGridOS_x0020_API_x0020_v3"),
        ("/v2.3/prod/ecgridos.asmx?wsdl", V32, "ECGridOS_x0020_API_x0020_v3"),
    ] {
        let answer = house.get(target).await;
        let document = Document::parse(&answer.body).unwrap();
        assert_eq!(document.root_element().attribute("targetNamespace"), Some(namespace));
        assert_eq!(named(&document, WSDL, "service"), [base]);
        assert_eq!(
            named(&document, WSDL, "port"),
            ["Soap", "Soap12", "HttpGet", "HttpPost"].map(|port| format!("{base}{port}"))
        );
        assert_eq!(
            members(&document, "element", "UserPassword"),
            [
                "SessionID 0 - xs:string",
                "UserID 1 - xs:int",
                "CurrentRecoveryAnswer 0 - xs:string",
                "Password 0 - xs:string",
                "RecoveryQuestion 0 - xs:string",
                "RecoveryAnswer 0 - xs:string"
            ]
        );
        assert_eq!(members(&document, "complexType", "UserIDInfo").len(), 20);
        assert_eq!(members(&document, "complexType", "SessionInfo").len(), 18);
        let messages = named(&document, WSDL, "message");
        let by_get: Vec<_> = messages.into_iter().filter(|name| name.ends_with("HttpGetIn")).collect();
        assert_eq!(by_get, ["VersionHttpGetIn", "NowUTCHttpGetIn"]);
    }
}

#[tokio::test]
async fn pages_list_the_operations_and_show_samples() {
    // ecgridos-soap 4.4.
    let house = House::open().await;
    for target in [PATH.to_owned(), format!("{PATH}?op=Burn"), "/v3.2/PROD/ecgridos.asmx".to_owned()] {
        let answer = house.get(&target).await;
        assert_eq!((answer.status.as_u16(), answer.content_type()), (200, "text/html; charset=utf-8"));
        assert!(answer.body.contains("?op=UserPassword"));
    }
    let page = house.get(&format!("{PATH}?OP=UserPassword")).await;
    assert!(page.body.contains("&lt;NewPassword&gt;string&lt;/NewPassword&gt;"), "{}", page.body);
    let unlisted = house.get("/v3.2/prod/ecgridos.asmx?op=SessionInfo").await;
    assert_eq!(unlisted.status.as_u16(), 200);
}
