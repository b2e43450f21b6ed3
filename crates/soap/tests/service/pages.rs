//! Pages for people, paths and methods.

use super::bookshop::{ASPNET_SERVICE, SPHERE_SERVICE, ask};

#[test]
fn the_list_of_operations_is_the_answer_to_a_plain_get() {
    // ecgridos-soap 4.4.
    for uri in ["/v1/Shop.asmx", "/V1/SHOP.ASMX", "/v1/Shop.asmx?op=Burn", "/v1/Shop.asmx?xsd=../../etc/passwd"] {
        let seen = ask(&ASPNET_SERVICE, "GET", uri).refused();
        assert_eq!((seen.status, seen.content_type()), (200, "text/html; charset=utf-8"), "{uri}");
        assert!(
            seen.body.contains(r#"<a href="?op=Sell">Sell</a></dt><dd>Sells a book &lt;now&gt;.</dd>"#),
            "{}",
            seen.body
        );
    }
}

#[test]
fn each_operation_has_a_page_with_a_sample_that_the_service_accepts() {
    // ecgridos-soap 4.4: out of the declaration, so the sample is read back here.
    let seen = ask(&ASPNET_SERVICE, "GET", "/v1/Shop.asmx?OP=Sell").refused();
    assert_eq!(seen.status, 200);
    let sample = seen.body.split("<pre>").nth(1).unwrap().split("</pre>").next().unwrap();
    let sample = sample.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    let (head, body) = sample.split_once("\n\n").unwrap();
    assert!(head.contains("Host: shop.example:8443"), "{head}");
    let call = super::bookshop::post(body).call();
    assert_eq!((call.operation().name, call.text("Buyer")), ("Sell", Some("string")));
}

#[test]
fn head_is_get_without_the_body() {
    let get = ask(&ASPNET_SERVICE, "GET", "/v1/Shop.asmx").refused();
    let head = ask(&ASPNET_SERVICE, "HEAD", "/v1/Shop.asmx").refused();
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.headers["content-length"], get.body.len().to_string().as_str());
}

#[test]
fn other_methods_are_answered_with_those_that_are_allowed() {
    // omnitracs-soap 4.3; R90.
    for (service, path) in [(&*ASPNET_SERVICE, "/v1/Shop.asmx"), (&*SPHERE_SERVICE, "/services/Shop")] {
        for method in ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"] {
            let seen = ask(service, method, path).refused();
            assert_eq!((seen.status, seen.body.as_str()), (405, ""));
            assert_eq!(seen.headers["allow"], "GET, HEAD, POST");
        }
    }
}

#[test]
fn a_path_belongs_to_the_service_or_not() {
    // soap-clients 12.
    assert!(ASPNET_SERVICE.owns("/V1/shop.asmx") && ASPNET_SERVICE.owns("/v1/Shop.asmx/Sell"));
    assert!(!ASPNET_SERVICE.owns("/v1/Shop.asmxx") && !ASPNET_SERVICE.owns("/v1/Shop") && !ASPNET_SERVICE.owns("/ü"));
    assert!(SPHERE_SERVICE.owns("/services/Shop") && SPHERE_SERVICE.owns("/services/Shop/wsdl/Shop.wsdl"));
    assert!(!SPHERE_SERVICE.owns("/services/shop") && !SPHERE_SERVICE.owns("/services/Shop/sell"));
    assert_eq!(ask(&SPHERE_SERVICE, "GET", "/elsewhere").refused().status, 404);
}
