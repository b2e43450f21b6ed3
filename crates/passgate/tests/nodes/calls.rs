//! The calls that clients make, at any node.

use crate::house::House;
use crate::support::try_send;

const WSSE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const WSU: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

fn number(answer: &str) -> u16 {
    answer.split_whitespace().nth(1).unwrap_or_else(|| panic!("no status: {answer}")).parse().unwrap()
}

pub(crate) fn status(address: &str, head: &str, body: &str) -> u16 {
    number(&try_send(address, head, body).unwrap())
}

/// A set over REST; the status.
pub(crate) fn set(address: &str, key: &str, user: i64, password: &str) -> u16 {
    let head = format!("POST /v2/users/password HTTP/1.1\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\n");
    status(address, &head, &format!("{{\"userId\":{user},\"newPassword\":\"{password}\"}}"))
}

/// A read over REST; the whole answer.
pub(crate) fn read(address: &str, key: &str) -> String {
    try_send(address, &format!("GET /v2/users/me HTTP/1.1\r\nX-API-Key: {key}\r\n"), "").unwrap()
}

fn ecgridos(address: &str, operation: &str, parameters: &str) -> (u16, String) {
    let head = format!(
        "POST /v4.1/prod/ECGridOS.asmx HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\n\
         SOAPAction: \"http://www.ecgridos.net/{operation}\"\r\n"
    );
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><{operation} \
         xmlns=\"http://www.ecgridos.net/\">{parameters}</{operation}></s:Body></s:Envelope>"
    );
    let answer = try_send(address, &head, &body).unwrap();
    (number(&answer), answer)
}

pub(crate) fn sign_in(address: &str, login: &str, password: &str) -> Option<String> {
    let parameters = format!("<UserName>{login}</UserName><Password>{password}</Password>");
    let (_, answer) = ecgridos(address, "Login", &parameters);
    let session = answer.split_once("<LoginResult>")?.1.split_once("</LoginResult>")?.0;
    Some(session.to_owned())
}

pub(crate) fn sign_out(address: &str, session: &str) {
    assert_eq!(ecgridos(address, "Logout", &format!("<SessionID>{session}</SessionID>")).0, 200);
}

pub(crate) fn holds(address: &str, session: &str) -> bool {
    let (status, answer) = ecgridos(address, "WhoAmI", &format!("<SessionID>{session}</SessionID>"));
    assert!(status == 200 || answer.contains("<ErrorCode>1</ErrorCode>"), "{answer}");
    status == 200
}

/// The instant now, as a UsernameToken says it.
pub(crate) fn now() -> String {
    let output = std::process::Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub(crate) fn created(instant: &str) -> String {
    format!("<wsu:Created xmlns:wsu=\"{WSU}\">{instant}</wsu:Created>")
}

/// A read and a set over REST, a set over each SOAP; the whole answers.
pub(crate) fn at_every_door(house: &House, at: usize, password: &str) -> [String; 4] {
    let (address, key, user) = (&house.nodes[at], house.dev.member("api_key"), house.target());
    let json = format!("X-API-Key: {key}\r\nContent-Type: application/json\r\n");
    let body = format!("{{\"userId\":{user},\"newPassword\":\"{password}\"}}");
    let parameters =
        format!("<SessionID>{key}</SessionID><UserID>{user}</UserID><NewPassword>{password}</NewPassword>");
    let (name, secret) = (house.dev.member("wsse_username"), house.dev.member("wsse_password"));
    [
        try_send(address, &format!("GET /v2/users/me HTTP/1.1\r\n{json}"), "").unwrap(),
        try_send(address, &format!("POST /v2/users/password HTTP/1.1\r\n{json}"), &body).unwrap(),
        ecgridos(address, "UserPassword", &parameters).1,
        token_answer(address, house, &name, &secret, ""),
    ]
}

/// A set of the sample user over WS-Security; the status.
pub(crate) fn token_call(address: &str, house: &House, name: &str, secret: &str, more: &str) -> u16 {
    number(&token_answer(address, house, name, secret, more))
}

fn token_answer(address: &str, house: &House, name: &str, secret: &str, more: &str) -> String {
    let (company, user) = (house.dev.member("company_id"), house.dev.member("portal_user_id"));
    let head = format!(
        "POST {} HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"\"\r\n",
        passgate_door_omnitracs::PATH
    );
    let body = format!(
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header><wsse:Security \
         xmlns:wsse=\"{WSSE}\"><wsse:UsernameToken><wsse:Username>{name}</wsse:Username><wsse:Password>{secret}\
         </wsse:Password>{more}</wsse:UsernameToken></wsse:Security></soap:Header><soap:Body><setUserPassword>\
         <companyId>{company}</companyId><userId>{user}</userId><password>Token1Passw0rd</password>\
         <forcePwdReset>0</forcePwdReset></setUserPassword></soap:Body></soap:Envelope>"
    );
    try_send(address, &head, &body).unwrap()
}
