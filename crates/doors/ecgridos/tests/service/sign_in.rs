//! Sessions: `Login`, `Logout`, what may stand as `SessionID`. Contract: ecgridos-soap 3 #6, #10, #13, #20, 4.5.

use jiff::SignedDuration;
use passgate_gate::store::UserChange;
use passgate_gate::user::Status;

use crate::house::{Answer, House, NEW, NEWER, PASSWORD, TARGET, V32, V41};

#[tokio::test]
async fn a_login_name_comes_in_any_of_five_parameters() {
    // ecgridos-soap 3 #6.
    let house = House::open().await;
    for (namespace, name) in [(NEWER, "UserName"), (V41, "LoginName"), (V32, "Login"), ("", "UserID"), (V41, "Email")] {
        let login = if name == "Email" { "target@example.com" } else { "Target@northco" };
        let answer = house.call(namespace, "Login", &[(name, login), ("Password", PASSWORD)]).await;
        let session = answer.result("Login");
        assert_eq!(session.len(), 36, "{session}");
        assert!(house.is_open(&session).await, "{name}");
    }
}

#[tokio::test]
async fn the_quick_start_page_signs_in_without_a_namespace() {
    // ecgridos-soap 2.1: the page looks for LoginResult in https://os.ecgrid.io/, and as unprefixed text.
    let house = House::open().await;
    let answer = house.call("", "Login", &[("UserID", "target"), ("Password", PASSWORD)]).await;
    assert!(answer.body.contains("<LoginResponse xmlns=\"https://os.ecgrid.io/\"><LoginResult>"), "{}", answer.body);
}

#[tokio::test]
async fn whoever_may_not_sign_in_gets_one_and_the_same_answer() {
    // ecgridos-soap 4.5 row 1; R54: byte comparison.
    let house = House::open().await;
    house.change_user(crate::house::ADMIN2, UserChange { locked: Some(true), ..UserChange::default() }).await;
    house
        .change_user(crate::house::NETUSER, UserChange { status: Some(Status::Suspended), ..UserChange::default() })
        .await;
    house
        .change_user(crate::house::TPUSER, UserChange { status: Some(Status::Terminated), ..UserChange::default() })
        .await;
    let wrong = house.login("target", NEW).await;
    wrong.is_fault(2, "Login", "Login failed.");
    assert_eq!(wrong.text("ECGridOSSOAPErrorCode"), "Authentication");
    for (name, password) in [
        ("target", ""),
        ("target@SOUTHCO", PASSWORD),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("", ""),
        ("admin2", PASSWORD),
        ("netuser", PASSWORD),
        ("tpuser", PASSWORD),
    ] {
        let answer = house.login(name, password).await;
        assert_eq!((answer.status, &answer.body), (wrong.status, &wrong.body), "{name}");
    }
    let nothing = house.call(NEWER, "Login", &[]).await;
    assert_eq!(nothing.body, wrong.body);
}

#[tokio::test]
async fn a_throttled_account_answers_as_a_wrong_password_does() {
    // ecgridos-soap 3 #19, 4.5; authorisation 3.6. Open sessions work on.
    let house = House::open().await;
    let session = house.session("target").await;
    let wrong = house.login("target", NEW).await;
    for _ in 0..5 {
        house.login("target", NEW).await;
    }
    let throttled = house.login("target", PASSWORD).await;
    assert_eq!(throttled.body, wrong.body);
    assert!(house.is_open(&session).await);
    house.later(SignedDuration::from_mins(15));
    house.login("target", PASSWORD).await.result("Login");
}

#[tokio::test]
async fn one_session_too_many_is_refused_and_locks_nobody_out() {
    // ecgridos-soap 3 #10, 4.5 row 2.
    let house = House::open().await;
    let first = house.session("target").await;
    for _ in 0..4 {
        house.session("target").await;
    }
    house.login("target", PASSWORD).await.is_fault(2, "Login", "Too many open sessions.");
    house.call(NEWER, "Logout", &[("SessionID", &first)]).await.result("Logout");
    house.session("target").await;
}

#[track_caller]
fn is_invalid(answer: &Answer) {
    answer.is_fault(1, "SessionID", "Invalid SessionID.");
}

