//! The sample programs of the three APIs, run against the real server: each does what its published sample
//! does, then shows a refusal in its own native error. They are installed by `clients/install.sh`.
//!
//! Each has a server of its own, since ECGridOS lets a user hold five sessions at a time.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

mod support;

use std::path::Path;
use std::process::Command;

use support::{Server, text};

#[track_caller]
fn works(client: &str) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let _server = Server::dev(&data, &[]);
    let runner = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients/run.sh");
    let credentials = data.with_extension("credentials");
    let output = Command::new(runner).args([text(&credentials), client]).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{client}: install what it needs with clients/install.sh\n{said}");
    assert!(said.contains(&format!("ok {client}\n")), "{said}");
}

macro_rules! clients {
    ($($(#[$what:meta])* $test:ident: $client:literal,)+) => {
        $($(#[$what])* #[test] fn $test() { works($client); })+
    };
}

clients! {
    curl_sets_a_password_over_rest: "curl-rest",
    curl_signs_in_and_sets_a_password_over_ecgridos: "curl-ecgridos",
    curl_sets_a_password_by_the_form_binding: "curl-form",
    curl_sets_a_password_with_a_username_token: "curl-omnitracs",
    python_requests_sets_a_password_over_rest: "python-rest",
    python_zeep_sets_a_password_over_ecgridos: "python-ecgridos",
    python_zeep_sets_a_password_with_a_username_token: "python-omnitracs",
    node_fetch_sets_a_password_over_rest: "node-rest",
    node_soap_sets_a_password_over_ecgridos: "node-ecgridos",
    node_soap_sets_a_password_with_a_username_token: "node-omnitracs",
    java_http_client_sets_a_password_over_rest: "java-rest",
    a_wsimport_client_sets_a_password_over_ecgridos: "java-ecgridos",
    a_wsimport_client_sets_a_password_with_a_username_token: "java-omnitracs",
    csharp_http_client_sets_a_password_over_rest: "csharp-rest",
    a_service_model_client_sets_a_password_over_ecgridos: "csharp-ecgridos",
    a_web_reference_client_sets_a_password_over_ecgridos: "csharp-ecgridos-webreference",
    a_web_reference_client_sets_a_password_with_a_username_token: "csharp-omnitracs-webreference",
}
