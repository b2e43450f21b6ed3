//! The description of the service.

use passgate_door_omnitracs as portal;

use crate::house::{House, Plan, get};

async fn wsdl_at(house: &House, target: &str) -> String {
    let answer = house.send(get(target)).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["content-type"]),
        (200, &"text/xml; charset=utf-8".parse().unwrap())
    );
    answer.body
}

#[tokio::test]
async fn both_addresses_give_the_same_file() {
    // omnitracs-soap 3 #19.
    let house = House::open().await;
    let wsdl = wsdl_at(&house, &format!("{}?wsdl", portal::PATH)).await;
    assert_eq!(wsdl_at(&house, portal::DESCRIPTION_PATH).await, wsdl);
    assert_eq!(wsdl_at(&house, &format!("{}?WSDL", portal::PATH)).await, wsdl);
    assert_eq!(wsdl_at(&house, &format!("{}?wsdl=/etc/passwd", portal::PATH)).await, wsdl);
}

#[tokio::test]
async fn it_has_the_names_and_the_style_of_the_original() {
    // omnitracs-soap 2.1, 3 #19.
    let house = House::open().await;
    let wsdl = wsdl_at(&house, &format!("{}?wsdl", portal::PATH)).await;
    let document = roxmltree::Document::parse(&wsdl).unwrap();
    let elements = |name: &'static str| document.descendants().filter(move |node| node.tag_name().name() == name);
    let names = |name: &'static str| elements(name).filter_map(|node| node.attribute("name")).collect::<Vec<_>>();

    assert_eq!(document.root_element().attribute("targetNamespace"), Some("http://websvcs.omaswebws"));
    assert_eq!(names("service"), ["OMASWebSvcsService"]);
    assert_eq!(names("port"), ["OMASWebSvcs"]);
    assert_eq!(names("portType"), ["OMASWebSvcs"]);
    assert_eq!(names("binding").first(), Some(&"OMASWebSvcsSoapBinding"));
    assert!(elements("operation").filter_map(|node| node.attribute("soapAction")).all(str::is_empty));
    assert!(document.descendants().all(|node| node.attribute("elementFormDefault").is_none()));
    assert!(!wsdl.contains("soap12"), "some generators speak SOAP 1.2 as soon as they see this");
    assert!(elements("import").next().is_none() && elements("include").next().is_none());

    let parameters: Vec<_> = ["companyId", "userId", "password", "forcePwdReset"].into();
    let declared: Vec<_> = elements("element")
        .filter_map(|node| node.attribute("name"))
        .filter(|name| parameters.contains(name))
        .collect();
    assert_eq!(declared, parameters);
    let company = elements("element").find(|node| node.attribute("name") == Some("companyId")).unwrap();
    assert_eq!((company.attribute("minOccurs"), company.attribute("nillable")), (Some("0"), Some("true")));
}

#[tokio::test]
async fn its_fault_is_an_element_with_a_named_type() {
    // omnitracs-soap 2.3, 3 #19: an anonymous type beside a message of the same name breaks Axis 1.4.
    let house = House::open().await;
    let wsdl = wsdl_at(&house, &format!("{}?wsdl", portal::PATH)).await;
    let document = roxmltree::Document::parse(&wsdl).unwrap();
    let fault = document
        .descendants()
        .find(|node| node.tag_name().name() == "element" && node.attribute("name") == Some("WSException"))
        .unwrap();
    assert!(fault.attribute("type").unwrap().ends_with(":WSException"));
    assert_eq!(fault.parent().unwrap().attribute("targetNamespace"), Some("http://exception.sharedws"));
    assert!(
        document
            .descendants()
            .any(|node| node.tag_name().name() == "complexType" && node.attribute("name") == Some("WSException"))
    );
    let part = document
        .descendants()
        .find(|node| node.tag_name().name() == "part" && node.attribute("name") == Some("fault"))
        .unwrap();
    assert!(part.attribute("element").unwrap().ends_with(":WSException"));
}

#[tokio::test]
async fn its_address_is_where_it_was_fetched_or_what_the_operator_says() {
    // soap-clients 13.
    #[track_caller]
    fn check(wsdl: &str, address: &str) {
        assert!(wsdl.contains(&format!("location=\"{address}{}\"", portal::PATH)), "{wsdl}");
    }
    let target = format!("{}?wsdl", portal::PATH);
    let house = House::open().await;
    check(&wsdl_at(&house, &target).await, "http://passgate.example:8700");
    let over_tls =
        ::http::Request::get(&target).header("host", "Passgate.Example").body(axum::body::Body::empty()).unwrap();
    check(&house.send_from("192.0.2.7:1", true, over_tls).await.body, "https://passgate.example");
    let odd = ::http::Request::get(&target).header("host", "a\"><b/>").body(axum::body::Body::empty()).unwrap();
    check(&house.send(odd).await.body, "http://localhost:80");

    let mut plan = Plan::default();
    plan.door.public_url = Some("https://soap.example/".to_owned());
    let house = House::built(plan).await;
    check(&wsdl_at(&house, &target).await, "https://soap.example");
}
