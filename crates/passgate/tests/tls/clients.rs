//! What clients of other makers see: doors, addresses, headers, versions and suites.

use std::process::Command;

use serde_json::json;

use crate::house::Certificates;
use crate::support::{Server, text};

const HSTS: &str = "strict-transport-security: max-age=31536000\r\n";

fn wsse(server: &Server) -> String {
    format!(
        r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header><wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><wsse:UsernameToken><wsse:Username>{}</wsse:Username><wsse:Password>{}</wsse:Password></wsse:UsernameToken></wsse:Security></soap:Header><soap:Body><setUserPassword><companyId>MYCOMPANY</companyId><userId>JSMITH</userId><password>NewPassword1</password><forcePwdReset>1</forcePwdReset></setUserPassword></soap:Body></soap:Envelope>"#,
        server.member("wsse_username"),
        server.member("wsse_password")
    )
}

#[test]
fn curl_sets_a_password_over_tls_and_every_answer_asks_for_https_for_a_year() {
    // R87, R97.
    let certificates = Certificates::new();
    let folder = tempfile::tempdir().unwrap();
    let server = certificates.dev(&folder.path().join("data"), &[]);
    let base = server.member("base_url");
    let key = format!("X-API-Key: {}", server.member("api_key"));
    let url = format!("{base}/v2/users/password");
    let set = ["--header", &key, "--json", r#"{"userId":1042,"newPassword":"NewPassw0rd!"}"#, &url];
    let answer = certificates.curl(&set);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains(HSTS), "{answer}");
    assert!(answer.ends_with(r#"{"success":true,"data":true}"#), "{answer}");
    for (arguments, status) in [
        (vec!["--json", "{}"], "401"),
        (vec!["--json", "{"], "401"),
        (vec!["--request", "CONNECT"], "405"),
        (vec!["--header", "Host: a b"], "400"),
        (vec!["--header", "Content-Length: 1", "--header", "Transfer-Encoding: chunked"], "400"),
    ] {
        let answer = certificates.curl(&[arguments.as_slice(), &[&url]].concat());
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(HSTS), "{arguments:?}: {answer}");
    }
    let lost = certificates.curl(&[&format!("{base}/nowhere")]);
    assert!(lost.starts_with("HTTP/1.1 404 ") && lost.contains(HSTS), "{lost}");
}

#[test]
fn plain_http_on_loopback_asks_for_nothing_and_a_trusted_proxy_that_says_https_for_all() {
    // R97; RFC 6797 7.2: never over plain HTTP.
    let folder = tempfile::tempdir().unwrap();
    let server = Server::dev(&folder.path().join("data"), &[]);
    let answer = server.send("GET / HTTP/1.1\r\n", "");
    assert!(answer.starts_with("HTTP/1.1 200 ") && !answer.contains("strict-transport"), "{answer}");
    let claimed = server.send("GET / HTTP/1.1\r\nX-Forwarded-Proto: https\r\n", "");
    assert!(!claimed.contains("strict-transport"), "anybody may say so: {claimed}");
    drop(server);

    let proxied = Server::dev(&folder.path().join("more"), &[("PASSGATE_SERVER_TRUSTED_PROXIES", "127.0.0.1")]);
    let answer = proxied.send("GET / HTTP/1.1\r\nX-Forwarded-Proto: https\r\n", "");
    assert!(answer.contains(HSTS), "{answer}");
    let answer = proxied.send("GET / HTTP/1.1\r\nX-Forwarded-Proto: http\r\n", "");
    assert!(!answer.contains("strict-transport"), "{answer}");
}

#[test]
fn a_password_in_a_header_is_heard_from_afar_over_tls_alone() {
    // R79; contract: omnitracs-soap 3 #18. A forwarded address from nobody's proxy makes the caller a stranger.
    let head = "POST /omasWebWS/services/OMASWebSvcs HTTP/1.1\r\nContent-Type: text/xml\r\n\
        X-Forwarded-For: 203.0.113.9\r\n";
    let folder = tempfile::tempdir().unwrap();
    let plain = Server::dev(&folder.path().join("plain"), &[]);
    let answer = plain.send(head, &wsse(&plain));
    assert!(!answer.contains("setUserPasswordResponse"), "{answer}");
    drop(plain);

    let certificates = Certificates::new();
    let server = certificates.dev(&folder.path().join("data"), &[]);
    let url = format!("{}/omasWebWS/services/OMASWebSvcs", server.member("base_url"));
    let headers = ["--header", "Content-Type: text/xml", "--header", "X-Forwarded-For: 203.0.113.9"];
    let answer = certificates.curl(&[headers.as_slice(), &["--data-raw", &wsse(&server), &url]].concat());
    assert!(answer.contains("setUserPasswordResponse") && answer.contains(HSTS), "{answer}");
}

#[test]
fn the_addresses_in_a_description_are_those_of_https() {
    // Contract: soap-clients 13; R96.
    let certificates = Certificates::new();
    let folder = tempfile::tempdir().unwrap();
    let server = certificates.dev(&folder.path().join("data"), &[]);
    for member in ["ecgridos_wsdl", "omnitracs_wsdl"] {
        let url = server.member(member);
        let (service, _) = url.split_once('?').unwrap();
        let answer = certificates.curl(&[&url]);
        assert!(service.starts_with("https://"), "{service}");
        assert!(answer.contains(&format!("location=\"{service}\"")), "{answer}");
        assert!(!answer.contains("location=\"http://"), "{answer}");
    }
}

#[test]
fn python_reaches_the_server_with_its_own_ssl() {
    // R87.
    let certificates = Certificates::new();
    let folder = tempfile::tempdir().unwrap();
    let server = certificates.dev(&folder.path().join("data"), &[]);
    let told = json!({ "root": certificates.root(), "address": server.address, "key": server.member("api_key") });
    let program = "
import http.client, json, ssl, sys
to = json.loads(sys.argv[1])
trust = ssl.create_default_context(cafile=to['root'])
trust.set_alpn_protocols(['h2', 'http/1.1'])
for _ in range(2):
    with_server = http.client.HTTPSConnection(to['address'], context=trust, timeout=60)
    for password in ('Harbour-71-blue', 'Harbour-72-blue'):
        body = json.dumps({'userId': 1042, 'newPassword': password})
        with_server.request('POST', '/v2/users/password', body, {'X-API-Key': to['key'], 'Content-Type': 'application/json'})
        answer = with_server.getresponse()
        print(answer.status, answer.getheader('Strict-Transport-Security'), json.loads(answer.read())['success'])
    print(with_server.sock.version(), with_server.sock.selected_alpn_protocol())
";
    let output = Command::new("python3").args(["-c", program, &told.to_string()]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let each = "200 max-age=31536000 True\n200 max-age=31536000 True\nTLSv1.3 http/1.1\n";
    assert_eq!(said, each.repeat(2), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn versions_before_1_2_and_suites_that_are_weak_find_no_agreement() {
    // R87; ASVS 12.1.1, 12.1.2.
    let certificates = Certificates::new();
    certificates.issue_rsa("first");
    let folder = tempfile::tempdir().unwrap();
    let server = certificates.dev(&folder.path().join("data"), &[]);
    let any = |suites: &str| format!("{suites}:@SECLEVEL=0");
    for (version, suites) in [
        ("-tls1_3", String::new()),
        ("-tls1_2", any("ECDHE-RSA-AES128-GCM-SHA256")),
        ("-tls1_2", any("ECDHE-RSA-AES256-GCM-SHA384")),
        ("-tls1_2", any("ECDHE-RSA-CHACHA20-POLY1305")),
    ] {
        let mut arguments = vec![version];
        if !suites.is_empty() {
            arguments.extend(["-cipher", &suites]);
        }
        let output = certificates.openssl(&server.address, &arguments);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("Verify return code: 0 (ok)"), "{arguments:?}: {said}");
    }
    for (version, suites) in [
        ("-tls1", "ALL"),
        ("-tls1_1", "ALL"),
        // No authentication of what is encrypted; keys that a later theft of the server's would give away; neither.
        ("-tls1_2", "ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384"),
        ("-tls1_2", "AES128-GCM-SHA256:AES256-GCM-SHA384"),
        ("-tls1_2", "AES128-SHA:AES256-SHA:AES128-SHA256"),
        ("-tls1_2", "aNULL:eNULL"),
        ("-tls1_2", "DHE"),
    ] {
        let output = certificates.openssl(&server.address, &[version, "-cipher", &any(suites)]);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!output.status.success(), "{version} {suites}: {said}");
        // Refused by the server, not by a client that cannot even offer it.
        assert!(said.contains(" alert "), "{version} {suites}: {said}");
    }
}

#[test]
fn http_2_alone_finds_no_agreement() {
    // The guards of the accept loop are for HTTP/1.1 alone.
    let certificates = Certificates::new();
    let folder = tempfile::tempdir().unwrap();
    let server = certificates.dev(&folder.path().join("data"), &[]);
    let both = certificates.openssl(&server.address, &["-alpn", "h2,http/1.1"]);
    assert!(String::from_utf8_lossy(&both.stdout).contains("ALPN protocol: http/1.1"));
    let alone = certificates.openssl(&server.address, &["-alpn", "h2"]);
    assert!(
        !alone.status.success() && String::from_utf8_lossy(&alone.stderr).contains("alert no application protocol")
    );
}

#[test]
fn a_client_that_trusts_somebody_else_is_not_fooled() {
    let (ours, theirs) = (Certificates::new(), Certificates::new());
    let folder = tempfile::tempdir().unwrap();
    let server = ours.dev(&folder.path().join("data"), &[]);
    let root = theirs.root();
    let output =
        Command::new("curl").args(["--silent", "--cacert", text(&root), &server.member("base_url")]).output().unwrap();
    assert_eq!(output.status.code(), Some(60), "curl: the certificate cannot be verified");
}
