//! The WSDL of each variant. Contract: ecgridos-soap 2.3, 3 #3, #22; omnitracs-soap 3 #19.

use super::bookshop::{ASPNET_SERVICE, NEW, OLD, SPHERE_NS, SPHERE_SERVICE, ask};
use passgate_soap::Service;
use roxmltree::{Document, Node};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const XS: &str = "http://www.w3.org/2001/XMLSchema";

fn fetch(service: &'static Service, uri: &str) -> String {
    let seen = ask(service, "GET", uri).refused();
    assert_eq!((seen.status, seen.content_type()), (200, "text/xml; charset=utf-8"));
    seen.body
}

fn all<'a, 'i>(document: &'a Document<'i>, namespace: &str, name: &str) -> Vec<Node<'a, 'i>> {
    document.descendants().filter(|node| node.has_tag_name((namespace, name))).collect()
}

fn names(nodes: &[Node<'_, '_>]) -> Vec<String> {
    nodes.iter().map(|node| node.attribute("name").expect("a name").to_owned()).collect()
}

/// The elements of the wrapper of an operation: name, minOccurs, nillable, type.
fn wrapper(document: &Document<'_>, name: &str) -> Vec<(String, String, bool, String)> {
    let wrapper =
        all(document, XS, "element").into_iter().find(|node| node.attribute("name") == Some(name)).expect("a wrapper");
    wrapper
        .descendants()
        .skip(1)
        .filter(|node| node.has_tag_name((XS, "element")))
        .map(|node| {
            let attribute = |name| node.attribute(name).unwrap_or_default().to_owned();
            (attribute("name"), attribute("minOccurs"), attribute("nillable") == "true", attribute("type"))
        })
        .collect()
}

fn row(name: &str, min: &str, nillable: bool, kind: &str) -> (String, String, bool, String) {
    (name.to_owned(), min.to_owned(), nillable, kind.to_owned())
}

