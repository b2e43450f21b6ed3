//! Transport. Contract: ecgridos-soap 4.4. The crate underneath is tested on the same rows; here they go through the door.

use std::sync::Arc;

use axum::body::Body;
use http::Request;
use tokio::task::JoinSet;

use crate::house::{House, NEW, PASSWORD, PATH, TARGET, V41, element, envelope, soap, soap12};

#[tokio::test]
async fn what_cannot_be_read_is_400_and_a_wrong_envelope_500() {
    let house = House::open().await;
    let call = element(V41, "Version", &[]);
    let good = envelope(&call);
    for body in ["", "no", "<a", &good.replace("</soap:Body>", ""), &format!("<!DOCTYPE a>{good}"), &"<a>".repeat(33)] {
        house.send(soap(body)).await.is_unreadable(400);
    }
    let attributes = (0..65).map(|at| format!(" a{at}=''")).collect::<Vec<_>>().concat();
    house.send(soap(&good.replace("<Version ", &format!("<Version {attributes} ")))).await.is_unreadable(400);
    let twice = format!("{call}</soap:Body><soap:Body>{call}");
    for body in ["", &twice, &format!("{call}{call}"), &format!("{call}</soap:Body><soap:Header/><soap:Body>")] {
        house.send(soap(&envelope(body))).await.is_unreadable(500);
    }
    let session = house.session("admin").await;
    for inner in [
        format!("<UserID>{TARGET}</UserID><NewPassword>{NEW}</NewPassword><NewPassword>{NEW}</NewPassword>"),
        format!("<UserID>{TARGET}</UserID><NewPassword><b>{NEW}</b></NewPassword>"),
    ] {
        let body = format!("<UserPassword xmlns=\"{V41}\"><SessionID>{session}</SessionID>{inner}</UserPassword>");
        house.send(soap(&envelope(&body))).await.is_unreadable(500);
    }
    assert!(house.accepts("target", PASSWORD).await);
}

#[tokio::test]
async fn envelopes_operations_and_actions_that_do_not_fit_are_faults() {
    let house = House::open().await;
    let strange = "<e:Envelope xmlns:e=\"urn:x\"><e:Body/></e:Envelope>";
    house.send(soap(strange)).await.is_plain_fault(
        500,
        "VersionMismatch",
        "SOAP 1.1 or 1.2 is required.",
        "<detail />",
    );
    let header = "<soap:Header><x:Odd xmlns:x=\"urn:x\" soap:mustUnderstand=\"1\"/></soap:Header><soap:Body>";
    let answer = house.send(soap(&envelope("<Version/>").replace("<soap:Body>", header))).await;
    answer.is_plain_fault(500, "MustUnderstand", "Header not understood: Odd.", "");
    house.send(soap(&envelope("<Burn/>"))).await.is_plain_fault(
        500,
        "Client",
        "Unknown operation: Burn.",
        "<detail />",
    );
    let mut request = soap(&envelope("<Version/>"));
    request.headers_mut().insert("soapaction", "\"https://os.ecgrid.io/Login\"".parse().unwrap());
    house.send(request).await.is_plain_fault(500, "Client", "SOAPAction does not match the request.", "<detail />");
    let answer = house.send(soap12("no")).await;
    assert_eq!(answer.status.as_u16(), 400);
    assert!(answer.body.contains("<soap:Value>soap:Sender</soap:Value>"), "{}", answer.body);
}

#[tokio::test]
async fn types_lengths_and_codings_that_are_not_served_are_refused_without_a_word() {
    let house = House::open().await;
    let post = |content_type: &str, coding: Option<&str>, body: String| {
        let mut request = Request::post(PATH).header("content-type", content_type);
        if let Some(coding) = coding {
            request = request.header("content-encoding", coding);
        }
        request.body(Body::from(body)).unwrap()
    };
    for content_type in ["application/json", "text/plain", "multipart/related", "application/x-www-form-urlencoded"] {
        house.send(post(content_type, None, envelope("<Version/>"))).await.is_empty(415);
    }
    house.send(post("text/xml; charset=iso-8859-1", None, envelope("<Version/>"))).await.is_empty(415);
    house.send(post("text/xml", Some("gzip"), envelope("<Version/>"))).await.is_empty(415);
    house.send(post("text/xml", None, " ".repeat(256 * 1024 + 1))).await.is_empty(413);
    let answer = house.send(post("text/xml", Some("identity"), envelope("<Version/>"))).await;
    assert_eq!(answer.result("Version"), "4.1");
}

