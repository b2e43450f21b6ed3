//! A set of a password through each door, and whether the door says that it is done: what the tests of crashes
//! and faults do all the time.

use std::io;

use serde_json::{Value, json};

use crate::support::{Server, try_send};

/// The doors through which passwords are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Rest,
    Ecgridos,
    Omnitracs,
}

impl Door {
    pub(crate) const ALL: [Self; 3] = [Self::Rest, Self::Ecgridos, Self::Omnitracs];
}

/// The administrator whose credentials are shown at the doors.
#[derive(Debug, Clone)]
pub(crate) struct Administrator {
    pub(crate) key: String,
    /// `USER@COMPANY`.
    pub(crate) name: String,
    pub(crate) password: String,
}

/// Whose password is set: by number, or by the ids of the portal.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) login: String,
    pub(crate) id: i64,
    pub(crate) company: String,
    pub(crate) portal_id: String,
}

/// What a door said of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// It is done.
    True,
    /// The server could not; whether it was done is not told.
    Failed(String),
}

impl Administrator {
    /// The one whose credentials `passgate dev` wrote.
    pub(crate) fn of(server: &Server) -> Self {
        Self {
            key: server.member("api_key"),
            name: server.member("wsse_username"),
            password: server.member("wsse_password"),
        }
    }
}

/// The sample users without rights over others, each with its password.
pub(crate) fn people(credentials: &Value) -> Vec<(Person, String)> {
    let text = |user: &Value, name: &str| user[name].as_str().unwrap_or_default().to_owned();
    let low = ["General", "TPUser", "MailboxUser", "MailboxAdmin", "NetworkUser"];
    let users = credentials["users"].as_array().expect("sample users");
    users
        .iter()
        .filter(|user| user["company"] == "MYCOMPANY" && low.contains(&text(user, "level").as_str()))
        .map(|user| {
            let person = Person {
                login: text(user, "login"),
                id: user["user_id"].as_i64().expect("a number"),
                company: text(user, "company"),
                portal_id: text(user, "portal_user_id"),
            };
            (person, text(user, "password"))
        })
        .collect()
}

/// Sets a password; an error if the connection ends before an answer.
///
/// Any answer but "done" and "the server failed" is a failed test: nothing here is asked wrongly.
pub(crate) fn set(
    address: &str,
    door: Door,
    shown: &Administrator,
    person: &Person,
    password: &str,
) -> io::Result<Said> {
    let (head, body) = match door {
        Door::Rest => rest(shown, person, password),
        Door::Ecgridos => ecgridos(shown, person, password),
        Door::Omnitracs => omnitracs(shown, person, password),
    };
    let answer = try_send(address, &head, &body)?;
    let status = answer.get(9..12).unwrap_or_default().to_owned();
    let done = match door {
        Door::Rest => answer.ends_with("{\"success\":true,\"data\":true}"),
        Door::Ecgridos => answer.contains("<UserPasswordResult>true</UserPasswordResult>"),
        Door::Omnitracs => answer.contains("setUserPasswordResponse"),
    };
    if status == "200" {
        assert!(done, "{door:?}: {answer}");
        return Ok(Said::True);
    }
    // A SOAP fault of the caller's has the status 500 too.
    let failed = match door {
        _ if status == "503" => true,
        Door::Rest => status == "500",
        Door::Ecgridos => status == "500" && ["10", "11"].iter().any(|number| tells_error(&answer, number)),
        Door::Omnitracs => status == "500" && answer.contains("001 Unknown Error."),
    };
    assert!(failed && !done, "{door:?}: {answer}");
    Ok(Said::Failed(answer))
}

fn tells_error(answer: &str, number: &str) -> bool {
    answer.contains(&format!("<ErrorCode>{number}</ErrorCode>"))
}

fn rest(shown: &Administrator, person: &Person, password: &str) -> (String, String) {
    let body = json!({ "userId": person.id, "newPassword": password }).to_string();
    let key = &shown.key;
    let head = format!("POST /v2/users/password HTTP/1.1\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\n");
    (head, body)
}

fn ecgridos(shown: &Administrator, person: &Person, password: &str) -> (String, String) {
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><UserPassword \
         xmlns=\"http://www.ecgridos.net/\"><SessionID>{}</SessionID><UserID>{}</UserID><NewPassword>{password}\
         </NewPassword></UserPassword></s:Body></s:Envelope>",
        shown.key, person.id
    );
    let head = "POST /v4.1/prod/ECGridOS.asmx HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\n\
                SOAPAction: \"http://www.ecgridos.net/UserPassword\"\r\n";
    (head.to_owned(), body)
}

fn omnitracs(shown: &Administrator, person: &Person, password: &str) -> (String, String) {
    let wsse = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header><wsse:Security \
         xmlns:wsse=\"{wsse}\"><wsse:UsernameToken><wsse:Username>{}</wsse:Username><wsse:Password>{}\
         </wsse:Password></wsse:UsernameToken></wsse:Security></s:Header><s:Body><w:setUserPassword \
         xmlns:w=\"http://websvcs.omaswebws\"><companyId>{}</companyId><userId>{}</userId><password>{password}\
         </password><forcePwdReset>0</forcePwdReset></w:setUserPassword></s:Body></s:Envelope>",
        shown.name, shown.password, person.company, person.portal_id
    );
    let head = "POST /omasWebWS/services/OMASWebSvcs HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\n\
                SOAPAction: \"\"\r\n";
    (head.to_owned(), body)
}

/// Whether a password signs its user in.
pub(crate) fn signs_in(address: &str, login: &str, password: &str) -> bool {
    sign_in(address, login, password).unwrap_or_else(|failed| panic!("{login}: {failed}"))
}

/// The same; an error if the server could not say.
pub(crate) fn sign_in(address: &str, login: &str, password: &str) -> Result<bool, String> {
    let body = json!({ "login": login, "password": password }).to_string();
    let head = "POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n";
    let answer = try_send(address, head, &body).map_err(|error| error.to_string())?;
    match answer.get(9..12) {
        Some("200") => Ok(true),
        Some("401") => Ok(false),
        Some("500" | "503") => Err(answer),
        _ => panic!("{answer}"),
    }
}
