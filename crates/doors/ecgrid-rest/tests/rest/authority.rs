//! Who may set whose password. Contract: authorisation 4.1.

use passgate_gate::level::Level;
use serde_json::json;

use crate::app::{NEW, TestApp, User};

/// The columns of the table; own mailbox is mailbox 1 of network 1.
struct Targets<'a> {
    own_mailbox: User<'a>,
    own_tenant: User<'a>,
    above: User<'a>,
    foreign: User<'a>,
    foreign_above: User<'a>,
}

const OK: u16 = 200;

async fn row(app: &TestApp, targets: &Targets<'_>, caller: &User<'_>, expected: [u16; 7]) {
    let key = caller.key().await;
    let columns = [
        caller.id,
        targets.own_mailbox.id,
        targets.own_tenant.id,
        targets.above.id,
        targets.foreign.id,
        targets.foreign_above.id,
        999_999,
    ];
    let mut answers = [0; 7];
    for (answer, id) in answers.iter_mut().zip(columns) {
        let body = json!({ "userId": id, "newPassword": NEW }).to_string();
        *answer = key.post("/v2/users/password", &body).await.status;
    }
    assert_eq!(answers, expected, "{} of {} records", caller.login, app.records().await.len());
}

#[tokio::test]
async fn the_table_of_callers_and_targets_holds() {
    // authorisation 4.1, R47 to R49
    let app = TestApp::start().await;
    let targets = Targets {
        own_mailbox: app.user("same-box", Level::General, (1, 1)).await,
        own_tenant: app.user("other-box", Level::General, (1, 2)).await,
        above: app.user("above", Level::Root, (1, 0)).await,
        foreign: app.user("foreign", Level::General, (2, 1)).await,
        foreign_above: app.user("foreign-above", Level::Root, (2, 0)).await,
    };
    for level in [Level::NetOps, Level::TechOps] {
        let caller = app.user(level.name(), level, (1, 1)).await;
        row(&app, &targets, &caller, [OK, OK, OK, 403, OK, 403, 404]).await;
    }
    // Nobody stands above Root.
    let root = app.user("root", Level::Root, (1, 1)).await;
    row(&app, &targets, &root, [OK, OK, OK, OK, OK, OK, 404]).await;
    let admin = app.user("net-admin", Level::NetworkAdmin, (1, 1)).await;
    row(&app, &targets, &admin, [OK, OK, OK, 403, 404, 404, 404]).await;
    for level in [Level::NetworkUser, Level::MailboxAdmin, Level::MailboxUser, Level::TPUser, Level::General] {
        let caller = app.user(level.name(), level, (1, 1)).await;
        row(&app, &targets, &caller, [403; 7]).await;
    }
}

#[tokio::test]
async fn an_equal_rank_may_be_administered() {
    // authorisation 3.4 #6
    let app = TestApp::start().await;
    let (admin, peer) = (app.admin().await, app.user("peer", Level::NetworkAdmin, (1, 2)).await);
    let body = json!({ "userId": peer.id, "newPassword": NEW }).to_string();
    assert_eq!(admin.post("/v2/users/password", &body).await.status, OK);
}

#[tokio::test]
async fn rights_are_read_at_each_request_and_not_from_the_token() {
    // R38
    let app = TestApp::start().await;
    let (admin, ann) = (app.admin().await, app.user("ann", Level::MailboxAdmin, (1, 1)).await);
    let token = ann.token().await;
    let suspend = json!({ "userId": ann.id, "status": "Suspended" }).to_string();
    assert_eq!(admin.put("/v2/users", &suspend).await.status, OK);
    token.get("/v2/users/me").await.refuses(401, "InvalidSession", "The session is not valid.");
}
