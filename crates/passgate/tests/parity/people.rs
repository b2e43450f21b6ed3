//! The people of the tables: of each level a caller, a peer beside it, somebody elsewhere in the tenant and somebody
//! in another tenant.

use passgate_gate::level::Level;

pub(crate) const NORTH: (i32, &str) = (1, "NORTHCO");
pub(crate) const SOUTH: (i32, &str) = (2, "SOUTHCO");
/// A mailbox that is suspended from the beginning.
pub(crate) const SUSPENDED_MAILBOX: i32 = 9;

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) number: i32,
    pub(crate) tenant: (i32, &'static str),
    pub(crate) mailbox: i32,
    pub(crate) level: Level,
    pub(crate) login: String,
}

impl Person {
    fn new(group: char, number: i32, tenant: (i32, &'static str), mailbox: i32, level: Level) -> Self {
        Self { number, tenant, mailbox, level, login: format!("{group}{}", level.rank()) }
    }

    /// The id on the portal service; a login that is no such id stands behind a short one.
    pub(crate) fn portal_id(&self) -> String {
        if self.login.len() > 10 { format!("U{}", self.number) } else { self.login.to_ascii_uppercase() }
    }

    /// As the portal service's callers name themselves.
    pub(crate) fn portal_name(&self) -> String {
        format!("{}@{}", self.portal_id(), self.tenant.1)
    }
}

/// Mailbox levels live in mailbox 1, the others at network level.
fn home(level: Level) -> i32 {
    i32::from(level <= Level::MailboxAdmin)
}

/// Who calls.
pub(crate) fn caller(level: Level) -> Person {
    Person::new('c', 100 + i32::from(level.rank()), NORTH, home(level), level)
}

/// In the same tenant and, for the same level, in the same mailbox.
pub(crate) fn peer(level: Level) -> Person {
    Person::new('p', 110 + i32::from(level.rank()), NORTH, home(level), level)
}

/// In a mailbox of the same tenant in which no caller is.
pub(crate) fn elsewhere(level: Level) -> Person {
    Person::new('e', 120 + i32::from(level.rank()), NORTH, 2, level)
}

/// In another tenant.
pub(crate) fn abroad(level: Level) -> Person {
    Person::new('s', 130 + i32::from(level.rank()), SOUTH, home(level), level)
}

/// A `NetworkUser` in the mailbox of the mailbox levels: above them, and in their sight.
pub(crate) fn guest() -> Person {
    Person::new('g', 140, NORTH, 1, Level::NetworkUser)
}

/// The first one, whom no table asks for.
pub(crate) fn founder() -> Person {
    Person::new('f', 144, SOUTH, 0, Level::Root)
}

/// Terminated long ago.
pub(crate) fn gone() -> Person {
    Person::new('t', 141, NORTH, 1, Level::General)
}

/// Whose login would pass as a password.
pub(crate) fn named() -> Person {
    Person { login: "Heron-lake-42".to_owned(), ..Person::new('n', 142, NORTH, 1, Level::General) }
}

/// A `NetworkAdmin` whose mailbox is suspended.
pub(crate) fn barred() -> Person {
    Person::new('b', 143, NORTH, SUSPENDED_MAILBOX, Level::NetworkAdmin)
}

/// A `NetworkAdmin` for one case.
pub(crate) fn temporary(at: usize) -> Person {
    let number = 150 + i32::try_from(at).unwrap_or_default();
    Person { login: format!("temp{at}"), ..Person::new('x', number, NORTH, 0, Level::NetworkAdmin) }
}

/// Everybody who is there from the beginning.
pub(crate) fn everybody() -> Vec<Person> {
    let mut people = vec![guest(), gone(), named(), barred()];
    for level in Level::ALL {
        people.extend([caller(level), peer(level), elsewhere(level), abroad(level)]);
    }
    people
}
