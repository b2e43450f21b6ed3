//! The ids by which the APIs name things. Each is a type of its own, so that none is taken for another.

use std::fmt;
use std::str::FromStr;

macro_rules! integer_id {
    ($(#[$doc:meta])* $name:ident, $least:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i32);

        impl $name {
            /// The id, if the number is in its range.
            pub fn new(number: i32) -> Option<Self> {
                (number >= $least).then_some(Self(number))
            }

            /// The number as the APIs and the store write it.
            pub fn get(self) -> i32 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

integer_id!(
    /// A tenant; ECGrid's `networkId`. Contract: authorisation 3.1.
    TenantId,
    1
);
integer_id!(
    /// A mailbox within one tenant; 0 is the tenant itself. Contract: authorisation 3.1.
    MailboxId,
    0
);
integer_id!(
    /// A user, unique in the whole system. Contract: authorisation 3.1.
    UserId,
    1
);
integer_id!(
    /// An API key; the public part by which it is named in lists.
    ApiKeyId,
    1
);

impl MailboxId {
    /// The level of the tenant itself.
    pub const NETWORK: Self = Self(0);
}

/// A text is no id of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to 10 of A-Z, 0-9, - and _")]
pub struct NotAnId;

fn portal_text(text: &str) -> Result<String, NotAnId> {
    let fits =
        (1..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    fits.then(|| text.to_ascii_uppercase()).ok_or(NotAnId)
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Upper-case, as it is stored and shown.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                portal_text(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// A tenant as the portal service names it (`companyId`): 1 to 10 of A-Z 0-9 - _, compared without
    /// case. Contract: authorisation 3.1.
    CompanyId
);
text_id!(
    /// A user as the portal service names it (`userId`), unique in the tenant, never used again.
    /// Contract: authorisation 3.1.
    PortalUserId
);

impl PortalUserId {
    /// The id of a user for whom none was asked: the login if it fits, else `U` and the number.
    /// Contract: authorisation 3.1. The caller sees to it that it is free.
    pub fn fallback(user: UserId) -> Self {
        Self(format!("U{user}"))
    }
}

/// Names one request in answers, logs and audit events (R113).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// An id made of 16 random bytes in hexadecimal.
    pub fn random(rng: &dyn crate::rng::Rng) -> Self {
        let mut bytes = [0; 16];
        rng.fill(&mut bytes);
        Self(crate::digest::hex(&bytes))
    }

    /// The text that the header and the log show.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
