//! The shapes of results and faults by namespace. Contract: ecgridos-soap 2.5, 3 #1, #4, #8, 4.1.

use crate::house::{
    House, NEW, NEWER, NOBODY, SOUTH_USER, TARGET, V32, V41, element, envelope, envelope12, in_envelope, soap, soap12,
};

#[tokio::test]
async fn who_am_i_has_five_members_or_eighteen() {
    let house = House::open().await;
    let session = house.session("target").await;
    let answer = house.call(NEWER, "WhoAmI", &[("SessionID", &session)]).await;
    assert_eq!(
        answer.body,
        in_envelope(
            "<WhoAmIResponse xmlns=\"http://www.ecgridos.net/\"><WhoAmIResult><UserID>1042</UserID><Login>target</Login><NetworkID>2</NetworkID><MailboxID>0</MailboxID><AuthLevel>NetworkUser</AuthLevel></WhoAmIResult></WhoAmIResponse>"
        )
    );
    for namespace in [V41, V32] {
        let answer = house.call(namespace, "WhoAmI", &[("SessionID", &session)]).await;
        let expected = format!(
            "<WhoAmIResponse xmlns=\"{namespace}\"><WhoAmIResult><ECGridOSVersion>4.1</ECGridOSVersion><SessionID>{session}</SessionID><SessionEventID>0</SessionEventID><UserID>1042</UserID><LoginName>target</LoginName><FirstName>Ada</FirstName><LastName>&lt;Byron&gt;</LastName><Company>North &amp; Co</Company><EMail>target@example.com</EMail><Phone /><TimeZoneOffset>0</TimeZoneOffset><AuthLevel>NetworkUser</AuthLevel><LastLogin>2026-03-01T12:00:00Z</LastLogin><OpenSessions>1</OpenSessions><TimeOut>3600</TimeOut><NetworkID>2</NetworkID><MailboxID>0</MailboxID><ip>127.0.0.1</ip></WhoAmIResult></WhoAmIResponse>"
        );
        assert_eq!(answer.body, in_envelope(&expected));
    }
}

#[tokio::test]
async fn a_key_is_never_given_back() {
    // ecgridos-soap 3 #21.
    let house = House::open().await;
    let session = house.session("target").await;
    let key = house
        .call(V41, "GenerateAPIKey", &[("SessionID", &session), ("UserID", "1042")])
        .await
        .result("GenerateAPIKey");
    for (namespace, operation) in [(NEWER, "WhoAmI"), (V41, "WhoAmI"), (NEWER, "SessionInfo")] {
        let answer = house.call(namespace, operation, &[("SessionID", &key)]).await;
        assert_eq!(answer.status.as_u16(), 200);
        assert!(!answer.body.contains(&key), "{}", answer.body);
    }
}

#[tokio::test]
async fn session_info_tells_the_times_of_the_session() {
    let house = House::open().await;
    let session = house.session("target").await;
    let answer = house.call(NEWER, "SessionInfo", &[("SessionID", &session)]).await;
    assert_eq!(answer.text("SessionID"), session);
    assert_eq!(answer.text("Created"), "2026-03-01T12:00:00Z");
    assert!(answer.text("Expires").starts_with("2026-03-01T13:0"), "{}", answer.body);
    assert!(answer.body.contains("<UserID>1042</UserID><NetworkID>2</NetworkID><MailboxID>0</MailboxID>"));
}

#[tokio::test]
async fn user_info_has_ten_members_or_twenty() {
    let house = House::open().await;
    let session = house.session("admin").await;
    let ids = [("SessionID", session.as_str()), ("UserID", "1042")];
    let newer = house.call(NEWER, "UserInfo", &ids).await;
    assert_eq!(
        newer.body,
        in_envelope(
            "<UserInfoResponse xmlns=\"http://www.ecgridos.net/\"><UserInfoResult><UserID>1042</UserID><Login>target</Login><Email>target@example.com</Email><FirstName>Ada</FirstName><LastName>&lt;Byron&gt;</LastName><NetworkID>2</NetworkID><MailboxID>0</MailboxID><AuthLevel>NetworkUser</AuthLevel><Status>Active</Status><Created>2026-03-01T12:00:00Z</Created></UserInfoResult></UserInfoResponse>"
        )
    );
    let published = house.call(V41, "UserInfo", &ids).await;
    assert_eq!(
        published.body,
        in_envelope(
            "<UserInfoResponse xmlns=\"https://os.ecgrid.io/\"><UserInfoResult><UserID>1042</UserID><LoginName>target</LoginName><RecoveryQuestion /><FirstName>Ada</FirstName><LastName>&lt;Byron&gt;</LastName><Company>North &amp; Co</Company><EMail>target@example.com</EMail><Phone /><CellPhone /><CellCarrier>Undefined</CellCarrier><TimeZoneOffset>0</TimeZoneOffset><NetworkID>2</NetworkID><MailboxID>0</MailboxID><AuthLevel>NetworkUser</AuthLevel><Created>2026-03-01T12:00:00Z</Created><Modified>2026-03-01T12:00:00Z</Modified><LastLogin>0001-01-01T00:00:00Z</LastLogin><Status>Active</Status><LockedOut>false</LockedOut><OpenSessions>0</OpenSessions></UserInfoResult></UserInfoResponse>"
        )
    );
    let of = async |user: &str| house.call(V41, "UserInfo", &[("SessionID", &session), ("UserID", user)]).await;
    of(&SOUTH_USER.to_string()).await.is_fault(3, "UserID", "User not found.");
    of("0").await.is_fault(4, "UserID", "UserID is required.");
}

