//! Who may set whose password, in which order it is judged, and what a set does.

use passgate_gate::store::{TenantChange, UserChange};
use passgate_gate::user::Status;

use crate::house::{House, operation, set_user_password};

const NOT_LICENSED: &str = "003 Company not authorized for integration.";
const NOT_AUTHORIZED: &str = "004 User not authorized.";
const INVALID_COMPANY: &str = "005 Invalid company id.";
const INVALID_USER: &str = "006 Invalid user id.";
const INVALID_PASSWORD: &str = "007 Invalid password.";
const UNKNOWN: &str = "001 Unknown Error.";

#[tokio::test]
async fn a_set_makes_the_new_password_the_only_one() {
    // omnitracs-soap 1; R21.
    let house = House::open().await;
    house.set("INTEG1@NORTHCO", &set_user_password("NORTHCO", "DRV0042", "meadow19lark", "0")).await.is_done();
    assert!(house.accepts("DRV0042@NORTHCO", "meadow19lark").await);
    assert!(!house.accepts("DRV0042@NORTHCO", crate::house::PASSWORD).await);
}

#[tokio::test]
async fn every_caller_and_target_gets_what_the_table_says() {
    // authorisation 4.3, row by row: itself; own company, rank at most its own, above, unknown; another, an unknown one.
    let house = House::open().await;
    let ok = "";
    let rows: [(&str, [&str; 7]); 9] = [
        ("ROOT1@OPERATOR", [ok, ok, ok, INVALID_USER, ok, INVALID_USER, INVALID_COMPANY]),
        ("TECHOPS1@OPERATOR", [ok, ok, NOT_AUTHORIZED, INVALID_USER, ok, INVALID_USER, INVALID_COMPANY]),
        ("NETOPS1@OPERATOR", [ok, ok, NOT_AUTHORIZED, INVALID_USER, ok, INVALID_USER, INVALID_COMPANY]),
        ("INTEG1@NORTHCO", [ok, ok, NOT_AUTHORIZED, INVALID_USER, INVALID_COMPANY, INVALID_COMPANY, INVALID_COMPANY]),
        ("CLERK1@NORTHCO", [NOT_AUTHORIZED; 7]),
        ("MBADMIN1@NORTHCO", [NOT_AUTHORIZED; 7]),
        ("MBUSER1@NORTHCO", [NOT_AUTHORIZED; 7]),
        ("PARTNER1@NORTHCO", [NOT_AUTHORIZED; 7]),
        ("GENERAL1@NORTHCO", [NOT_AUTHORIZED; 7]),
    ];
    for (caller, expected) in rows {
        let (itself, company) = caller.split_once('@').unwrap();
        let (peer, above) = match company {
            "OPERATOR" => ("NETOPS1", "ROOT1"),
            _ => ("ADMIN2", "STAFF1"),
        };
        let targets = [
            ("", itself),
            (company, peer),
            (company, above),
            (company, "NOBODY"),
            ("SOUTHCO", "DRV0099"),
            ("SOUTHCO", "NOBODY"),
            ("NOWHERE", "DRV0042"),
        ];
        for ((target_company, target), expected) in targets.into_iter().zip(expected) {
            // Everybody keeps the standard password, so that the next row can sign in.
            let answer =
                house.set(caller, &set_user_password(target_company, target, crate::house::PASSWORD, "0")).await;
            println!("{caller} -> {target}@{target_company}");
            if expected.is_empty() { answer.is_done() } else { answer.is_exception(expected) }
        }
    }
}

#[tokio::test]
async fn checks_come_in_the_order_of_the_contract() {
    // omnitracs-soap 3 #6, R50: everything wrong at once, then one thing less each time.
    let house = House::open().await;
    let nothing_right = set_user_password("NOWHERE", "NO BODY", "short", "0");
    house.set("NOBODY@NORTHCO", &nothing_right).await.is_failed_authentication();
    house.change_tenant("NORTHCO", TenantChange { licensed: Some(false), suspended: None }).await;
    house.set("CLERK1@NORTHCO", &nothing_right).await.is_exception(NOT_LICENSED);
    house
        .set("INTEG1@NORTHCO", &set_user_password("", "DRV0042", "meadow19lark", "0"))
        .await
        .is_exception(NOT_LICENSED);
    house.change_tenant("NORTHCO", TenantChange { licensed: Some(true), suspended: None }).await;
    house.set("CLERK1@NORTHCO", &nothing_right).await.is_exception(NOT_AUTHORIZED);
    house.set("INTEG1@NORTHCO", &nothing_right).await.is_exception(INVALID_COMPANY);
    house
        .set("INTEG1@NORTHCO", &set_user_password("NORTHCO", "NO BODY", "short", "0"))
        .await
        .is_exception(INVALID_USER);
    house
        .set("INTEG1@NORTHCO", &set_user_password("NORTHCO", "STAFF1", "short", "0"))
        .await
        .is_exception(NOT_AUTHORIZED);
    house
        .set("INTEG1@NORTHCO", &set_user_password("NORTHCO", "DRV0042", "short", "0"))
        .await
        .is_exception(INVALID_PASSWORD);
}

