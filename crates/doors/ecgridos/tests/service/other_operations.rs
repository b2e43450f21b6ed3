//! `ChangePassword`, `GeneratePassword`, `UserReset`, `GenerateAPIKey`. Contract: ecgridos-soap 4.5, 3 #11.

use passgate_gate::store::UserChange;

use crate::house::{House, NEW, NEWER, NOBODY, PASSWORD, SOUTH_USER, TARGET, V41};

#[tokio::test]
async fn a_change_needs_the_old_password_and_ends_the_other_sessions() {
    let house = House::open().await;
    let [mine, other] = [house.session("target").await, house.session("target").await];
    let change = async |old: &str, new: &str| {
        let parameters = [("SessionID", mine.as_str()), ("OldPassword", old), ("NewPassword", new)];
        house.call(V41, "ChangePassword", &parameters).await
    };
    change(NEW, "Other-tree-43").await.is_fault(2, "OldPassword", "The old password does not match.");
    change("", "Other-tree-43").await.is_fault(2, "OldPassword", "The old password does not match.");
    change(PASSWORD, "").await.is_fault(8, "NewPassword", "A new password is required.");
    change(PASSWORD, "Aa1!").await.is_fault(8, "NewPassword", "The password must have at least 8 characters.");
    assert_eq!(change(PASSWORD, NEW).await.result("ChangePassword"), "true");
    assert!(house.is_open(&mine).await && !house.is_open(&other).await);
    assert!(house.accepts("target", NEW).await);
}

#[tokio::test]
async fn guessing_the_old_password_is_throttled_like_guessing_at_the_door() {
    let house = House::open().await;
    let session = house.session("target").await;
    let change = async |old: &str| {
        let parameters = [("SessionID", session.as_str()), ("OldPassword", old), ("NewPassword", NEW)];
        house.call(V41, "ChangePassword", &parameters).await
    };
    for _ in 0..6 {
        change("wrong").await;
    }
    change(PASSWORD).await.is_fault(2, "OldPassword", "The old password does not match.");
    house.login("target", PASSWORD).await.is_fault(2, "Login", "Login failed.");
}

#[tokio::test]
async fn a_generated_password_has_the_length_that_was_asked_for() {
    let house = House::open().await;
    let session = house.session("mbuser").await;
    let generate = async |length: Option<&str>| {
        let mut parameters = vec![("SessionID", session.as_str())];
        parameters.extend(length.map(|length| ("Length", length)));
        house.call(V41, "GeneratePassword", &parameters).await
    };
    for (length, expected) in [(None, 12), (Some("8"), 8), (Some(" 128 "), 128)] {
        assert_eq!(generate(length).await.result("GeneratePassword").chars().count(), expected);
    }
    for length in ["7", "129", "0", "-12"] {
        generate(Some(length)).await.is_fault(8, "Length", "The length must be 8 to 128.");
    }
    for length in ["x", "", "40000", "12.0"] {
        generate(Some(length)).await.is_fault(7, "Length", "Length must be an integer.");
    }
    let admin = house.session("admin").await;
    let password = generate(None).await.result("GeneratePassword");
    assert_eq!(house.set(&admin, TARGET, &password).await.result("UserPassword"), "true");
}

#[tokio::test]
async fn a_reset_ends_sessions_and_lifts_the_lock() {
    let house = House::open().await;
    let [admin, target] = [house.session("admin").await, house.session("target").await];
    house.change_user(TARGET, UserChange { locked: Some(true), ..UserChange::default() }).await;
    let reset = async |session: &str, user: i32| {
        house.call(V41, "UserReset", &[("SessionID", session), ("UserID", &user.to_string())]).await
    };
    assert_eq!(reset(&admin, TARGET).await.result("UserReset"), "true");
    assert!(!house.is_open(&target).await);
    assert!(house.accepts("target", PASSWORD).await);

    let target = house.session("target").await;
    reset(&target, TARGET).await.is_fault(2, "UserID", "The caller may not administer users.");
    reset(&admin, 0).await.is_fault(4, "UserID", "UserID is required.");
    reset(&admin, NOBODY).await.is_fault(3, "UserID", "User not found.");
    reset(&admin, SOUTH_USER).await.is_fault(3, "UserID", "User not found.");
}

#[tokio::test]
async fn anybody_makes_a_key_for_themselves_and_administrators_for_others() {
    let house = House::open().await;
    let [admin, target] = [house.session("admin").await, house.session("target").await];
    let make = async |session: &str, user: i32| {
        house.call(NEWER, "GenerateAPIKey", &[("SessionID", session), ("UserID", &user.to_string())]).await
    };
    for session in [&admin, &target] {
        let key = make(session, TARGET).await.result("GenerateAPIKey");
        assert_eq!(house.call(NEWER, "WhoAmI", &[("SessionID", &key)]).await.text("UserID"), "1042");
    }
    make(&target, crate::house::MBUSER).await.is_fault(2, "UserID", "The caller may not administer users.");
    make(&admin, crate::house::STAFF).await.is_fault(2, "UserID", "The caller may not administer this user.");
    make(&admin, SOUTH_USER).await.is_fault(3, "UserID", "User not found.");
    make(&admin, -1).await.is_fault(4, "UserID", "UserID is required.");
}
