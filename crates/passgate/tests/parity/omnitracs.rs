//! `setUserPassword`. Contract: omnitracs-soap 1, 4.1 to 4.3.

use crate::doors::{Credential, Target, between};
use crate::house::House;

const WSSE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

pub(crate) fn set(house: &House, shown: &Credential, target: &Target, password: &str, force: &str) -> String {
    let (company, user) = target.portal_ids();
    let company = if company.is_empty() { String::new() } else { format!("<companyId>{company}</companyId>") };
    let (name, secret) = (&shown.name, &shown.secret);
    let body = format!(
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header><wsse:Security xmlns:wsse=\"{WSSE}\"><wsse:UsernameToken><wsse:Username>{name}</wsse:Username><wsse:Password>{secret}</wsse:Password></wsse:UsernameToken></wsse:Security></soap:Header><soap:Body><w:setUserPassword xmlns:w=\"http://websvcs.omaswebws\">{company}<userId>{user}</userId><password>{password}</password><forcePwdReset>{force}</forcePwdReset></w:setUserPassword></soap:Body></soap:Envelope>"
    );
    let head = "POST /omasWebWS/services/OMASWebSvcs HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"\"\r\n";
    let (status, body) = house.send(head, &body);
    let said = if body.contains("p55:FailedAuthentication") {
        "FailedAuthentication"
    } else if body.contains("setUserPasswordResponse") {
        "done"
    } else {
        between(&body, "<message>", "</message>").unwrap_or_else(|| panic!("{status} {body}"))
    };
    format!("{status} {said}")
}

pub(crate) fn answer_to(decision: &str) -> String {
    let said = match decision {
        "ok" => return "200 done".to_owned(),
        "unidentified" => "FailedAuthentication",
        "not-licensed" => "003 Company not authorized for integration.",
        "level-too-low" | "target-above-caller" => "004 User not authorized.",
        "tenant-not-found" => "005 Invalid company id.",
        "user-not-found" => "006 Invalid user id.",
        refused if refused.starts_with("password-") => "007 Invalid password.",
        other => panic!("this door does not decide {other}"),
    };
    format!("500 {said}")
}

/// Whether a name and a password are good: every call proves them, so one is made that changes nothing.
pub(crate) fn proves(house: &House, name: &str, password: &str) -> bool {
    let shown = Credential { name: name.to_owned(), secret: password.to_owned() };
    set(house, &shown, &Target::Portal("NOWHERE", "NOBODY"), "-", "0") != answer_to("unidentified")
}
