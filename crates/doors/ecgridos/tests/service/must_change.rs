//! A password that has to be changed. Contract: ecgridos-soap 4.3 row 3; authorisation 3.5.

use crate::house::{House, NEW, NEWER, PASSWORD, TARGET, V41};

#[tokio::test]
async fn a_session_with_a_pending_change_may_only_change_look_and_leave() {
    let house = House::open().await;
    let session = house.session("temp").await;
    let ids = [("SessionID", session.as_str()), ("UserID", "1042")];
    for operation in ["UserPassword", "UserInfo", "UserReset", "GenerateAPIKey", "GeneratePassword"] {
        house.call(V41, operation, &ids).await.is_fault(2, "SessionID", "Password change required.");
    }
    for operation in ["WhoAmI", "SessionInfo", "Version", "NowUTC"] {
        assert_eq!(house.call(NEWER, operation, &ids[..1]).await.status.as_u16(), 200, "{operation}");
    }
    assert!(house.accepts("target", PASSWORD).await);
    assert_eq!(house.call(NEWER, "Logout", &ids[..1]).await.result("Logout"), "true");
}

#[tokio::test]
async fn the_change_frees_the_session_and_must_bring_another_password() {
    let house = House::open().await;
    let session = house.session("temp").await;
    let change = async |new: &str| {
        let parameters = [("SessionID", session.as_str()), ("OldPassword", PASSWORD), ("NewPassword", new)];
        house.call(NEWER, "ChangePassword", &parameters).await
    };
    change(PASSWORD).await.is_fault(9, "NewPassword", "The new password must differ from the old one.");
    assert_eq!(change(NEW).await.result("ChangePassword"), "true");
    assert_eq!(house.set(&session, TARGET, NEW).await.result("UserPassword"), "true");
}
