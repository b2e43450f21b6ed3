//! The `Security` header of the portal service, in every broken kind. Contract: omnitracs-soap 4.3; R79 to R85.

use crate::house::House;
use crate::requests::{PORTAL, Request, WSSE, WSU, XML, escaped, portal_set, portal_set_by};

const INVALID_HEADER: &str = "The security header is not valid.";
const INVALID_TOKEN: &str = "The UsernameToken is not valid.";
const REQUIRED: &str = "A UsernameToken is required.";
const UNSUPPORTED: &str = "The security token is not supported.";
const PASSWORD_TYPE: &str = "The password type is not supported.";
const EXPIRED: &str = "The message has expired.";
const FAILED: &str = "FailedAuthentication";

fn block(inner: &str) -> String {
    format!("<w:Security xmlns:w=\"{WSSE}\" xmlns:u=\"{WSU}\">{inner}</w:Security>")
}

fn call(header: &str) -> Request {
    Request::new(PORTAL, XML, portal_set_by(header))
}

/// A moment as far from now as this, as `xs:dateTime`.
fn moment(house: &House, seconds: i64) -> String {
    // The server's own clock, as every answer tells it.
    let answer = house.server.send("GET /livez HTTP/1.1\r\n", "");
    let date = answer.split("date: ").nth(1).unwrap().split("\r\n").next().unwrap();
    let now = jiff::fmt::rfc2822::parse(date).unwrap().timestamp();
    (now + jiff::SignedDuration::from_secs(seconds)).to_string()
}

#[test]
fn security_headers_of_every_broken_kind_are_refused() {
    let mut house = House::open();
    let (name, secret) = (house.member("wsse_username"), escaped(&house.member("wsse_password")));
    let username = format!("<w:Username>{name}</w:Username>");
    let password = format!("<w:Password>{secret}</w:Password>");
    let token = |inner: &str| format!("<w:UsernameToken>{inner}</w:UsernameToken>");
    let good = token(&format!("{username}{password}"));
    let (now, past, ahead) = (moment(&house, 0), moment(&house, -3600), moment(&house, 3600));
    let created = |date: &str| format!("<u:Created>{date}</u:Created>");
    let with = |more: &str| token(&format!("{username}{password}{more}"));
    let timestamp = |inner: &str| format!("<u:Timestamp>{inner}</u:Timestamp>{good}");
    house.takes("the call that every row spoils", &call(&block(&good)));
    let nonce = with(&format!("<w:Nonce>bm9uY2UtZm9yLW9uY2U=</w:Nonce>{}", created(&now)));
    house.takes("with a nonce, once", &call(&block(&nonce)));

    for (what, header, words) in [
        ("no header", String::new(), REQUIRED),
        ("an empty header", block(""), REQUIRED),
        ("no namespace", block(&good).replace(WSSE, "urn:wsse"), REQUIRED),
        ("a header for another one", block(&good).replacen("<w:Security", "<w:Security s:actor=\"urn:other\"", 1), REQUIRED),
        ("two headers", format!("{}{}", block(&good), block(&good)), INVALID_HEADER),
        ("two tokens", block(&format!("{good}{good}")), INVALID_HEADER),
        ("two timestamps", block(&format!("<u:Timestamp/>{}", timestamp(""))), INVALID_HEADER),
        ("no name", block(&token(&password)), INVALID_TOKEN),
        ("no password", block(&token(&username)), INVALID_TOKEN),
        ("two names", block(&token(&format!("{username}{username}{password}"))), INVALID_TOKEN),
        ("two passwords", block(&token(&format!("{username}<w:Password>x</w:Password>{password}"))), INVALID_TOKEN),
        ("an element in a password", block(&good.replace("</w:Password>", "<a/></w:Password>")), INVALID_TOKEN),
        ("an empty nonce", block(&with(&format!("<w:Nonce/>{}", created(&now)))), INVALID_TOKEN),
        ("a nonce that is no base64", block(&with(&format!("<w:Nonce>*</w:Nonce>{}", created(&now)))), INVALID_TOKEN),
        ("a nonce without a date", block(&with("<w:Nonce>bm9uY2U=</w:Nonce>")), INVALID_TOKEN),
        ("two dates", block(&with(&format!("{}{}", created(&now), created(&now)))), INVALID_TOKEN),
        ("a date that is none", block(&with(&created("yesterday"))), INVALID_HEADER),
        ("a date with a space", block(&with(&created(&now.replace('T', " ")))), INVALID_HEADER),
        ("a 30th of February", block(&with(&created("2026-02-30T00:00:00Z"))), INVALID_HEADER),
        ("a date an hour ahead", block(&with(&created(&ahead))), INVALID_HEADER),
        ("a date an hour ago", block(&with(&created(&past))), EXPIRED),
        ("a timestamp an hour ago", block(&timestamp(&created(&past))), EXPIRED),
        ("a timestamp an hour ahead", block(&timestamp(&created(&ahead))), INVALID_HEADER),
        ("an end that is past", block(&timestamp(&format!("<u:Expires>{past}</u:Expires>"))), EXPIRED),
        ("an end before the beginning", block(&timestamp(&format!("{}<u:Expires>{past}</u:Expires>", created(&now)))), INVALID_HEADER),
        ("a digest", block(&good.replace("<w:Password>", "<w:Password Type=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest\">")), PASSWORD_TYPE),
        ("an unknown type", block(&good.replace("<w:Password>", "<w:Password Type=\"x\">")), PASSWORD_TYPE),
        ("a signature", block(&format!("{good}<d:Signature xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\"/>")), UNSUPPORTED),
        ("encrypted data", block(&format!("<e:EncryptedData xmlns:e=\"http://www.w3.org/2001/04/xmlenc#\"/>{good}")), UNSUPPORTED),
        ("an assertion", block(&format!("<a:Assertion xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>{good}")), UNSUPPORTED),
        ("a certificate", block(&format!("{good}<w:BinarySecurityToken/>")), UNSUPPORTED),
        ("the nonce again", block(&nonce), FAILED),
        ("the nonce again with a fresh date", block(&nonce.replace(&now, &moment(&house, 1))), FAILED),
        ("an unknown name", block(&good.replace(&name, "NOBODY@MYCOMPANY")), FAILED),
        ("an unknown company", block(&good.replace(&name, "NETADMIN1@NOCOMPANY")), FAILED),
        ("another company", block(&good.replace(&name, "NETADMIN1@OTHERCO")), FAILED),
        ("an empty name", block(&good.replace(&name, "")), FAILED),
        ("two ats", block(&good.replace(&name, &format!("x@{name}"))), FAILED),
        ("an empty password", block(&token(&format!("{username}<w:Password/>"))), FAILED),
        ("a wrong password", block(&token(&format!("{username}<w:Password>Wrong-Larch-42</w:Password>"))), FAILED),
        ("a password with a space", block(&good.replace("</w:Password>", " </w:Password>")), FAILED),
    ] {
        house.refuses(what, &call(&header), 500, words);
    }
    let in_body = portal_set(&house).replace("<s:Header>", "<s:Header/><s:Body>").replace("</s:Header><s:Body>", "");
    house.refuses("a header in the body", &Request::new(PORTAL, XML, in_body), 500, "could not be read");
    house.closes_after(40);
}