#[tokio::test]
async fn every_answer_is_dressed() {
    // R93; soap-clients 11.
    let house = House::open().await;
    for answer in [house.send(soap(&envelope("<Version/>"))).await, house.send(soap("no")).await, house.get(PATH).await]
    {
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["content-length"], answer.body.len().to_string().as_str());
        assert!(answer.content_type().ends_with("; charset=utf-8"));
    }
}

#[tokio::test]
async fn too_many_guesses_from_one_address_are_told_to_wait() {
    // ecgridos-soap 4.4, second last row; R63.
    let mut settings = passgate_gate::Settings::default();
    settings.limits.source_failures = 3;
    let house = House::with(settings).await;
    for _ in 0..3 {
        house.login("nobody", PASSWORD).await.is_fault(2, "Login", "Login failed.");
    }
    let answer = house.login("nobody", PASSWORD).await;
    answer.is_empty(429);
    assert!(answer.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn what_was_sent_never_comes_back_in_a_fault() {
    // R75.
    let house = House::open().await;
    let session = house.session("admin").await;
    let marker = "Marker-9f3c1";
    for (session, user, password) in
        [(marker, "1042", NEW), (&session, marker, NEW), (&session, "1042", "marker-9f3c1")]
    {
        let parameters = [
            ("SessionID", session),
            ("UserID", user),
            ("NewPassword", password),
            ("CurrentRecoveryAnswer", marker),
            ("RecoveryAnswer", marker),
        ];
        let answer = house.call(V41, "UserPassword", &parameters).await;
        assert_eq!(answer.status.as_u16(), 500);
        assert!(!answer.body.to_lowercase().contains("9f3c1"), "{}", answer.body);
    }
}

#[tokio::test]
async fn paths_elsewhere_are_not_here() {
    let house = House::open().await;
    for path in [
        "/v4.1/prod/Other.asmx",
        "/v4.1/test/ECGridOS.asmx",
        "/v9.9/prod/ECGridOS.asmx",
        "/v4.1/prod/ECGridOS.asmx/a/b",
    ] {
        assert_eq!(house.get(path).await.status.as_u16(), 404, "{path}");
    }
}

#[tokio::test]
async fn an_overloaded_lane_answers_at_once_when_to_come_again() {
    // ecgridos-soap 4.4, last row; R131.
    let house = Arc::new(House::crowded().await);
    let mut attempts = JoinSet::new();
    for number in 0..16 {
        let house = house.clone();
        attempts.spawn(async move { house.login(&format!("nobody{number}"), PASSWORD).await });
    }
    let answers = attempts.join_all().await;
    let (busy, told): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status.as_u16() == 503);
    assert!(!busy.is_empty() && !told.is_empty(), "{} busy, {} told", busy.len(), told.len());
    for answer in busy {
        answer.is_empty(503);
        assert!(answer.headers.contains_key("retry-after"));
    }
    for answer in told {
        answer.is_fault(2, "Login", "Login failed.");
    }
}

#[tokio::test]
async fn the_strict_profile_refuses_what_an_operation_does_not_know() {
    // ecgridos-soap 3 #23; R76.
    let mut settings = passgate_gate::Settings::default();
    settings.policy.strict = true;
    let house = House::with(settings).await;
    let session = house.session("admin").await;
    let unknown = [("SessionID", session.as_str()), ("Unknown", "x")];
    house.call(V41, "WhoAmI", &unknown).await.is_unreadable(500);
    assert_eq!(house.call(V41, "WhoAmI", &unknown[..1]).await.status.as_u16(), 200);
}
