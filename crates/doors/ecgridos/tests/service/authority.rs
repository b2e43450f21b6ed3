//! Who may set whose password here. Contract: authorisation 4.2.

use crate::house::{
    ADMIN, ADMIN2, ELSEWHERE, GENERAL, House, MBADMIN, MBUSER, NETOPS, NETUSER, NEW, NOBODY, ROOT, SENIOR, SOUTH_ADMIN,
    SOUTH_STAFF, SOUTH_USER, STAFF, TARGET, TPUSER,
};

const SET: i32 = 0;

/// One row of the table: the caller, and what comes of each target.
async fn row(house: &House, caller: &str, expected: &[(i32, i32)]) {
    for &(target, code) in expected {
        let session = house.session(caller).await;
        // A name with the target in it would be too easy to guess for nobody here.
        let answer = house.set(&session, target, NEW).await;
        match code {
            SET => assert_eq!(answer.result("UserPassword"), "true", "{caller} sets {target}"),
            2 => assert_eq!(
                (answer.text("ErrorCode"), answer.text("ErrorItem")),
                ("2".into(), "UserID".into()),
                "{caller} sets {target}"
            ),
            code => assert_eq!(answer.text("ErrorCode"), code.to_string(), "{caller} sets {target}"),
        }
        let logout = [("SessionID", session.as_str())];
        house.call(crate::house::NEWER, "Logout", &logout).await;
    }
}

#[tokio::test]
async fn system_wide_levels_reach_everybody_up_to_their_own_rank() {
    // authorisation 4.2, row 2.
    let house = House::open().await;
    row(
        &house,
        "netops",
        &[(ADMIN2, SET), (SOUTH_ADMIN, SET), (STAFF, SET), (ROOT, 2), (SOUTH_STAFF, 2), (NOBODY, 3), (NETOPS, SET)],
    )
    .await;
}

#[tokio::test]
async fn a_network_admin_reaches_its_own_network() {
    // authorisation 4.2, row 3.
    let house = House::open().await;
    row(
        &house,
        "admin",
        &[
            (TARGET, SET),
            (MBUSER, SET),
            (ADMIN2, SET),
            (STAFF, 2),
            (SOUTH_USER, 3),
            (SOUTH_STAFF, 3),
            (NOBODY, 3),
            (ADMIN, SET),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_mailbox_admin_reaches_its_own_mailbox() {
    // authorisation 4.2, row 5; ecgridos-soap 3 #14.
    let house = House::open().await;
    row(
        &house,
        "mbadmin",
        &[
            (MBUSER, SET),
            (GENERAL, SET),
            (SENIOR, 2),
            (ELSEWHERE, 3),
            (TARGET, 3),
            (STAFF, 3),
            (SOUTH_USER, 3),
            (SOUTH_STAFF, 3),
            (NOBODY, 3),
            (MBADMIN, SET),
        ],
    )
    .await;
}

#[tokio::test]
async fn all_others_administer_nobody_not_even_themselves() {
    // authorisation 4.2, rows 4 and 6; 3.4 #5: even what does not exist is denied, so nothing is disclosed.
    let house = House::open().await;
    for (caller, itself) in [("netuser", NETUSER), ("mbuser", MBUSER), ("tpuser", TPUSER), ("general", GENERAL)] {
        row(&house, caller, &[(itself, 2), (GENERAL, 2), (TARGET, 2), (STAFF, 2), (SOUTH_USER, 2), (NOBODY, 2)]).await;
    }
}
