//! Paths and methods. Contract: ecgrid-rest 4.1 (405), 4.2 (last row), 3 #4; R90, R96.

use http::Method;

use crate::app::TestApp;

/// Every path of this door with the methods it takes, as `Allow` names them.
const ROUTES: [(&str, &str); 15] = [
    ("/v2/users/password", "POST"),
    ("/v2/users/generate-password", "POST"),
    ("/v2/users/reset/7", "POST"),
    ("/v2/users", "POST,PUT"),
    ("/v2/users/me", "GET,HEAD"),
    ("/v2/users/7", "GET,HEAD,PUT"),
    ("/v2/users/key-generate/7", "POST"),
    ("/v2/users/7/generate-api-key", "POST"),
    ("/v2/auth/login", "POST"),
    ("/v2/auth/refresh", "POST"),
    ("/v2/auth/logout", "POST"),
    ("/v2/auth/session", "POST"),
    ("/v2/auth/password", "PUT"),
    ("/v2/auth/version", "GET,HEAD"),
    ("/v2/auth/version?x=y", "GET,HEAD"),
];

#[tokio::test]
async fn every_other_method_is_405_with_the_ones_that_are_taken() {
    // ecgrid-rest 4.1, R90
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"];
    for (path, allowed) in ROUTES {
        for method in methods {
            if allowed.split(',').any(|known| known == method) {
                continue;
            }
            app.wait(jiff::SignedDuration::from_secs(1));
            let answer = admin.send(method.parse().unwrap(), path, "").await;
            answer.refuses(405, "InvalidParameter", "Method not allowed.");
            let mut named: Vec<_> = answer.header("allow").unwrap().split(',').map(str::trim).collect();
            named.sort_unstable();
            assert_eq!(named.join(","), allowed, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_method_cannot_be_overridden() {
    // R90
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let headers = [("x-http-method-override", "PUT"), ("content-type", "application/json")];
    let answer = admin.send_with(Method::POST, "/v2/auth/password", &headers, b"{}".to_vec()).await;
    answer.refuses(405, "InvalidParameter", "Method not allowed.");
}

#[tokio::test]
async fn an_unknown_path_is_no_such_endpoint() {
    // ecgrid-rest 4.2
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for path in ["/v2", "/v2/", "/v2/x", "/v2/users/", "/v2/users/7/x", "/v2/users/password/", "/v2/auth", "/v2//users"]
    {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            admin.send(method, path, "").await.refuses(404, "ObjectNotFound", "No such endpoint.");
        }
    }
}

#[tokio::test]
async fn head_answers_as_get_without_the_body() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (get, head) = (admin.get("/v2/users/me").await, admin.send(Method::HEAD, "/v2/users/me", "").await);
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-type"), get.header("content-type"));
    assert_eq!(app.anybody().send(Method::HEAD, "/v2/auth/version", "").await.status, 200);
}

#[tokio::test]
async fn no_page_of_another_site_is_let_in() {
    // R96
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let preflight = [("origin", "https://evil.example"), ("access-control-request-method", "POST")];
    let foreign = [("origin", "https://evil.example"), ("content-type", "application/json")];
    for answer in [
        app.anybody().send_with(Method::OPTIONS, "/v2/users/password", &preflight, vec![]).await,
        admin.send_with(Method::OPTIONS, "/v2/users/password", &preflight, vec![]).await,
        admin.send_with(Method::POST, "/v2/auth/session", &foreign, b"{}".to_vec()).await,
    ] {
        assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control")), "{answer:?}");
    }
}
