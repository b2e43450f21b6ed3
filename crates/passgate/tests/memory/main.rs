//! The memory of a running server: what of passwords is left in it after load (R115), how much a request takes of it
//! (R129), and that a limit put upon it is kept while everything at once is asked for (R128).

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

#[path = "../support/mod.rs"]
mod support;

mod image;
mod limit;
mod markers;
mod peaks;

use support::Server;

/// The server's resident memory now (`VmRSS`), or at its peak (`VmHWM`), or what of its memory counts against
/// `RLIMIT_DATA` (`VmData`), in KiB.
fn status(server: &Server, field: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':')).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// A call of an operation of ECGridOS.
fn ecgridos(operation: &str, parameters: &str) -> (String, String) {
    let head = format!(
        "POST /v4.1/prod/ECGridOS.asmx HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\n\
         SOAPAction: \"http://www.ecgridos.net/{operation}\"\r\n"
    );
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><{operation} \
         xmlns=\"http://www.ecgridos.net/\">{parameters}</{operation}></s:Body></s:Envelope>"
    );
    (head, body)
}

/// A set of a user at the portal by this name and secret.
fn portal(name: &str, secret: &str, user: &str, password: &str) -> (String, String) {
    let wsse = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header><wsse:Security \
         xmlns:wsse=\"{wsse}\"><wsse:UsernameToken><wsse:Username>{name}</wsse:Username><wsse:Password>{secret}\
         </wsse:Password></wsse:UsernameToken></wsse:Security></s:Header><s:Body><w:setUserPassword \
         xmlns:w=\"http://websvcs.omaswebws\"><companyId>MYCOMPANY</companyId><userId>{user}</userId>\
         <password>{password}</password><forcePwdReset>0</forcePwdReset></w:setUserPassword></s:Body></s:Envelope>"
    );
    let head = "POST /omasWebWS/services/OMASWebSvcs HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\n\
                SOAPAction: \"\"\r\n";
    (head.to_owned(), body)
}
