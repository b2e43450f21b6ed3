//! HTTP around the envelope: methods, types, lengths, TLS, headers, pages.

use ::http::Request;
use axum::body::Body;
use passgate_door_http::TrustedProxies;
use passgate_door_omnitracs as portal;

use crate::house::{Answer, House, PASSWORD, Plan, envelope, get, post, set_user_password, token};

fn good() -> String {
    envelope(&token("INTEG1@NORTHCO", PASSWORD), &set_user_password("NORTHCO", "DRV0042", "meadow19lark", "0"))
}

fn with_headers(headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::post(portal::PATH);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(good())).unwrap()
}

#[tokio::test]
async fn the_head_of_a_request_may_vary_as_clients_write_it() {
    // omnitracs-soap 3 #2, 4.3; soap-clients 4, 5; R72.
    let house = House::open().await;
    for headers in [
        &[("content-type", "text/xml")][..],
        &[("content-type", "TEXT/XML; Charset=\"UTF-8\"")],
        &[("content-type", "application/soap+xml; charset=utf-8")],
        &[("content-type", "application/xml")],
        &[("content-type", "text/xml"), ("soapaction", "setUserPassword")],
        &[("content-type", "text/xml"), ("soapaction", "\"http://websvcs.omaswebws/deleteUser\"")],
        &[("content-type", "text/xml"), ("soapaction", "\"*\"")],
        &[("content-type", "text/xml"), ("content-encoding", "identity")],
        &[("content-type", "text/xml"), ("accept-encoding", "gzip"), ("accept", "image/png"), ("upgrade", "h2c")],
    ] {
        println!("{headers:?}");
        house.send(with_headers(headers)).await.is_done();
    }
}

#[tokio::test]
async fn a_type_that_is_no_xml_and_a_packed_body_are_415() {
    // omnitracs-soap 4.3, R73, R91.
    let house = House::open().await;
    for headers in [
        &[][..],
        &[("content-type", "application/json")],
        &[("content-type", "text/plain")],
        &[("content-type", "multipart/related; type=\"text/xml\"")],
        &[("content-type", "text/xml"), ("content-type", "text/xml")],
        &[("content-type", "text/xml; charset=utf-7")],
        &[("content-type", "text/xml; charset=iso-8859-1")],
        &[("content-type", "text/xml"), ("content-encoding", "gzip")],
        &[("content-type", "text/xml"), ("content-encoding", "identity, deflate")],
    ] {
        println!("{headers:?}");
        house.send(with_headers(headers)).await.is_empty(415);
    }
}

#[tokio::test]
async fn other_methods_are_405_and_say_which_are_allowed() {
    // omnitracs-soap 4.3, R90.
    let house = House::open().await;
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"] {
        let request = Request::builder().method(method).uri(portal::PATH).body(Body::empty()).unwrap();
        let answer = house.send(request).await;
        answer.is_empty(405);
        assert_eq!(answer.headers["allow"], "GET, HEAD, POST");
    }
}

#[tokio::test]
async fn a_body_over_256_kib_is_413_and_one_at_the_limit_is_read() {
    // omnitracs-soap 4.3, R67, R89.
    let house = House::open().await;
    let padded = |length: usize| {
        let good = good();
        // Text may have 64 KiB at most, so the padding is many comments.
        let mut padding = "<!-- padding -->".repeat((length - good.len()) / 16);
        padding.push_str(&" ".repeat(length - good.len() - padding.len()));
        good.replace("</soap:Envelope>", &format!("{padding}</soap:Envelope>"))
    };
    let most = 256 * 1024;
    house.call(&padded(most)).await.is_done();
    house.call(&padded(most + 1)).await.is_empty(413);
    let mut announced = post(&good());
    announced.headers_mut().insert("content-length", (most + 1).into());
    house.send(announced).await.is_empty(413);
}

