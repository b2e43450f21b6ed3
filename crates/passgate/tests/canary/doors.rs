//! Every way in: secrets that are taken, refused, misplaced and given out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::house::House;

const SET: &str = "POST /v2/users/password";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const ECGRIDOS: &str = "/v4.1/prod/ECGridOS.asmx";
const PORTAL: &str = "/omasWebWS/services/OMASWebSvcs";
const WSSE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

fn key_header(house: &House) -> String {
    format!("X-API-Key: {}\r\n", house.server.member("api_key"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// REST: sets, changes, new users, keys and tokens, and what is refused on the way.
pub(crate) fn rest(house: &mut House) {
    let key = key_header(house);
    let (login, password) = (house.server.member("admin_login"), house.server.member("admin_password"));
    let target = house.server.member("target_login");

    let set = house.marker("a password set with an API key");
    house.json(200, SET, &key, &json!({ "userId": 1042, "newPassword": set }));
    house.opens(&target, &set);
    let bearer = format!("Authorization: Bearer {}\r\n", house.opens(&login, &password));
    let set = house.marker("a password set with a token");
    house.json(200, SET, &bearer, &json!({ "userId": "1042", "newPassword": set }));
    house.opens(&target, &set);

    let first = house.marker("the password of a new user");
    let user = json!({ "login": "canary", "password": first, "email": "canary@mycompany.example", "mailboxId": 0, "authLevel": "NetworkUser" });
    house.json(200, "POST /v2/users", &key, &user);
    let own = format!("Authorization: Bearer {}\r\n", house.opens("canary", &first));
    let (wrong, next) = (house.marker("a wrong current password"), house.marker("a password of one's own choice"));
    house.json(400, "PUT /v2/auth/password", &own, &json!({ "currentPassword": wrong, "newPassword": next }));
    house.json(200, "PUT /v2/auth/password", &own, &json!({ "currentPassword": first, "newPassword": next }));
    let token = house.opens("canary", &next);
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let fresh = house.json(200, "POST /v2/auth/refresh", &bearer, &json!({ "token": token }));
    let fresh = fresh["data"]["token"].as_str().unwrap().to_owned();
    house.issued("a refreshed token", &fresh);
    house.json(200, "POST /v2/auth/logout", &format!("Authorization: Bearer {fresh}\r\n"), &json!({}));
    house.json(401, "POST /v2/auth/session", &format!("Authorization: Bearer {fresh}\r\n"), &json!({}));
    house.json(401, "POST /v2/auth/refresh", &bearer, &json!({ "token": token }));

    let made_up = house.json(200, "POST /v2/users/generate-password", &key, &json!({}));
    let made_up = made_up["data"].as_str().unwrap_or_else(|| made_up["data"]["password"].as_str().unwrap()).to_owned();
    house.issued("a generated password", &made_up);
    house.json(200, SET, &key, &json!({ "userId": 5001, "newPassword": made_up }));
    let new_key = house.json(200, "POST /v2/users/key-generate/5001", &key, &json!({}));
    let new_key = new_key["data"].as_str().unwrap_or_else(|| new_key["data"]["apiKey"].as_str().unwrap()).to_owned();
    house.issued("a generated API key", &new_key);
    house.json(
        403,
        SET,
        &format!("X-API-Key: {new_key}\r\n"),
        &json!({ "userId": 1042, "newPassword": "Larch-tree-42" }),
    );
    rest_refusals(house, &key);
    rest_misplaced(house, &key);
}

/// Passwords that are read and refused, and bodies that cannot be read.
fn rest_refusals(house: &mut House, key: &str) {
    for (name, wanted) in [
        ("a password without capitals", "canary-refused-pattern-1"),
        ("a password with a refused character", "Canary-refused-7\u{7}character"),
    ] {
        house.secret(name, wanted.split('\u{7}').next().unwrap());
        house.json(400, SET, key, &json!({ "userId": 1042, "newPassword": wanted }));
    }
    let start = house.marker("the start of an endless password");
    house.json(400, SET, key, &json!({ "userId": 1042, "newPassword": format!("{start}{}", "x".repeat(1100)) }));
    let lost = house.marker("a password for nobody");
    house.json(404, SET, key, &json!({ "userId": 999_999, "newPassword": lost }));
    let wrong = house.marker("a password as a number of a user");
    house.json(400, SET, key, &json!({ "userId": wrong, "newPassword": 5 }));
    let wrong = house.marker("a password in an array");
    house.json(400, SET, key, &json!({ "userId": 1042, "newPassword": [wrong] }));
    let wrong = house.marker("a password under another name");
    house.json(400, SET, key, &json!({ "userId": 1042, "password": wrong, wrong.as_str(): 1 }));
    for (name, before, after, status) in [
        ("a password in a body cut short", r#"{"userId":1042,"newPassword":""#, "", 400),
        ("a password given twice", r#"{"userId":1042,"newPassword":"Larch-42","NEWPASSWORD":""#, "\"}", 400),
        ("a password with a broken escape", r#"{"userId":1042,"newPassword":"\ud800"#, "\"}", 400),
        ("a password alone", "", "", 400),
        ("a password deep down", &format!("{{\"userId\":{}", "[".repeat(40)), "", 400),
        ("a password in a large body", &"x".repeat(70_000), "", 413),
    ] {
        let marker = house.marker(name);
        let head = format!("{SET} HTTP/1.1\r\n{key}Content-Type: application/json\r\n");
        house.send(status, &head, &format!("{before}{marker}{after}"));
    }
    for (name, line, headers, status) in [
        ("a password as text", SET, format!("{key}Content-Type: text/plain\r\n"), 415),
        (
            "a compressed password",
            SET,
            format!("{key}Content-Type: application/json\r\nContent-Encoding: gzip\r\n"),
            415,
        ),
        (
            "a password by another method",
            "PATCH /v2/users/password",
            format!("{key}Content-Type: application/json\r\n"),
            405,
        ),
        ("a password to nowhere", "POST /v2/user/password", format!("{key}Content-Type: application/json\r\n"), 404),
        ("a password without a credential", SET, "Content-Type: application/json\r\n".to_owned(), 401),
    ] {
        let marker = house.marker(name);
        let body = json!({ "userId": 1042, "newPassword": marker }).to_string();
        house.send(status, &format!("{line} HTTP/1.1\r\n{headers}"), &body);
    }
    let (name, password) = (house.marker("a password as a name"), house.marker("a wrong password"));
    house.json(401, "POST /v2/auth/login", "", &json!({ "login": name, "password": password }));
    let password = house.marker("a wrong password of a known user");
    house.json(401, "POST /v2/auth/login", "", &json!({ "login": "netuser1@MYCOMPANY", "password": password }));
}

/// Secrets where none belongs: query, path, cookie, and as other credentials.
fn rest_misplaced(house: &mut House, key: &str) {
    let body = json!({ "userId": 1042, "newPassword": "short" }).to_string();
    let json_type = "Content-Type: application/json\r\n";
    let query = house.marker("a password in a query");
    let encoded = query.replace('&', "%26");
    house.send(400, &format!("{SET}?newPassword={encoded}&x={query} HTTP/1.1\r\n{key}{json_type}"), &body);
    let path = house.marker("a password in a path").replace('&', "%26");
    house.send(400, &format!("GET /v2/users/{path} HTTP/1.1\r\n{key}"), "");
    house.send(404, &format!("GET /{path} HTTP/1.1\r\n"), "");
    let wrong = house.marker("a wrong API key");
    house.send(401, &format!("{SET} HTTP/1.1\r\nX-API-Key: {wrong}\r\n{json_type}"), &body);
    let wrong = house.marker("a wrong token");
    house.send(401, &format!("{SET} HTTP/1.1\r\nAuthorization: Bearer {wrong}\r\n{json_type}"), &body);
    let basic = STANDARD.encode(format!("netadmin1:{}", house.marker("a password for Basic")));
    house.send(401, &format!("{SET} HTTP/1.1\r\nAuthorization: Basic {basic}\r\n{json_type}"), &body);
    let second = house.marker("one credential too many");
    house.send(400, &format!("{SET} HTTP/1.1\r\n{key}Authorization: Bearer {second}\r\n{json_type}"), &body);
    let cookie = house.marker("a password in a cookie");
    house.send(
        401,
        &format!("GET /v2/users/me HTTP/1.1\r\nCookie: key={cookie}\r\nReferer: http://x/?{cookie}\r\n"),
        "",
    );
}

fn envelope(version: &str, body: &str) -> String {
    let namespace = match version {
        "1.1" => "http://schemas.xmlsoap.org/soap/envelope/",
        _ => "http://www.w3.org/2003/05/soap-envelope",
    };
    format!("<s:Envelope xmlns:s=\"{namespace}\"><s:Body>{body}</s:Body></s:Envelope>")
}

/// Calls an operation of ECGridOS over SOAP 1.1.
#[track_caller]
fn call(house: &mut House, status: u16, operation: &str, parameters: &[(&str, &str)]) -> String {
    let parameters: Vec<_> =
        parameters.iter().map(|(name, text)| format!("<{name}>{}</{name}>", escaped(text))).collect();
    let parameters = parameters.concat();
    let body = envelope("1.1", &format!("<{operation} xmlns=\"http://www.ecgridos.net/\">{parameters}</{operation}>"));
    house.send(status, &format!("POST {ECGRIDOS} HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\n"), &body)
}

fn between(text: &str, start: &str, end: &str) -> String {
    let from = text.find(start).unwrap_or_else(|| panic!("no {start} in {text}")) + start.len();
    text[from..].split(end).next().unwrap().to_owned()
}

/// ECGridOS: SOAP 1.1, SOAP 1.2, the form, and what is refused.
pub(crate) fn ecgridos(house: &mut House) {
    let (login, password) = (house.server.member("admin_login"), house.server.member("admin_password"));
    let (key, target) = (house.server.member("api_key"), house.server.member("target_login"));
    let answer = call(house, 200, "Login", &[("LoginName", &login), ("Password", &password)]);
    let session = between(&answer, "<LoginResult>", "</LoginResult>");
    house.issued("a SOAP session", &session);

    let set = house.marker("a password set over SOAP 1.1");
    call(house, 200, "UserPassword", &[("SessionID", &session), ("UserID", "1042"), ("NewPassword", &set)]);
    house.opens(&target, &set);
    let (set, question, answer) =
        (house.marker("a password set in the long form"), "Colour?", house.marker("a recovery answer"));
    let long = [
        ("SessionID", &*key),
        ("UserID", "1042"),
        ("CurrentRecoveryAnswer", &answer),
        ("Password", &set),
        ("RecoveryQuestion", question),
        ("RecoveryAnswer", &answer),
    ];
    call(house, 200, "UserPassword", &long);
    house.opens(&target, &set);
    let set = house.marker("a password set over SOAP 1.2");
    let body = format!(
        "<UserPassword xmlns=\"https://os.ecgrid.io/\"><SessionID>{session}</SessionID><UserID>1042</UserID><NewPassword>{}</NewPassword></UserPassword>",
        escaped(&set)
    );
    house.send(
        200,
        &format!("POST {ECGRIDOS} HTTP/1.1\r\nContent-Type: application/soap+xml\r\n"),
        &envelope("1.2", &body),
    );
    house.opens(&target, &set);
    let set = house.marker("a password set by a form");
    let form = format!("SessionID={session}&UserID=1042&NewPassword={}", set.replace('&', "%26").replace('!', "%21"));
    house.send(200, &format!("POST {ECGRIDOS}/UserPassword HTTP/1.1\r\n{FORM}"), &form);
    house.opens(&target, &set);

    let answer = call(house, 200, "Login", &[("LoginName", &target), ("Password", &set)]);
    let own = between(&answer, "<LoginResult>", "</LoginResult>");
    house.issued("a SOAP session of the target", &own);
    let (wrong, next) = (house.marker("a wrong old password"), house.marker("a new password over SOAP"));
    call(house, 500, "ChangePassword", &[("SessionID", &own), ("OldPassword", &wrong), ("NewPassword", &next)]);
    call(house, 200, "ChangePassword", &[("SessionID", &own), ("OldPassword", &set), ("NewPassword", &next)]);
    house.opens(&target, &next);
    let answer = call(house, 200, "GeneratePassword", &[("SessionID", &session), ("Length", "16")]);
    house.issued(
        "a password generated over SOAP",
        &between(&answer, "<GeneratePasswordResult>", "</")
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">"),
    );
    let answer = call(house, 200, "GenerateAPIKey", &[("SessionID", &session), ("UserID", "1042")]);
    house.issued("an API key generated over SOAP", &between(&answer, "<GenerateAPIKeyResult>", "</"));
    ecgridos_refusals(house, &session);
    call(house, 200, "Logout", &[("SessionID", &session)]);
    call(house, 500, "WhoAmI", &[("SessionID", &session)]);
}

fn ecgridos_refusals(house: &mut House, session: &str) {
    house.secret("a SOAP password without capitals", "canary-refused-soap-1");
    call(
        house,
        500,
        "UserPassword",
        &[("SessionID", session), ("UserID", "1042"), ("NewPassword", "canary-refused-soap-1")],
    );
    let marker = house.marker("a password as a session");
    call(house, 500, "UserPassword", &[("SessionID", &marker), ("UserID", "1042"), ("NewPassword", &marker)]);
    let marker = house.marker("a password as a user's number");
    call(house, 500, "UserPassword", &[("SessionID", session), ("UserID", &marker), ("NewPassword", &marker)]);
    let (one, other) = (house.marker("one of two passwords"), house.marker("the other of two passwords"));
    call(
        house,
        500,
        "UserPassword",
        &[("SessionID", session), ("UserID", "1042"), ("NewPassword", &one), ("Password", &other)],
    );
    let marker = house.marker("a wrong password at Login");
    call(house, 500, "Login", &[("LoginName", &marker), ("Password", &marker)]);
    let soap = format!("POST {ECGRIDOS} HTTP/1.1\r\nContent-Type: text/xml\r\n");
    for (name, before, after, status) in [
        ("a password in XML cut short", "<s:Envelope><NewPassword>", "", 400),
        ("a password in a DOCTYPE", "<!DOCTYPE a [<!ENTITY b \"", "\">]><a/>", 400),
        ("a password in no envelope", "<NewPassword>", "</NewPassword>", 500),
        ("a password as a namespace", "<s:Envelope xmlns:s=\"", "\"><s:Body/></s:Envelope>", 500),
    ] {
        let marker = escaped(&house.marker(name));
        house.send(status, &soap, &format!("{before}{marker}{after}"));
    }
    let marker = house.marker("a password as a SOAPAction");
    let body = envelope("1.1", "<WhoAmI xmlns=\"http://www.ecgridos.net/\"/>");
    house.send(500, &format!("{soap}SOAPAction: \"http://www.ecgridos.net/{marker}\"\r\n"), &body);
    let marker = house.marker("a password in an incomplete form");
    house.send(500, &format!("POST {ECGRIDOS}/UserPassword HTTP/1.1\r\n{FORM}"), &format!("NewPassword={marker}"));
    let marker = house.marker("a password in a form by GET").replace('&', "%26");
    house.send(
        500,
        &format!("GET {ECGRIDOS}/UserPassword?SessionID={session}&UserID=1042&NewPassword={marker} HTTP/1.1\r\n"),
        "",
    );
    let marker = house.marker("a password in the query of a page").replace('&', "%26");
    house.send(200, &format!("GET {ECGRIDOS}?op={marker}&wsdl={marker} HTTP/1.1\r\n"), "");
    let marker = house.marker("a password as plain text to SOAP");
    house.send(415, &format!("POST {ECGRIDOS} HTTP/1.1\r\nContent-Type: text/plain\r\n"), &marker);
}

/// Calls `setUserPassword` with this content of the security header.
#[track_caller]
fn portal(house: &mut House, status: u16, security: &str, parameters: &str) -> String {
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header><w:Security xmlns:w=\"{WSSE}\">{security}</w:Security></s:Header>\
         <s:Body><setUserPassword>{parameters}</setUserPassword></s:Body></s:Envelope>"
    );
    house.send(status, &format!("POST {PORTAL} HTTP/1.1\r\nContent-Type: text/xml\r\n"), &body)
}

fn username_token(name: &str, password: &str, more: &str) -> String {
    format!(
        "<w:UsernameToken><w:Username>{}</w:Username><w:Password{more}>{}</w:Password></w:UsernameToken>",
        escaped(name),
        escaped(password)
    )
}

/// Omnitracs: sets with a token in the header, and what is refused.
pub(crate) fn omnitracs(house: &mut House) {
    let (name, password) = (house.server.member("wsse_username"), house.server.member("wsse_password"));
    let good = username_token(&name, &password, "");
    let parameters = |password: &str| {
        format!("<userId>JSMITH</userId><password>{}</password><forcePwdReset>0</forcePwdReset>", escaped(password))
    };
    let set = house.marker("a password set over the portal");
    portal(house, 200, &good, &parameters(&set));
    house.opens(&house.server.member("portal_user_login"), &set);

    house.secret("a portal password without digits", "Canary-refused-portal");
    portal(house, 500, &good, &parameters("Canary-refused-portal"));
    let marker = house.marker("a portal password for nobody");
    portal(house, 500, &good, &parameters(&marker).replace("JSMITH", "NOBODY"));
    let marker = house.marker("a password as a portal user");
    portal(house, 500, &good, &parameters("Larch-42").replace("JSMITH", &escaped(&marker)));
    let marker = house.marker("a password as a yes or no");
    portal(house, 500, &good, &parameters("Larch-42").replace(">0<", &format!(">{}<", escaped(&marker))));
    let marker = house.marker("a wrong password in a UsernameToken");
    portal(house, 500, &username_token("NETUSER1@MYCOMPANY", &marker, ""), &parameters("Larch-42"));
    let marker = house.marker("a password as the name in a UsernameToken");
    portal(house, 500, &username_token(&marker, &marker, ""), &parameters("Larch-42"));
    let marker = house.marker("a password said to be a digest");
    portal(house, 500, &username_token(&name, &marker, " Type=\"x#PasswordDigest\""), &parameters("Larch-42"));
    let marker = house.marker("a password given twice in a UsernameToken");
    let twice = username_token(&name, &marker, "").replace("</w:UsernameToken>", "<w:Password/></w:UsernameToken>");
    portal(house, 500, &twice, &parameters("Larch-42"));
    let marker = house.marker("a password in a portal envelope cut short");
    house.send(500, &format!("POST {PORTAL} HTTP/1.1\r\nContent-Type: text/xml\r\n"), &format!("<a>{marker}"));
}

/// The command line beside the running server.
pub(crate) fn command_line(house: &mut House) {
    let target = house.server.member("target_login");
    let set = house.marker("a password set on the command line");
    house.command(true, &["user", "set-password", "1042"], &format!("{set}\n"));
    house.opens(&target, &set);
    house.secret("a password refused on the command line", "canary-refused-command-1");
    house.command(false, &["user", "set-password", "1042"], "canary-refused-command-1\n");
    let lost = house.marker("a password for nobody on the command line");
    house.command(false, &["user", "set-password", "999999"], &lost);
    let made_up = house.command(true, &["user", "set-password", "1042", "--generate", "--json"], "");
    let made_up: serde_json::Value = serde_json::from_str(&made_up).unwrap();
    house.issued("a password made up on the command line", made_up["password"].as_str().unwrap());
    let key = house.command(true, &["key", "create", "1042", "--json"], "");
    let key: serde_json::Value = serde_json::from_str(&key).unwrap();
    let key = key["key"].as_str().or(key["api_key"].as_str()).unwrap_or_else(|| panic!("{key}")).to_owned();
    house.issued("an API key made on the command line", &key);
    house.send(200, &format!("GET /v2/users/me HTTP/1.1\r\nX-API-Key: {key}\r\n"), "");
    house.command(true, &["key", "list", "1042", "--json"], "");
    for user in ["1042", "5001", "JSMITH@MYCOMPANY"] {
        house.command(true, &["user", "show", user, "--json"], "");
    }
    for tenant in ["MYCOMPANY", "OTHERCO"] {
        house.command(true, &["user", "list", "--tenant", tenant, "--json"], "");
        for json in [&["--json"][..], &[]] {
            let records = ["audit", "list", "--tenant", tenant, "--limit", "10000"];
            house.command(true, &[&records, json].concat(), "");
        }
    }
    let system = house.command(true, &["audit", "list", "--limit", "10000", "--json"], "");
    assert!(system.contains("refused"), "refusals of strangers are on record: {system}");
    house.command(true, &["audit", "verify"], "");
}

/// What a monitor reads, at the doors and at the address of its own.
pub(crate) fn probes(house: &mut House) {
    for (path, status) in [("/livez", 200), ("/readyz", 200), ("/metrics", 404), ("/", 200)] {
        house.send(status, &format!("GET {path} HTTP/1.1\r\n"), "");
    }
    assert!(house.watch("/metrics").contains("\npassgate_"), "there are metrics");
    house.watch("/readyz");
}