#[tokio::test]
async fn only_an_open_session_is_a_session() {
    // ecgridos-soap 4.3 row 1.
    let house = House::open().await;
    let open = house.session("target").await;
    for session in
        ["", " ", "x", "00000000-0000-0000-0000-000000000000", &format!("{open}x"), &open[..35], "' OR 1=1 --"]
    {
        is_invalid(&house.call(V41, "WhoAmI", &[("SessionID", session)]).await);
    }
    is_invalid(&house.call(V41, "WhoAmI", &[]).await);
    let padded = format!("\n  {}  \n", open.to_uppercase());
    assert_eq!(house.call(NEWER, "WhoAmI", &[("SessionID", &padded)]).await.text("Login"), "target");
    let closed = open;
    house.call(NEWER, "Logout", &[("SessionID", &closed)]).await.result("Logout");
    is_invalid(&house.call(NEWER, "WhoAmI", &[("SessionID", &closed)]).await);
}

#[tokio::test]
async fn a_session_slides_for_an_hour_and_ends_after_twelve() {
    // ecgridos-soap 3 #10.
    let house = House::open().await;
    let [idle, busy] = [house.session("target").await, house.session("admin").await];
    for _ in 0..23 {
        house.later(SignedDuration::from_mins(31));
        assert!(house.is_open(&busy).await);
    }
    assert!(!house.is_open(&idle).await);
    house.later(SignedDuration::from_mins(31));
    assert!(!house.is_open(&busy).await, "twelve hours are over");
}

#[tokio::test]
async fn an_api_key_stands_where_a_session_is_asked() {
    // ecgridos-soap 2.6, 3 #20; 4.3 row 2.
    let house = House::open().await;
    let session = house.session("admin").await;
    let make = async || {
        let parameters = [("SessionID", session.as_str()), ("UserID", "21")];
        house.call(V41, "GenerateAPIKey", &parameters).await.result("GenerateAPIKey")
    };
    let key = make().await;
    assert_eq!(house.set(&key, TARGET, NEW).await.result("UserPassword"), "true");
    let newer = make().await;
    is_invalid(&house.set(&key, TARGET, NEW).await);
    assert!(house.is_open(&newer).await);
    house.later(SignedDuration::from_hours(366 * 24));
    is_invalid(&house.set(&newer, TARGET, NEW).await);
}

#[tokio::test]
async fn an_api_key_is_no_session_where_the_operator_forbids_it() {
    // ecgridos-soap 3 #20.
    let mut settings = passgate_gate::Settings::default();
    settings.keys.as_session_id = false;
    let house = House::with(settings).await;
    let session = house.session("admin").await;
    let key =
        house.call(V41, "GenerateAPIKey", &[("SessionID", &session), ("UserID", "21")]).await.result("GenerateAPIKey");
    is_invalid(&house.call(V41, "WhoAmI", &[("SessionID", &key)]).await);
}

#[tokio::test]
async fn a_locked_caller_keeps_its_key_but_not_its_session() {
    // ecgridos-soap 4.3 row 2; authorisation 3.6.
    let house = House::open().await;
    let session = house.session("admin").await;
    let key =
        house.call(V41, "GenerateAPIKey", &[("SessionID", &session), ("UserID", "21")]).await.result("GenerateAPIKey");
    house.change_user(crate::house::ADMIN, UserChange { locked: Some(true), ..UserChange::default() }).await;
    is_invalid(&house.set(&session, TARGET, NEW).await);
    assert_eq!(house.set(&key, TARGET, NEW).await.result("UserPassword"), "true");
    house
        .change_user(crate::house::ADMIN, UserChange { status: Some(Status::Suspended), ..UserChange::default() })
        .await;
    is_invalid(&house.set(&key, TARGET, NEW).await);
}

#[tokio::test]
async fn logging_out_tells_what_each_generation_wants_to_know() {
    // ecgridos-soap 2.4, 3 #13.
    let house = House::open().await;
    let logout =
        async |namespace: &str, session: &str| house.call(namespace, "Logout", &[("SessionID", session)]).await;
    let session = house.session("target").await;
    house.later(SignedDuration::from_millis(90_500));
    assert_eq!(logout(V41, &session).await.result("Logout"), "90500");
    is_invalid(&logout(V41, &session).await);
    assert_eq!(logout(NEWER, &session).await.result("Logout"), "false");
    assert_eq!(logout(NEWER, &house.session("target").await).await.result("Logout"), "true");

    let session = house.session("admin").await;
    let key =
        house.call(V41, "GenerateAPIKey", &[("SessionID", &session), ("UserID", "21")]).await.result("GenerateAPIKey");
    assert_eq!(logout(NEWER, &key).await.result("Logout"), "true");
    assert_eq!(logout(V32, &key).await.result("Logout"), "0");
    assert!(house.is_open(&key).await);
}
