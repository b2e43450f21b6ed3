//! `UserPassword`, `Login`, `WhoAmI` and `Logout`. Contract: ecgridos-soap 1, 4.2, 4.3, 4.5.

use crate::doors::{Credential, Target, between};
use crate::house::House;

/// One way of writing a call.
pub(crate) struct Writing {
    namespace: &'static str,
    envelope: &'static str,
    password: &'static str,
    version: u8,
}

/// SOAP 1.1, the namespace of the newer pages.
pub(crate) static NEWER: Writing = Writing {
    namespace: "http://www.ecgridos.net/",
    envelope: "http://schemas.xmlsoap.org/soap/envelope/",
    password: "NewPassword",
    version: 1,
};

/// SOAP 1.2, the namespace of the published WSDL, whose `UserPassword` has other parameters.
pub(crate) static V41: Writing = Writing {
    namespace: "https://os.ecgrid.io/",
    envelope: "http://www.w3.org/2003/05/soap-envelope",
    password: "Password",
    version: 2,
};

impl Writing {
    fn call(&self, house: &House, operation: &str, parameters: &str) -> (u16, String) {
        let (namespace, envelope) = (self.namespace, self.envelope);
        let kind = match self.version {
            1 => format!("text/xml; charset=utf-8\r\nSOAPAction: \"{namespace}{operation}\""),
            _ => format!("application/soap+xml; charset=utf-8; action=\"{namespace}{operation}\""),
        };
        let body = format!(
            "<s:Envelope xmlns:s=\"{envelope}\"><s:Body><{operation} xmlns=\"{namespace}\">{parameters}</{operation}></s:Body></s:Envelope>"
        );
        house.send(&format!("POST /v4.1/prod/ECGridOS.asmx HTTP/1.1\r\nContent-Type: {kind}\r\n"), &body)
    }
}

pub(crate) fn set(house: &House, writing: &Writing, shown: &Credential, target: &Target, password: &str) -> String {
    let (session, user, parameter) = (&shown.secret, target.number(), writing.password);
    let parameters =
        format!("<SessionID>{session}</SessionID><UserID>{user}</UserID><{parameter}>{password}</{parameter}>");
    let (status, body) = writing.call(house, "UserPassword", &parameters);
    match between(&body, "<UserPasswordResult>", "</UserPasswordResult>") {
        Some(result) => format!("{status} {result}"),
        None => format!("{status} fault {}", fault(&body)),
    }
}

fn fault(body: &str) -> &str {
    between(body, "<ErrorCode>", "</ErrorCode>").unwrap_or_else(|| panic!("no fault: {body}"))
}

pub(crate) fn answer_to(decision: &str) -> String {
    let number = match decision {
        "ok" => return "200 true".to_owned(),
        "unidentified" => 1,
        "level-too-low" | "target-above-caller" | "password-change-required" => 2,
        "user-not-found" => 3,
        "password-empty" | "password-too-short" | "password-too-long" => 8,
        "password-refused-character" | "password-composition" | "password-common" | "password-name" => 9,
        other => panic!("this door does not decide {other}"),
    };
    format!("500 fault {number}")
}

/// A session for a name and a password, if they are good.
pub(crate) fn sign_in(house: &House, login: &str, password: &str) -> Option<String> {
    let parameters = format!("<UserName>{login}</UserName><Password>{password}</Password>");
    let (_, body) = NEWER.call(house, "Login", &parameters);
    let session = between(&body, "<LoginResult>", "</LoginResult>").map(str::to_owned);
    if session.is_none() {
        assert_eq!(fault(&body), "2", "{body}");
    }
    session
}

pub(crate) fn sign_out(house: &House, session: &str) {
    let (status, body) = NEWER.call(house, "Logout", &format!("<SessionID>{session}</SessionID>"));
    assert_eq!(status, 200, "{body}");
}

/// Whether a session is still good.
pub(crate) fn holds(house: &House, session: &str) -> bool {
    let (status, body) = NEWER.call(house, "WhoAmI", &format!("<SessionID>{session}</SessionID>"));
    assert!(status == 200 || fault(&body) == "1", "{body}");
    status == 200
}