#[tokio::test]
async fn a_company_is_named_without_case_or_not_at_all() {
    // omnitracs-soap 3 #10, 4.2: absent, empty and nil are the caller's own.
    let house = House::open().await;
    let rest = "<userId>drv0042</userId><password>meadow19lark</password>";
    for company in [
        "",
        "<companyId/>",
        "<companyId></companyId>",
        "<companyId xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/>",
        "<companyId>northco</companyId>",
    ] {
        house.set("INTEG1@NORTHCO", &operation(&format!("{company}{rest}"))).await.is_done();
    }
    for company in ["NORTHCO1234", "NORTH CO", "SOUTHCO", "NOWHERE", "NÖRTHCO"] {
        let body = operation(&format!("<companyId>{company}</companyId>{rest}"));
        house.set("INTEG1@NORTHCO", &body).await.is_exception(INVALID_COMPANY);
    }
}

#[tokio::test]
async fn a_user_that_is_no_user_of_the_company_is_006() {
    // omnitracs-soap 3 #11, 4.2.
    let house = House::open().await;
    house
        .change_user("DRV0042", "NORTHCO", UserChange { status: Some(Status::Terminated), ..UserChange::default() })
        .await;
    let with = |user: &str| operation(&format!("{user}<password>meadow19lark</password>"));
    for user in [
        "",
        "<userId/>",
        "<userId>  </userId>",
        "<userId>NOBODY</userId>",
        "<userId>DRV0042</userId>",
        "<userId>DRV0099</userId>",
        "<userId>DRV00421234</userId>",
        "<userId>*ADMIN2</userId>",
        "<userId>ADMIN2@X</userId>",
    ] {
        house.set("INTEG1@NORTHCO", &with(user)).await.is_exception(INVALID_USER);
    }
}

#[tokio::test]
async fn the_state_of_the_target_decides_nothing_but_its_end() {
    // authorisation 3.4 #9: locked and suspended users get their password and stay what they are.
    let house = House::open().await;
    house.change_user("DRV0042", "NORTHCO", UserChange { locked: Some(true), ..UserChange::default() }).await;
    house
        .change_user("CLERK1", "NORTHCO", UserChange { status: Some(Status::Suspended), ..UserChange::default() })
        .await;
    for user in ["DRV0042", "CLERK1"] {
        house.set("INTEG1@NORTHCO", &set_user_password("NORTHCO", user, "meadow19lark", "0")).await.is_done();
        assert!(!house.accepts(&format!("{user}@NORTHCO"), "meadow19lark").await, "{user} may sign in");
    }
    assert!(house.account("DRV0042", "NORTHCO").await.user.locked.is_some());
    assert_eq!(house.account("CLERK1", "NORTHCO").await.user.status, Status::Suspended);
}

#[tokio::test]
async fn a_flag_that_is_no_boolean_is_001_and_changes_nothing() {
    // omnitracs-soap 3 #9, 4.2.
    let house = House::open().await;
    for flag in ["yes", "2", "TRUE", "", "-1", "true false"] {
        let answer = house.set("INTEG1@NORTHCO", &set_user_password("NORTHCO", "DRV0042", "meadow19lark", flag)).await;
        answer.is_exception(UNKNOWN);
    }
    house
        .set("CLERK1@NORTHCO", &set_user_password("NORTHCO", "DRV0042", "meadow19lark", "yes"))
        .await
        .is_exception(NOT_AUTHORIZED);
    assert!(house.accepts("DRV0042@NORTHCO", crate::house::PASSWORD).await);
}