#[tokio::test]
async fn version_and_time_need_no_session() {
    let house = House::open().await;
    for namespace in [NEWER, V41, V32] {
        assert_eq!(house.call(namespace, "Version", &[]).await.result("Version"), "4.1");
        assert_eq!(house.call(namespace, "NowUTC", &[]).await.result("NowUTC"), "2026-03-01T12:00:00Z");
    }
}

#[tokio::test]
async fn a_fault_has_four_members_and_in_the_newer_namespace_a_category_before_them() {
    // ecgridos-soap 4.1.
    let house = House::open().await;
    let session = house.session("admin").await;
    let info = "<ErrorInfo><ErrorCode>3</ErrorCode><ErrorString>Not found.</ErrorString><ErrorItem>UserID</ErrorItem><ErrorMessage>User not found.</ErrorMessage></ErrorInfo>";
    let nobody = NOBODY.to_string();
    let parameters = [("SessionID", session.as_str()), ("UserID", nobody.as_str()), ("NewPassword", NEW)];
    for namespace in [V41, V32, ""] {
        let answer = house.call(namespace, "UserPassword", &parameters).await;
        answer.is_plain_fault(500, "Client", "NotFound: User not found.", &format!("<detail>{info}</detail>"));
    }
    let answer = house.call(NEWER, "UserPassword", &parameters).await;
    let category = "<ECGridOSSOAPErrorCode>ObjectNotFound</ECGridOSSOAPErrorCode>";
    answer.is_plain_fault(500, "Client", "NotFound: User not found.", &format!("<detail>{category}{info}</detail>"));
}

#[tokio::test]
async fn categories_go_with_codes() {
    // ecgridos-soap 4.2.
    let house = House::open().await;
    let session = house.session("admin").await;
    let clerk = house.session("target").await;
    let category = async |session: &str, user: &str, password: &str| {
        let parameters = [("SessionID", session), ("UserID", user), ("NewPassword", password)];
        house.call(NEWER, "UserPassword", &parameters).await.text("ECGridOSSOAPErrorCode")
    };
    assert_eq!(category("none", "1042", NEW).await, "Authentication");
    assert_eq!(category(&clerk, "1042", NEW).await, "Authorization");
    assert_eq!(category(&session, "0", NEW).await, "ObjectNotFound");
    assert_eq!(category(&session, "x", NEW).await, "InvalidParameter");
    assert_eq!(category(&session, "1042", "").await, "InvalidParameter");
}

#[tokio::test]
async fn soap_12_is_answered_in_soap_12() {
    // ecgridos-soap 2.2, 4.1; soap-clients 1.
    let house = House::open().await;
    let session = house.session("admin").await;
    let call = |user: &str| {
        soap12(&envelope12(&element(
            V41,
            "UserPassword",
            &[("SessionID", &session), ("UserID", user), ("NewPassword", NEW)],
        )))
    };
    let done = house.send(call(&TARGET.to_string())).await;
    assert_eq!(done.content_type(), "application/soap+xml; charset=utf-8");
    assert_eq!(done.result("UserPassword"), "true");
    let fault = house.send(call("0")).await;
    assert_eq!((fault.status.as_u16(), fault.content_type()), (500, "application/soap+xml; charset=utf-8"));
    let expected = "<soap:Fault><soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang=\"en\">InvalidID: UserID is required.</soap:Text></soap:Reason><soap:Detail><ErrorInfo><ErrorCode>4</ErrorCode><ErrorString>Invalid ID.</ErrorString><ErrorItem>UserID</ErrorItem><ErrorMessage>UserID is required.</ErrorMessage></ErrorInfo></soap:Detail></soap:Fault>";
    assert!(fault.body.contains(expected), "{}", fault.body);
}

#[tokio::test]
async fn a_call_without_a_namespace_takes_that_of_its_action_or_its_path() {
    // ecgridos-soap 3 #1, #2.
    let house = House::open().await;
    let version = async |path: &str, action: Option<&str>| {
        let mut request = soap(&envelope("<Version/>"));
        *request.uri_mut() = path.parse().unwrap();
        if let Some(action) = action {
            request.headers_mut().insert("soapaction", action.parse().unwrap());
        }
        let answer = house.send(request).await;
        let at = answer.body.find("<VersionResponse xmlns=\"").unwrap() + "<VersionResponse xmlns=\"".len();
        answer.body[at..].split('"').next().unwrap().to_owned()
    };
    assert_eq!(version("/v4.1/prod/ECGridOS.asmx", None).await, V41);
    assert_eq!(version("/V4.1/PROD/ecgridos.ASMX", Some("\"\"")).await, V41);
    assert_eq!(version("/v3.2/prod/ecgridos.asmx", None).await, V32);
    assert_eq!(version("/v2.3/prod/ecgridos.asmx", Some("\"*\"")).await, V32);
    assert_eq!(version("/v4.1/prod/ECGridOS.asmx", Some("http://www.ecgridos.net/Version")).await, NEWER);
    assert_eq!(version("/v3.2/prod/ecgridos.asmx", Some("\"https://os.ecgrid.io/Version\"")).await, V41);
}
