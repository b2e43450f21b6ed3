//! The ways in, and what they have in common for the tables: each can attempt a set, and words a decision.

use crate::house::House;
use crate::people::Person;
use crate::{command_line, ecgridos, omnitracs, rest};

/// A way in, with the kind of credential shown there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// REST with an API key.
    Rest,
    /// REST with a bearer token.
    RestToken,
    /// ECGridOS in SOAP 1.1 and the newer namespace, with a session of `Login`.
    Ecgridos,
    /// ECGridOS in SOAP 1.2, the namespace of version 4.1 and the form with six parameters, with an API key.
    EcgridosKey,
    /// Omnitracs with a UsernameToken.
    Omnitracs,
    /// The command line with an API key.
    CommandLine,
}

impl Door {
    pub(crate) const ALL: [Self; 6] =
        [Self::Rest, Self::RestToken, Self::Ecgridos, Self::EcgridosKey, Self::Omnitracs, Self::CommandLine];

    /// As the audit record names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rest | Self::RestToken => "ecgrid-rest",
            Self::Ecgridos | Self::EcgridosKey => "ecgridos",
            Self::Omnitracs => "omnitracs",
            Self::CommandLine => "cli",
        }
    }

    /// As the audit record names what was shown.
    pub(crate) fn credential(self) -> &'static str {
        match self {
            Self::Rest | Self::EcgridosKey | Self::CommandLine => "api-key",
            Self::RestToken | Self::Ecgridos => "session",
            Self::Omnitracs => "password",
        }
    }

    /// Whether its calls name users by company and user id.
    pub(crate) fn names_portal_users(self) -> bool {
        matches!(self, Self::Omnitracs | Self::CommandLine)
    }

    /// Sends the attempt; the answer in a few words.
    pub(crate) fn set(self, house: &House, credential: &Credential, target: &Target, password: &str) -> String {
        match self {
            Self::Rest => rest::set(house, "X-API-Key: ", credential, target, password),
            Self::RestToken => rest::set(house, "Authorization: Bearer ", credential, target, password),
            Self::Ecgridos => ecgridos::set(house, &ecgridos::NEWER, credential, target, password),
            Self::EcgridosKey => ecgridos::set(house, &ecgridos::V41, credential, target, password),
            Self::Omnitracs => omnitracs::set(house, credential, target, password, "0"),
            Self::CommandLine => command_line::set(house, credential, target, password),
        }
    }

    /// The answer that its contract gives to a decision, in the same few words.
    pub(crate) fn answer_to(self, decision: &str) -> String {
        match self {
            Self::Rest => rest::answer_to(decision, "InvalidAPIKey"),
            Self::RestToken => rest::answer_to(decision, "InvalidSession"),
            Self::Ecgridos | Self::EcgridosKey => ecgridos::answer_to(decision),
            Self::Omnitracs => omnitracs::answer_to(decision),
            Self::CommandLine => command_line::answer_to(decision),
        }
    }
}

/// What a caller shows: a secret, and for the portal service a name.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub(crate) name: String,
    pub(crate) secret: String,
}

/// Whose password is to be set.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// Somebody.
    Person(Person),
    /// A user id that nobody has, in the caller's tenant.
    Nobody,
    /// A company and a user id there. Doors that go by numbers cannot say this.
    Portal(&'static str, &'static str),
}

/// A number that nobody has.
const NOBODY: i32 = 999_999;

impl Target {
    /// By number.
    pub(crate) fn number(&self) -> i32 {
        match self {
            Self::Person(person) => person.number,
            Self::Nobody | Self::Portal(..) => NOBODY,
        }
    }

    pub(crate) fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) => Some(person),
            Self::Nobody | Self::Portal(..) => None,
        }
    }

    /// By company and user id; no company is the caller's.
    pub(crate) fn portal_ids(&self) -> (&str, String) {
        match self {
            Self::Person(person) => (person.tenant.1, person.portal_id()),
            Self::Nobody => ("", "NOBODY".to_owned()),
            Self::Portal(company, user) => (company, (*user).to_owned()),
        }
    }
}

/// The text between the first `before` and the next `after`.
pub(crate) fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}
