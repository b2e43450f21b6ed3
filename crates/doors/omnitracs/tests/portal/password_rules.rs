//! The password rule as this door tells it; the policy's own tests hold the whole table.

use crate::house::{House, PASSWORD, Plan, operation, set_user_password};

const INVALID: &str = "007 Invalid password.";

#[tokio::test]
async fn a_password_that_breaks_the_rule_is_007_and_the_old_one_stays() {
    // omnitracs-soap 3 #3, 4.2; R10 to R13.
    let house = House::open().await;
    let most = "a1".repeat(17);
    for refused in [
        "",
        "larch42",
        &format!("{most}xy"),
        "larchwood",
        "12345678901",
        "larch wood 42",
        "\tlarchwood42",
        "larchwood42 ",
        "larch\u{a0}wood42",
        "larch\u{3000}wood42",
        "larch\u{202e}wood42",
        "larch\u{85}wood42",
        "larch\u{fdd0}wood42",
        "lärchwöод\u{664}\u{662}",
        "password123",
        "PASSWORD123",
        "OMNITRACS",
        "DRV0042",
    ] {
        let answer = house.set("INTEG1@NORTHCO", &set_user_password("NORTHCO", "DRV0042", refused, "0")).await;
        println!("{refused:?}");
        answer.is_exception(INVALID);
    }
    let without = operation("<companyId>NORTHCO</companyId><userId>DRV0042</userId>");
    house.set("INTEG1@NORTHCO", &without).await.is_exception(INVALID);
    assert!(house.accepts("DRV0042@NORTHCO", PASSWORD).await);
}

#[tokio::test]
async fn a_password_at_the_limits_of_the_rule_is_taken_as_it_was_sent() {
    // omnitracs-soap 3 #3: 8 and 35 code points; the seed's own sample; everything that XML can carry.
    let house = House::open().await;
    let (least, most) = ("larch-42", format!("{}x", "a1".repeat(17)));
    for (sent, meant) in [
        (least, least),
        (most.as_str(), most.as_str()),
        ("NewPassword1", "NewPassword1"),
        ("l&lt;a&amp;r&#x63;h&gt;42", "l<a&rch>42"),
        ("<![CDATA[larch<wood>42]]>", "larch<wood>42"),
        ("larch<!-- here -->wood42", "larchwood42"),
        ("lärchwöod42", "lärchwöod42"),
        ("larch😀wood42", "larch😀wood42"),
    ] {
        println!("{sent}");
        house.set("INTEG1@NORTHCO", &set_user_password("NORTHCO", "DRV0042", sent, "0")).await.is_done();
        assert!(house.accepts("DRV0042@NORTHCO", meant).await);
    }
}

#[tokio::test]
async fn the_strict_profile_refuses_the_sample_of_the_page() {
    // omnitracs-soap 3 #3, README: the strict profile.
    let house = House::built(Plan::strict()).await;
    let header = crate::authentication::fresh_token("INTEG1@NORTHCO", PASSWORD, "AAAA");
    let body = set_user_password("NORTHCO", "DRV0042", "NewPassword1", "0");
    house.call(&crate::house::envelope(&header, &body)).await.is_exception(INVALID);
}