#[test]
fn the_default_description_has_one_port_and_nillable_strings() {
    let text = fetch(&ASPNET_SERVICE, "/v1/Shop.asmx?WSDL");
    let document = Document::parse(&text).unwrap();
    assert_eq!(document.root_element().attribute("targetNamespace"), Some(NEW));
    assert_eq!(names(&all(&document, WSDL, "service")), ["Shop"]);
    assert_eq!(names(&all(&document, WSDL, "port")), ["ShopPort"]);
    assert_eq!(names(&all(&document, WSDL, "portType")), ["ShopPortType"]);
    assert_eq!(
        wrapper(&document, "Sell"),
        [
            row("Buyer", "0", true, "xs:string"),
            row("BookID", "1", false, "xs:int"),
            row("Price", "0", true, "xs:string")
        ]
    );
    assert_eq!(wrapper(&document, "SellResponse"), [row("SellResult", "1", false, "xs:boolean")]);
    assert_eq!(wrapper(&document, "ListResponse"), [row("ListResult", "0", true, "tns:ArrayOfBook")]);
    assert_eq!(all(&document, XS, "schema")[0].attribute("elementFormDefault"), Some("qualified"));
    // What breaks one toolchain or another.
    for broken in ["soap12", "wsdl/http", "import", "DOCTYPE"] {
        assert!(!text.contains(broken), "{broken}");
    }
    let methods = all(&document, "http://java.sun.com/xml/ns/jaxws", "method");
    assert_eq!(names(&methods), ["Sell", "List", "Ping"]);
    assert!(text.contains(r#"<soap:address location="https://shop.example:8443/v1/Shop.asmx"/>"#), "{text}");
    assert!(text.contains(r#"soapAction="http://new.example/Sell""#));
}

#[test]
fn the_types_of_a_description_are_defined_once_each() {
    let text = fetch(&ASPNET_SERVICE, "/v1/Shop.asmx?wsdl");
    let document = Document::parse(&text).unwrap();
    let types: Vec<_> = [all(&document, XS, "complexType"), all(&document, XS, "simpleType")]
        .concat()
        .into_iter()
        .filter_map(|node| node.attribute("name"))
        .collect();
    assert_eq!(types, ["Book", "ArrayOfString", "ArrayOfBook", "Size"]);
    assert_eq!(
        all(&document, XS, "enumeration").iter().filter_map(|node| node.attribute("value")).collect::<Vec<_>>(),
        ["Small", "Large"]
    );
}

#[test]
fn the_asmx_description_has_four_ports_and_its_own_lists() {
    for uri in ["/v1/Shop.asmx?WSDL=asmx", "/v1/shop.asmx?wsdl=ASMX"] {
        let text = fetch(&ASPNET_SERVICE, uri);
        let document = Document::parse(&text).unwrap();
        assert_eq!(document.root_element().attribute("targetNamespace"), Some(OLD));
        let base = "Shop_x0020_v1";
        let ports = ["Soap", "Soap12", "HttpGet", "HttpPost"].map(|suffix| format!("{base}{suffix}"));
        assert_eq!(names(&all(&document, WSDL, "port")), ports);
        assert_eq!(
            wrapper(&document, "Sell"),
            [
                row("Buyer", "0", false, "xs:string"),
                row("BookID", "1", false, "xs:int"),
                row("Cost", "0", false, "xs:string"),
                row("Remark", "0", false, "xs:string")
            ]
        );
        let get = all(&document, WSDL, "portType")
            .into_iter()
            .find(|node| node.attribute("name") == Some(&ports[2]))
            .unwrap();
        let offered: Vec<_> = get.children().filter_map(|node| node.attribute("name")).collect();
        assert_eq!(offered, ["Ping"], "by GET only what carries no secret");
        assert!(text.contains(r#"<wsdl:part name="Body" element="tns:int"/>"#));
        assert!(text.contains(r#"<xs:element name="int" type="xs:int"/>"#));
    }
}

#[test]
fn an_unknown_description_gives_the_default_one() {
    // R78: names of files in the query are only text.
    let default = fetch(&ASPNET_SERVICE, "/v1/Shop.asmx?WSDL");
    assert_eq!(fetch(&ASPNET_SERVICE, "/v1/Shop.asmx?WSDL=../../etc/passwd"), default);
}

#[test]
fn the_websphere_description_declares_its_exception_with_a_named_type() {
    let text = fetch(&SPHERE_SERVICE, "/services/Shop?wsdl");
    assert_eq!(fetch(&SPHERE_SERVICE, "/services/Shop/wsdl/Shop.wsdl"), text);
    let document = Document::parse(&text).unwrap();
    assert_eq!(document.root_element().attribute("targetNamespace"), Some(SPHERE_NS));
    assert_eq!(names(&all(&document, WSDL, "service")), ["ShopService"]);
    assert!(all(&document, XS, "schema").iter().all(|schema| schema.attribute("elementFormDefault").is_none()));
    assert_eq!(
        wrapper(&document, "sell"),
        [
            row("shopId", "0", true, "xs:string"),
            row("price", "1", true, "xs:string"),
            row("gift", "1", false, "xs:boolean")
        ]
    );
    assert_eq!(wrapper(&document, "sellResponse"), []);
    let element =
        all(&document, XS, "element").into_iter().find(|node| node.attribute("name") == Some("ShopException")).unwrap();
    assert_eq!(element.attribute("type"), Some("exc:ShopException"));
    assert_eq!(all(&document, WSDL, "fault").len(), 4, "in portType and binding of both operations");
    assert!(text.contains(r#"soapAction="""#) && !text.contains("soap12"));
}

#[test]
fn every_reference_in_a_description_leads_somewhere() {
    for (service, uri) in [
        (&*ASPNET_SERVICE, "/v1/Shop.asmx?wsdl"),
        (&*ASPNET_SERVICE, "/v1/Shop.asmx?wsdl=asmx"),
        (&*SPHERE_SERVICE, "/services/Shop?wsdl"),
    ] {
        let text = fetch(service, uri);
        let document = Document::parse(&text).unwrap();
        let defined: Vec<_> = document.descendants().filter_map(|node| node.attribute("name")).collect();
        for node in document.descendants() {
            for attribute in ["type", "element", "message", "binding"] {
                let Some((prefix, name)) = node.attribute(attribute).and_then(|value| value.split_once(':')) else {
                    continue;
                };
                assert!(node.lookup_namespace_uri(Some(prefix)).is_some(), "{prefix} in {uri}");
                assert!(prefix == "xs" || defined.contains(&name), "{prefix}:{name} in {uri}");
            }
        }
    }
}
