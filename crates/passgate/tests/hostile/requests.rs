//! Requests in raw bytes, and the good ones that each attack spoils.

use crate::house::{House, WANTED};

pub(crate) const SET: &str = "POST /v2/users/password";
pub(crate) const JSON: &str = "Content-Type: application/json\r\n";
pub(crate) const ECGRIDOS: &str = "POST /v4.1/prod/ECGridOS.asmx";
pub(crate) const PORTAL: &str = "POST /omasWebWS/services/OMASWebSvcs";
pub(crate) const XML: &str = "Content-Type: text/xml; charset=utf-8\r\n";
pub(crate) const SOAP11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
pub(crate) const SOAP12: &str = "http://www.w3.org/2003/05/soap-envelope";
pub(crate) const WSSE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
pub(crate) const WSU: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// A request: its line without the version, its header lines, and its body.
pub(crate) enum Request {
    /// With the host, a right length and the wish to close.
    Proper { line: String, headers: String, body: Vec<u8> },
    /// Byte by byte as it is.
    Raw(Vec<u8>),
}

impl Request {
    pub(crate) fn new(line: &str, headers: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self::Proper { line: line.to_owned(), headers: headers.into(), body: body.into() }
    }

    pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Raw(bytes.into())
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Raw(bytes) => bytes.clone(),
            Self::Proper { line, headers, body } => {
                let length = body.len();
                let head = format!(
                    "{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n"
                );
                [head.into_bytes(), body.clone()].concat()
            }
        }
    }
}

/// The header line that shows the administrator's API key.
pub(crate) fn key(house: &House) -> String {
    format!("X-API-Key: {}\r\n", house.member("api_key"))
}

/// A good set over REST.
pub(crate) fn json_set() -> String {
    format!(r#"{{"userId":1042,"newPassword":"{WANTED}"}}"#)
}

/// A good set over ECGridOS: `UserPassword` in SOAP 1.1, with an API key as session.
pub(crate) fn ecgridos_set(house: &House) -> String {
    let session = house.member("api_key");
    format!(
        "<s:Envelope xmlns:s=\"{SOAP11}\"><s:Header></s:Header><s:Body><UserPassword xmlns=\"http://www.ecgridos.net/\">\
         <SessionID>{session}</SessionID><UserID>1042</UserID><NewPassword>{WANTED}</NewPassword></UserPassword></s:Body></s:Envelope>"
    )
}

/// A good set over the portal service: `setUserPassword` for the same user.
pub(crate) fn portal_set(house: &House) -> String {
    let (name, password) = (house.member("wsse_username"), house.member("wsse_password"));
    portal_set_by(&format!(
        "<w:Security xmlns:w=\"{WSSE}\"><w:UsernameToken><w:Username>{name}</w:Username><w:Password>{}</w:Password></w:UsernameToken></w:Security>",
        escaped(&password)
    ))
}

/// The same with these blocks in its header.
pub(crate) fn portal_set_by(header: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"{SOAP11}\"><s:Header>{header}</s:Header><s:Body><setUserPassword><companyId>MYCOMPANY</companyId>\
         <userId>JDOE</userId><password>{WANTED}</password><forcePwdReset>0</forcePwdReset></setUserPassword></s:Body></s:Envelope>"
    )
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
