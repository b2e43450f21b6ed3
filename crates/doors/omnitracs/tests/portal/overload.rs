//! Too much, too full, broken: what a caller is told when we cannot.

use crate::house::{House, PASSWORD, Plan, envelope, set_user_password, token};

fn a_set() -> String {
    set_user_password("NORTHCO", "DRV0042", "meadow19lark", "0")
}

fn good() -> String {
    envelope(&token("INTEG1@NORTHCO", PASSWORD), &a_set())
}

#[tokio::test]
async fn a_full_hashing_lane_is_503_at_once_and_what_was_admitted_is_done() {
    // omnitracs-soap 4.3: overloaded.
    let house = std::sync::Arc::new(House::built(Plan { queue: Some(2), ..Plan::default() }).await);
    house.call(&good()).await.is_done();
    let calls: Vec<_> = (0..40)
        .map(|_| {
            let house = house.clone();
            tokio::spawn(async move { house.call(&good()).await })
        })
        .collect();
    let mut refused = 0;
    for call in calls {
        let answer = call.await.unwrap();
        if answer.status == 503 {
            answer.is_empty(503);
            assert!(answer.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
            refused += 1;
        } else {
            answer.is_done();
        }
    }
    assert!((1..40).contains(&refused), "{refused} of 40 were refused");
}

#[tokio::test]
async fn too_many_calls_of_one_caller_are_429() {
    // omnitracs-soap 4.3, R63.
    let mut plan = Plan::default();
    plan.gate.limits.caller_burst = 3;
    let house = House::built(plan).await;
    for _ in 0..3 {
        house.call(&good()).await.is_done();
    }
    let answer = house.call(&good()).await;
    answer.is_empty(429);
    assert_eq!(answer.headers["retry-after"], "1");
    house.set("ADMIN2@NORTHCO", &a_set()).await.is_done();
    house.later(jiff::SignedDuration::from_secs(1));
    house.call(&good()).await.is_done();
}

#[tokio::test]
async fn a_store_that_fails_is_001_and_the_old_password_stays() {
    // omnitracs-soap 4.2, R109, R118: never "done" without a commit.
    let house = House::built(Plan { full_disk: true, ..Plan::default() }).await;
    let mut last = PASSWORD.to_owned();
    for number in 10..60 {
        let new = format!("meadow{number}lark");
        let answer = house.set("INTEG1@NORTHCO", &set_user_password("NORTHCO", "DRV0042", &new, "0")).await;
        if answer.status == 500 {
            answer.is_exception("001 Unknown Error.");
            let account = house.account("DRV0042", "NORTHCO").await;
            let (_, hash) = house.store.account_and_hash(account.user.id).await.unwrap().unwrap();
            assert!(house.matches(&last, &hash).await && !house.matches(&new, &hash).await);
            return;
        }
        answer.is_done();
        last = new;
    }
    panic!("the disk never became full");
}

#[tokio::test]
async fn a_panic_costs_one_call_and_is_told_as_001() {
    // omnitracs-soap 4.2: anything unforeseen; R113, R122.
    let house = House::open().await;
    house.break_the_clock();
    let answer = house.call(&good()).await;
    answer.is_exception("001 Unknown Error.");
    assert!(answer.headers.contains_key("passgate-request-id"));
    let page = house.send(crate::house::get(passgate_door_omnitracs::PATH)).await;
    assert_eq!(page.status, 200);
}
