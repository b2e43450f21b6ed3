//! `UserPassword`. Contract: ecgridos-soap 1, 3 #5, 3 #11, 4.3.

use passgate_gate::settings::SessionsAfterSet;
use passgate_gate::store::UserChange;
use passgate_gate::user::Status;

use crate::house::{
    ADMIN, House, NEW, NEWER, NOBODY, PASSWORD, SENIOR, STAFF, TARGET, V32, V41, envelope, in_envelope, soap,
};

#[tokio::test]
async fn a_set_makes_the_new_password_true_and_the_old_one_false() {
    // ecgridos-soap 1: the exchange of the seed, byte by byte.
    let house = House::open().await;
    let session = house.session("admin").await;
    let request = envelope(&format!(
        "\n<UserPassword xmlns=\"{NEWER}\"><SessionID>{session}</SessionID><UserID>{TARGET}</UserID><NewPassword>{NEW}</NewPassword></UserPassword>\n"
    ));
    let mut request = soap(&request);
    request.headers_mut().insert("soapaction", "\"http://www.ecgridos.net/UserPassword\"".parse().unwrap());
    let answer = house.send(request).await;

    let expected = in_envelope(
        "<UserPasswordResponse xmlns=\"http://www.ecgridos.net/\"><UserPasswordResult>true</UserPasswordResult></UserPasswordResponse>",
    );
    assert_eq!((answer.status.as_u16(), answer.body), (200, expected));
    assert!(house.accepts("target", NEW).await);
    assert!(!house.accepts("target", PASSWORD).await);
}

#[tokio::test]
async fn three_and_six_parameters_are_taken_in_every_namespace_and_any_order() {
    // ecgridos-soap 3 #1, #5.
    let house = House::open().await;
    let session = house.session("admin").await;
    for (round, namespace) in [NEWER, V41, V32, ""].into_iter().enumerate() {
        let three = format!("Larch-tree-{round}3");
        let answer = house
            .call(namespace, "UserPassword", &[("NewPassword", &three), ("UserID", "1042"), ("SessionID", &session)])
            .await;
        assert_eq!(answer.result("UserPassword"), "true");
        assert!(house.accepts("target", &three).await, "{namespace}");
        let six = format!("Larch-tree-{round}6");
        let answer = house
            .call(
                namespace,
                "UserPassword",
                &[
                    ("SessionID", &session),
                    ("UserID", " +1042 "),
                    ("CurrentRecoveryAnswer", "ignored"),
                    ("Password", &six),
                    ("RecoveryQuestion", "Which tree?"),
                    ("RecoveryAnswer", "Larch"),
                    ("Unknown", "ignored"),
                ],
            )
            .await;
        assert_eq!(answer.result("UserPassword"), "true");
        assert!(house.accepts("target", &six).await, "{namespace}");
    }
    assert_eq!(house.account(TARGET).await.user.recovery_question, "Which tree?");
    house.set(&session, TARGET, NEW).await.result("UserPassword");
    assert_eq!(house.account(TARGET).await.user.recovery_question, "Which tree?", "unchanged when none is sent");
}

#[tokio::test]
async fn the_same_password_in_both_parameters_is_no_contradiction() {
    // ecgridos-soap 3 #5.
    let house = House::open().await;
    let session = house.session("admin").await;
    let both = [("SessionID", session.as_str()), ("UserID", "1042"), ("NewPassword", NEW), ("Password", NEW)];
    assert_eq!(house.call(NEWER, "UserPassword", &both).await.result("UserPassword"), "true");
}

#[tokio::test]
async fn each_wrong_user_id_has_its_own_answer() {
    // ecgridos-soap 4.3, rows 5 to 7.
    let house = House::open().await;
    let session = house.session("admin").await;
    let set = async |user: Option<&str>| {
        let mut parameters = vec![("SessionID", session.as_str()), ("NewPassword", NEW)];
        parameters.extend(user.map(|user| ("UserID", user)));
        house.call(V41, "UserPassword", &parameters).await
    };
    for user in [None, Some("0"), Some("-1"), Some("-0")] {
        set(user).await.is_fault(4, "UserID", "UserID is required.");
    }
    for user in ["", "x", "1.5", "2147483648", "1042 1043", "0x412"] {
        set(Some(user)).await.is_fault(7, "UserID", "UserID must be an integer.");
    }
    set(Some(&NOBODY.to_string())).await.is_fault(3, "UserID", "User not found.");
    house.change_user(TARGET, UserChange { status: Some(Status::Terminated), ..UserChange::default() }).await;
    set(Some("1042")).await.is_fault(3, "UserID", "User not found.");
}

#[tokio::test]
async fn each_broken_rule_has_its_code_and_its_sentence() {
    // ecgridos-soap 4.3, rows 9 to 14.
    let house = House::open().await;
    let session = house.session("admin").await;
    let long = format!("Aa1!{}", "x".repeat(1021));
    let pattern = "The password needs a lowercase letter, an uppercase letter, a digit and a special character.";
    let cases = [
        ("", 8, "A new password is required."),
        (long.as_str(), 8, "The password must not be longer than 1024 bytes."),
        ("Aa1!xyz", 8, "The password must have at least 8 characters."),
        ("Larch-\u{202E}tree-42", 9, "The password contains a character that is not allowed."),
        ("Larch-\u{85}tree-42", 9, "The password contains a character that is not allowed."),
        ("larch-tree-42", 9, pattern),
        ("LARCH-TREE-42", 9, pattern),
        ("Larch-tree-xx", 9, pattern),
        ("Larchtree42", 9, pattern),
        ("P@ssw0rd", 9, "The password is too easy to guess."),
    ];
    for (password, code, message) in cases {
        house.set(&session, TARGET, password).await.is_fault(code, "NewPassword", message);
        let six = [("SessionID", session.as_str()), ("UserID", "1042"), ("Password", password)];
        house.call(V41, "UserPassword", &six).await.is_fault(code, "Password", message);
    }
    let ids = [("SessionID", session.as_str()), ("UserID", "1042")];
    house.call(V41, "UserPassword", &ids).await.is_fault(8, "NewPassword", "A new password is required.");
    let six = [&ids[..], &[("RecoveryQuestion", "q")]].concat();
    house.call(V41, "UserPassword", &six).await.is_fault(8, "Password", "A new password is required.");
    assert!(house.accepts("target", PASSWORD).await, "nothing was set");
}

