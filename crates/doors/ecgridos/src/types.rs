//! The types that operations return, in the shapes of both generations, and accounts written in them.
//!
//! Contract: ecgridos-soap 2.5.

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use passgate_gate::user::Account;
use passgate_soap::{Enumeration, Field, Object, Type, Value};

pub(crate) static AUTH_LEVEL: Enumeration = Enumeration {
    name: "AuthLevel",
    values: &[
        "NoChange",
        "Root",
        "TechOps",
        "NetOps",
        "NetworkAdmin",
        "NetworkUser",
        "MailboxAdmin",
        "MailboxUser",
        "TPUser",
        "General",
    ],
};

pub(crate) static STATUS: Enumeration =
    Enumeration { name: "Status", values: &["Development", "Active", "Preproduction", "Suspended", "Terminated"] };

pub(crate) static CELL_CARRIER: Enumeration = Enumeration {
    name: "CellCarrier",
    values: &[
        "NoChange",
        "Undefined",
        "ATTCingular",
        "Verizon",
        "TMobile",
        "SprintPCS",
        "Nextel",
        "Alltel",
        "VirginMobile",
        "ATTPreCingular",
        "ATT",
        "BoostMobile",
        "USCellular",
        "MetroPCS",
        "Powertel",
    ],
};

/// `UserIDInfo` of the newer pages.
pub(crate) static NEWER_USER: Object = Object {
    name: "UserIDInfo",
    fields: &[
        Field::new("UserID", Type::Int),
        Field::new("Login", Type::String),
        Field::new("Email", Type::String),
        Field::new("FirstName", Type::String),
        Field::new("LastName", Type::String),
        Field::new("NetworkID", Type::Int),
        Field::new("MailboxID", Type::Int),
        Field::new("AuthLevel", Type::Enumeration(&AUTH_LEVEL)),
        Field::new("Status", Type::Enumeration(&STATUS)),
        Field::new("Created", Type::DateTime),
    ],
};

/// `UserIDInfo` of the published WSDL.
pub(crate) static PUBLISHED_USER: Object = Object {
    name: "UserIDInfo",
    fields: &[
        Field::new("UserID", Type::Int),
        Field::new("LoginName", Type::String),
        Field::new("RecoveryQuestion", Type::String),
        Field::new("FirstName", Type::String),
        Field::new("LastName", Type::String),
        Field::new("Company", Type::String),
        Field::new("EMail", Type::String),
        Field::new("Phone", Type::String),
        Field::new("CellPhone", Type::String),
        Field::new("CellCarrier", Type::Enumeration(&CELL_CARRIER)),
        Field::new("TimeZoneOffset", Type::Short),
        Field::new("NetworkID", Type::Int),
        Field::new("MailboxID", Type::Int),
        Field::new("AuthLevel", Type::Enumeration(&AUTH_LEVEL)),
        Field::new("Created", Type::DateTime),
        Field::new("Modified", Type::DateTime),
        Field::new("LastLogin", Type::DateTime),
        Field::new("Status", Type::Enumeration(&STATUS)),
        Field::new("LockedOut", Type::Boolean),
        Field::new("OpenSessions", Type::Short),
    ],
};

/// A user in the shape of the newer pages.
pub(crate) fn newer_user(account: &Account) -> Value {
    let user = &account.user;
    Value::Object(vec![
        ("UserID", user.id.get().into()),
        ("Login", user.login.as_str().into()),
        ("Email", user.email.as_str().into()),
        ("FirstName", user.first_name.as_str().into()),
        ("LastName", user.last_name.as_str().into()),
        ("NetworkID", user.tenant.get().into()),
        ("MailboxID", user.mailbox.get().into()),
        ("AuthLevel", user.level.name().into()),
        ("Status", user.status.name().into()),
        ("Created", user.created.into()),
    ])
}

/// A user in the shape of the published WSDL. Phones and time zones are not kept.
pub(crate) fn published_user(account: &Account, locked_out: bool, open_sessions: u32) -> Value {
    let user = &account.user;
    Value::Object(vec![
        ("UserID", user.id.get().into()),
        ("LoginName", user.login.as_str().into()),
        ("RecoveryQuestion", user.recovery_question.as_str().into()),
        ("FirstName", user.first_name.as_str().into()),
        ("LastName", user.last_name.as_str().into()),
        ("Company", account.tenant.name.as_str().into()),
        ("EMail", user.email.as_str().into()),
        ("Phone", "".into()),
        ("CellPhone", "".into()),
        ("CellCarrier", "Undefined".into()),
        ("TimeZoneOffset", 0.into()),
        ("NetworkID", user.tenant.get().into()),
        ("MailboxID", user.mailbox.get().into()),
        ("AuthLevel", user.level.name().into()),
        ("Created", user.created.into()),
        ("Modified", user.modified.into()),
        ("LastLogin", or_never(user.last_login).into()),
        ("Status", user.status.name().into()),
        ("LockedOut", locked_out.into()),
        ("OpenSessions", short(open_sessions)),
    ])
}

/// A count as `xs:short`; there is no way to say more than its largest number.
pub(crate) fn short(count: impl TryInto<i16>) -> Value {
    Value::from(i32::from(count.try_into().unwrap_or(i16::MAX)))
}

/// A time that may never have come. The published types cannot leave it out; .NET writes its first day then.
pub(crate) fn or_never(time: Option<Timestamp>) -> Timestamp {
    let first_day = || date(1, 1, 1).at(0, 0, 0, 0).to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
    time.or_else(|| first_day().ok()).unwrap_or(Timestamp::MIN)
}