#[tokio::test]
async fn utf16_is_read_and_bytes_that_are_no_text_are_not() {
    // R68.
    let house = House::open().await;
    let mut utf16 = vec![0xFF, 0xFE];
    utf16.extend(good().encode_utf16().flat_map(u16::to_le_bytes));
    let send = |bytes: Vec<u8>| {
        house.send(Request::post(portal::PATH).header("content-type", "text/xml").body(Body::from(bytes)).unwrap())
    };
    send(utf16).await.is_done();
    send([b"\xEF\xBB\xBF", good().as_bytes()].concat()).await.is_done();
    send(good().replace("meadow", "mead\u{1}ow").into_bytes()).await.is_unreadable();
    let mut broken = good().into_bytes();
    let at = broken.windows(6).position(|window| window == b"meadow").unwrap();
    broken[at] = 0xC0;
    send(broken).await.is_unreadable();
}

#[tokio::test]
async fn a_password_is_heard_over_tls_and_from_this_machine_only() {
    // omnitracs-soap 3 #18, 4.3; R79.
    #[track_caller]
    fn refused(answer: &Answer) {
        answer.is_security_fault("InvalidSecurity", "TLS is required.");
    }
    let house = House::open().await;
    refused(&house.send_from("192.0.2.7:40000", false, post(&good())).await);
    house.send_from("192.0.2.7:40000", true, post(&good())).await.is_done();
    house.send_from("127.0.0.1:40000", false, post(&good())).await.is_done();
    house.send_from("[::1]:40000", false, post(&good())).await.is_done();

    let forwarded = |scheme: &str| {
        let mut request = post(&good());
        request.headers_mut().insert("x-forwarded-proto", scheme.parse().unwrap());
        request.headers_mut().insert("x-forwarded-for", "192.0.2.7".parse().unwrap());
        request
    };
    // A stranger's word, and that of a proxy on this machine that nobody configured.
    refused(&house.send_from("192.0.2.9:40000", false, forwarded("https")).await);
    refused(&house.send_from("127.0.0.1:40000", false, forwarded("https")).await);

    let proxies = TrustedProxies::parse(["192.0.2.9"]).unwrap();
    let behind = House::built(Plan { proxies, ..Plan::default() }).await;
    behind.send_from("192.0.2.9:40000", false, forwarded("https")).await.is_done();
    refused(&behind.send_from("192.0.2.9:40000", false, forwarded("http")).await);

    let mut plan = Plan::default();
    plan.door.allow_plain_http = true;
    let open = House::built(plan).await;
    open.send_from("192.0.2.7:40000", false, post(&good())).await.is_done();
    assert!(house.accepts("DRV0042@NORTHCO", "meadow19lark").await);
}

#[tokio::test]
async fn a_get_without_wsdl_is_a_note_for_people() {
    // omnitracs-soap 4.3.
    let house = House::open().await;
    for target in [portal::PATH.to_owned(), format!("{}?x=1", portal::PATH)] {
        let answer = house.send(get(&target)).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["content-type"]),
            (200, &"text/html; charset=utf-8".parse().unwrap())
        );
        assert!(answer.body.contains("OMASWebSvcs"), "{}", answer.body);
    }
    let head = Request::head(portal::PATH).body(Body::empty()).unwrap();
    house.send(head).await.is_empty(200);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_it_private() {
    // R93.
    let house = House::open().await;
    let wsdl = get(&format!("{}?wsdl", portal::PATH));
    let put = Request::put(portal::PATH).body(Body::empty()).unwrap();
    for request in
        [post(&good()), post("?"), post(&good().replace(PASSWORD, "wrong-42-wrong")), wsdl, get(portal::PATH), put]
    {
        let answer = house.send(request).await;
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert!(answer.headers.contains_key("passgate-request-id"));
        assert!(answer.headers.contains_key("content-length"));
        for told in ["server", "x-powered-by", "www-authenticate", "access-control-allow-origin"] {
            assert!(!answer.headers.contains_key(told), "{told}");
        }
        if !answer.body.is_empty() {
            assert!(answer.headers["content-type"].to_str().unwrap().ends_with("; charset=utf-8"));
        }
    }
}