#[tokio::test]
async fn two_different_passwords_and_long_recovery_texts_are_refused() {
    // ecgridos-soap 4.3, rows 15 and 16.
    let house = House::open().await;
    let session = house.session("admin").await;
    let ids = [("SessionID", session.as_str()), ("UserID", "1042")];
    let with = |more: &[(&'static str, &'static str)]| [&ids[..], more].concat();
    let two = with(&[("NewPassword", NEW), ("Password", "Other-tree-43")]);
    house.call(V41, "UserPassword", &two).await.is_fault(9, "NewPassword", "NewPassword and Password differ.");
    let long: &'static str = Box::leak("ä".repeat(51).into_boxed_str());
    for name in ["RecoveryQuestion", "RecoveryAnswer"] {
        let answer = house.call(V41, "UserPassword", &with(&[("Password", NEW), (name, long)])).await;
        answer.is_fault(8, name, "Too long (max=50).");
    }
    assert!(house.accepts("target", PASSWORD).await);
    let fits = with(&[("Password", NEW), ("RecoveryQuestion", &long[..100])]);
    assert_eq!(house.call(V41, "UserPassword", &fits).await.result("UserPassword"), "true");
}

#[tokio::test]
async fn what_is_wrong_is_told_in_the_order_of_the_contract() {
    // ecgridos-soap 3, order of checks: each call has everything wrong that comes later, too.
    let house = House::open().await;
    let [admin, clerk] = [house.session("admin").await, house.session("netuser").await];
    let call = async |session: &str, user: &str| {
        let parameters = [("SessionID", session), ("UserID", user), ("NewPassword", ""), ("Password", "x")];
        house.call(V41, "UserPassword", &parameters).await
    };
    call("nonsense", "x").await.is_fault(1, "SessionID", "Invalid SessionID.");
    call(&clerk, "x").await.is_fault(2, "UserID", "The caller may not administer users.");
    call(&admin, "x").await.is_fault(7, "UserID", "UserID must be an integer.");
    call(&admin, &NOBODY.to_string()).await.is_fault(3, "UserID", "User not found.");
    call(&admin, &STAFF.to_string()).await.is_fault(2, "UserID", "The caller may not administer this user.");
    call(&admin, &SENIOR.to_string()).await.is_fault(9, "NewPassword", "NewPassword and Password differ.");
    house.set(&admin, TARGET, "x\u{202E}").await.is_fault(
        8,
        "NewPassword",
        "The password must have at least 8 characters.",
    );
    let refused = "The password contains a character that is not allowed.";
    house.set(&admin, TARGET, "password\u{202E}").await.is_fault(9, "NewPassword", refused);
}

#[tokio::test]
async fn a_set_ends_the_sessions_of_the_target_and_spares_its_keys() {
    // ecgridos-soap 3 #11; authorisation 3.7.
    let house = House::open().await;
    let [admin, target] = [house.session("admin").await, house.session("target").await];
    let key = house
        .call(NEWER, "GenerateAPIKey", &[("SessionID", &target), ("UserID", "1042")])
        .await
        .result("GenerateAPIKey");
    house.set(&admin, TARGET, NEW).await.result("UserPassword");
    assert!(!house.is_open(&target).await);
    assert!(house.is_open(&key).await && house.is_open(&admin).await);

    let other = house.session("admin").await;
    house.set(&admin, ADMIN, NEW).await.result("UserPassword");
    assert!(house.is_open(&admin).await, "the calling session stays when the target is the caller");
    assert!(!house.is_open(&other).await);
}

#[tokio::test]
async fn sessions_stay_where_the_operator_wants_it_so() {
    // README deviation 1.
    let settings = passgate_gate::Settings { sessions_after_set: SessionsAfterSet::Keep, ..Default::default() };
    let house = House::with(settings).await;
    let [admin, target] = [house.session("admin").await, house.session("target").await];
    house.set(&admin, TARGET, NEW).await.result("UserPassword");
    assert!(house.is_open(&target).await);
}

#[tokio::test]
async fn the_password_is_taken_whole() {
    // R4, R69; ecgridos-soap 3 #23.
    let house = House::open().await;
    let session = house.session("admin").await;
    let request = envelope(&format!(
        "<UserPassword xmlns=\"{NEWER}\"><SessionID>{session}</SessionID><UserID>{TARGET}</UserID><NewPassword> Larch<!-- x -->-<![CDATA[<tree>&]]>&amp;&#52;2 </NewPassword></UserPassword>"
    ));
    assert_eq!(house.send(soap(&request)).await.result("UserPassword"), "true");
    assert!(house.accepts("target", " Larch-<tree>&&42 ").await);
    assert!(!house.accepts("target", "Larch-<tree>&&42").await);
}
