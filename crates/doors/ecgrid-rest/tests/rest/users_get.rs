//! `GET /v2/users/me`, `GET /v2/users/{id}`. Contract: ecgrid-rest 2.4, 4.2; authorisation 3.2, 4.5.

use passgate_gate::level::Level;

use crate::app::TestApp;

#[tokio::test]
async fn a_user_is_shown_in_the_published_order() {
    // ecgrid-rest 2.4
    let app = TestApp::start().await;
    let ben = app.user("Ben", Level::MailboxUser, (1, 2)).await;
    let expected = format!(
        r#"{{"success":true,"data":{{"userId":{},"login":"Ben","email":"Ben@mail.example","firstName":"Ann","lastName":"Example","networkId":1,"mailboxId":2,"authLevel":"MailboxUser","status":"Active","created":"2027-01-15T08:00:00Z"}}}}"#,
        ben.id
    );
    let key = ben.key().await;
    key.get("/v2/users/me").await.is(&expected);
    key.get(&format!("/v2/users/{}", ben.id)).await.is(&expected);
    ben.token().await.get("/v2/users/me").await.is(&expected);
}

#[tokio::test]
async fn a_caller_reads_whom_it_sees_and_everybody_else_is_not_found() {
    // authorisation 3.2, 4.5; R48
    let app = TestApp::start().await;
    let own = app.user("own", Level::NetworkAdmin, (1, 1)).await;
    let elsewhere = app.user("elsewhere", Level::General, (1, 2)).await;
    let foreign = app.user("foreign", Level::General, (2, 1)).await;
    for (level, expected) in [
        (Level::Root, [200, 200, 200, 200, 404]),
        (Level::NetworkAdmin, [200, 200, 200, 404, 404]),
        (Level::NetworkUser, [200, 200, 200, 404, 404]),
        (Level::MailboxAdmin, [200, 200, 404, 404, 404]),
        (Level::MailboxUser, [200, 200, 404, 404, 404]),
        (Level::TPUser, [200, 200, 404, 404, 404]),
        (Level::General, [200, 404, 404, 404, 404]),
    ] {
        let user = app.user(level.name(), level, (1, 1)).await;
        let key = user.key().await;
        for (id, status) in [user.id, own.id, elsewhere.id, foreign.id, 999_999].into_iter().zip(expected) {
            let answer = key.get(&format!("/v2/users/{id}")).await;
            assert_eq!(answer.status, status, "{level} {id}: {}", answer.body);
            if status == 404 {
                answer.refuses(404, "ObjectNotFound", "User not found.");
            }
        }
    }
}

#[tokio::test]
async fn an_id_that_is_no_int32_is_named_and_one_out_of_range_is_not_found() {
    // ecgrid-rest 4.2
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for id in ["x", "2147483648", "1.0"] {
        let answer = admin.get(&format!("/v2/users/{id}")).await;
        answer.refuses(400, "InvalidParameter", "id must be an integer.");
    }
    for id in ["0", "-1", "2147483647"] {
        admin.get(&format!("/v2/users/{id}")).await.refuses(404, "ObjectNotFound", "User not found.");
    }
}
