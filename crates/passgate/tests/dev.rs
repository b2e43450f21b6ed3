//! `passgate dev`, started as a real process.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;
use support::{Server, json, run, run_with, text, told};

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn the_credentials_are_written_for_their_owner_alone_and_open_all_three_doors() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::dev(&data, &[]);
    assert_eq!(mode(&data.with_extension("credentials")), 0o600);
    assert_eq!(mode(&data), 0o700);
    assert_eq!(server.member("company_id"), "MYCOMPANY");
    assert_eq!(server.member("portal_user_id"), "JSMITH");
    assert_eq!(server.credentials["target_user_id"], 1042);
    for member in [
        "admin_login",
        "admin_password",
        "wsse_username",
        "wsse_password",
        "portal_user_login",
        "target_login",
        "target_password",
    ] {
        assert!(!server.member(member).is_empty(), "{member}");
    }

    let answer = server.post("/v2/users/password", r#"{ "userId": 1042, "newPassword": "NewPassw0rd!" }"#);
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with(r#"{"success":true,"data":true}"#),
        "{answer}"
    );
    let login = json!({ "login": server.member("admin_login"), "password": server.member("admin_password") });
    let answer = server.post("/v2/auth/login", &login.to_string());
    assert!(answer.contains("\"token\""), "{answer}");
    for wsdl in ["ecgridos_wsdl", "omnitracs_wsdl"] {
        let url = server.member(wsdl);
        let path = url.strip_prefix(&server.member("base_url")).unwrap();
        let answer = server.send(&format!("GET {path} HTTP/1.1\r\n"), "");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("definitions"), "{wsdl}: {answer}");
    }
    let envelope = format!(
        r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header><wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><wsse:UsernameToken><wsse:Username>{}</wsse:Username><wsse:Password>{}</wsse:Password></wsse:UsernameToken></wsse:Security></soap:Header><soap:Body><setUserPassword><companyId>MYCOMPANY</companyId><userId>JSMITH</userId><password>NewPassword1</password><forcePwdReset>1</forcePwdReset></setUserPassword></soap:Body></soap:Envelope>"#,
        server.member("wsse_username"),
        server.member("wsse_password")
    );
    let answer = server.send("POST /omasWebWS/services/OMASWebSvcs HTTP/1.1\r\nContent-Type: text/xml\r\n", &envelope);
    assert!(answer.contains("setUserPasswordResponse"), "{answer}");

    server.signal("INT");
    assert_eq!(server.ended(), Some(0), "Ctrl-C ends it cleanly");
}

#[test]
fn the_sample_data_holds_one_user_of_each_level_in_two_tenants() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let _server = Server::dev(&data, &[]);
    for company in ["MYCOMPANY", "OTHERCO"] {
        let users = json(&run(&["user", "list", "--tenant", company, "--json", "--data", text(&data)], ""));
        let levels: std::collections::BTreeSet<_> =
            users.as_array().unwrap().iter().map(|user| user["level"].as_str().unwrap()).collect();
        assert_eq!(levels.len(), 9, "{company}: {levels:?}");
    }
    for user in ["1042", "5001", "JSMITH@MYCOMPANY"] {
        let shown = json(&run(&["user", "show", user, "--json", "--data", text(&data)], ""));
        assert_eq!(shown["company"], "MYCOMPANY", "{user}");
    }
}

#[test]
fn a_dev_folder_is_used_again_with_new_credentials() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut first = Server::dev(&data, &[]);
    let before = first.credentials.clone();
    for arguments in [&["user", "suspend", "1042"][..], &["user", "lock", "5001"], &["tenant", "licence", "2", "off"]] {
        let mut all = arguments.to_vec();
        all.extend(["--data", text(&data)]);
        assert!(run(&all, "").status.success(), "{arguments:?}");
    }
    first.signal("TERM");
    assert_eq!(first.ended(), Some(0));
    let second = Server::dev(&data, &[]);
    for secret in ["api_key", "admin_password", "target_password"] {
        assert_ne!(second.credentials[secret], before[secret], "{secret}");
    }
    assert_eq!(second.credentials["users"].as_array().unwrap().len(), before["users"].as_array().unwrap().len());
    let login = json!({ "login": second.member("target_login"), "password": second.member("target_password") });
    let answer = second.post("/v2/auth/login", &login.to_string());
    assert!(answer.contains("\"token\""), "a suspended sample user is active again: {answer}");
    let user = json(&run(&["user", "show", "5001", "--json", "--data", text(&data)], ""));
    assert_eq!(user["locked"], false);
    let tenant = json(&run(&["tenant", "show", "OTHERCO", "--json", "--data", text(&data)], ""));
    assert_eq!(tenant["licensed"], true);
    let old = before["api_key"].as_str().unwrap();
    let answer = second.send(&format!("GET /v2/users/me HTTP/1.1\r\nX-API-Key: {old}\r\n"), "");
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}

#[test]
fn an_empty_folder_is_taken_and_closed_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("made by mkdir");
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    let server = Server::dev(&data, &[]);
    assert!(server.send("GET /livez HTTP/1.1\r\n", "").starts_with("HTTP/1.1 200 "));
    assert_eq!(mode(&data), 0o700);
}

#[test]
fn a_folder_that_dev_did_not_make_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("letter.txt"), "dear").unwrap();
    let output = run(&["dev", "--listen", "127.0.0.1:0", "--data", text(folder.path())], "");
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("was not made by `passgate dev`"), "{}", told(&output));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

    let data = folder.path().join("real");
    let made = run(&["init", "--data", text(&data), "--login", "ann", "--generate"], "");
    assert!(made.status.success(), "{}", told(&made));
    assert_eq!(run(&["dev", "--data", text(&data)], "").status.code(), Some(3));
}

#[test]
fn an_address_in_use_or_beyond_loopback_is_refused() {
    // R87.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let temporary = tempfile::tempdir().unwrap();
    let output = run_with(&["dev", "--listen", &address], "", &[("TMPDIR", text(temporary.path()))]);
    assert_eq!(output.status.code(), Some(3));
    assert!(told(&output).contains("choose another with --listen"), "{}", told(&output));
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0, "its temporary folder is gone");
    let output = run(&["dev", "--listen", "0.0.0.0:0"], "");
    assert_eq!(output.status.code(), Some(3));
    assert!(told(&output).contains("allow_plain_http"), "{}", told(&output));
}

#[test]
fn no_secret_is_in_the_log_at_its_most_detailed() {
    // R112, R95.
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::dev(&data, &[("PASSGATE_LOG_LEVEL", "trace")]);
    let marker = "Larch-marker-4711";
    server.post("/v2/users/password?token=Larch-query", &format!(r#"{{"userId":1042,"newPassword":"{marker}"}}"#));
    server.post("/v2/users/password", &format!(r#"{{"userId":"{marker}","newPassword":1}}"#));
    server.post("/v2/auth/login", &format!(r#"{{"login":"jdoe","password":"{marker}"}}"#));
    server.post(&format!("/v2/{marker}"), "{");
    let secrets =
        [marker.to_owned(), "Larch-query".to_owned(), server.member("api_key"), server.member("admin_password")];
    server.signal("TERM");
    assert_eq!(server.ended(), Some(0));
    let log = fs::read_to_string(data.with_extension("log")).unwrap();
    assert_eq!(log.matches("answered").count(), 4, "{log}");
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log");
    }
}

#[test]
fn the_process_leaves_no_core_file() {
    // R116.
    let folder = tempfile::tempdir().unwrap();
    let server = Server::dev(&folder.path().join("data"), &[]);
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.process())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
}
