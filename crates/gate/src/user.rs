//! Users and the accounts that they are part of.

use std::fmt;
use std::str::FromStr;

use caseless::default_case_fold_str;
use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization;

use crate::ids::{CompanyId, MailboxId, PortalUserId, TenantId, UserId};
use crate::level::Level;
use crate::throttle::{Failures, Throttle};

/// Where a user stands in its life. Contract: authorisation 3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// In use while a customer builds.
    Development,
    /// In use.
    Active,
    /// In use before going live.
    Preproduction,
    /// Barred until activated again.
    Suspended,
    /// Gone for good; its ids are never used again.
    Terminated,
}

impl Status {
    /// All of them, in the order in which the APIs list them.
    pub const ALL: [Self; 5] =
        [Self::Development, Self::Active, Self::Preproduction, Self::Suspended, Self::Terminated];

    /// The name in every API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Development => "Development",
            Self::Active => "Active",
            Self::Preproduction => "Preproduction",
            Self::Suspended => "Suspended",
            Self::Terminated => "Terminated",
        }
    }

    /// Only users in use may authenticate. Contract: authorisation 3.1.
    pub fn may_authenticate(self) -> bool {
        match self {
            Self::Development | Self::Active | Self::Preproduction => true,
            Self::Suspended | Self::Terminated => false,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No status has that name.
#[derive(Debug, thiserror::Error)]
#[error("no such status")]
pub struct UnknownStatus;

impl FromStr for Status {
    type Err = UnknownStatus;

    /// By name, letter case aside. Contract: ecgrid-rest 3 #12.
    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.name().eq_ignore_ascii_case(text)).ok_or(UnknownStatus)
    }
}

/// Whether a user has to choose a new password. Contract: authorisation 3.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MustChange {
    /// Nobody asks.
    No,
    /// The sign-in page asks, the APIs do not.
    Portal,
    /// Every door asks: a session may do nothing else first. The portal service's `forcePwdReset`.
    Required,
}

impl MustChange {
    /// The name in the store and in audit events.
    pub fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Portal => "portal",
            Self::Required => "required",
        }
    }

    /// The state that the store wrote under this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::No, Self::Portal, Self::Required].into_iter().find(|state| state.name() == name)
    }
}

/// Somebody with an account. Contract: authorisation 3.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Unique in the whole system.
    pub id: UserId,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// Its mailbox in the tenant; 0 for network level.
    pub mailbox: MailboxId,
    /// As it was given; compared by [`name_key`], unique in the tenant.
    pub login: String,
    /// Its id on the portal service.
    pub portal_id: PortalUserId,
    /// May be empty.
    pub email: String,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// How far its authority reaches.
    pub level: Level,
    /// Where it stands in its life.
    pub status: Status,
    /// Since when an administrator keeps it locked, if so. Contract: authorisation 3.6.
    pub locked: Option<Timestamp>,
    /// Whether it has to choose a new password.
    pub must_change: MustChange,
    /// Rises by one with each set; sessions carry it.
    pub credential_version: i64,
    /// When the present password was set.
    pub password_set_at: Timestamp,
    /// Whether anybody has signed in with the present password.
    pub password_used: bool,
    /// Rises with each change of what judgements rest on: level, status, lock, mailbox, tenant, login.
    pub version: i64,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
    /// When somebody last signed in.
    pub last_login: Option<Timestamp>,
    /// The question an old client may store; nothing asks it. Contract: ecgridos-soap 3 #5.
    pub recovery_question: String,
    /// How many SOAP sessions it may hold, where not the default. Contract: ecgridos-soap 3 #10.
    pub max_soap_sessions: Option<i16>,
}

/// One customer organisation: ECGrid's network, the portal service's company. Contract: authorisation 3.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// ECGrid's `networkId`.
    pub id: TenantId,
    /// The portal service's `companyId`; without one the tenant is not reachable there.
    pub company: Option<CompanyId>,
    /// For people.
    pub name: String,
    /// The licence for Remote Integration.
    pub licensed: bool,
    /// Its users cannot authenticate.
    pub suspended: bool,
    /// Rises with each change.
    pub version: i64,
}

/// A part of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// Its number there, 1 or more.
    pub id: MailboxId,
    /// For people.
    pub name: String,
    /// Its users cannot authenticate.
    pub suspended: bool,
}

/// A user with all that judgements about it need, read at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The user.
    pub user: User,
    /// Its tenant.
    pub tenant: Tenant,
    /// Whether its mailbox is suspended.
    pub mailbox_suspended: bool,
    /// Failed sign-ins in a row.
    pub failures: Failures,
}

impl Account {
    /// Whether its status, tenant and mailbox let it authenticate. A lock is another question, since API
    /// keys outlive it. Contract: authorisation 3.4 #10, 3.6.
    pub fn in_use(&self) -> bool {
        self.user.status.may_authenticate() && !self.tenant.suspended && !self.mailbox_suspended
    }

    /// What a later transaction compares, to see that the account is still the one that was judged.
    pub fn stamp(&self) -> Stamp {
        Stamp { user: self.user.id, user_version: self.user.version, tenant_version: self.tenant.version }
    }

    /// What the APIs show as locked out: a lock, or a throttle of a minute or more.
    /// Contract: authorisation 3.6.
    pub fn shown_as_locked_out(&self, throttle: &Throttle, now: Timestamp) -> bool {
        self.user.locked.is_some() || self.failures.shown_as_locked_out(throttle, now)
    }
}

/// The versions on which a judgement about an account rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Whose.
    pub user: UserId,
    /// [`User::version`] as judged.
    pub user_version: i64,
    /// [`Tenant::version`] as judged.
    pub tenant_version: i64,
}

/// The form in which names are compared and counted: outer white space off, NFC, case folded. The
/// look-up and the failure counter use this one function (R59).
pub fn name_key(name: &str) -> String {
    let folded = default_case_fold_str(&name.trim().nfc().collect::<String>());
    folded.nfc().collect()
}

/// Whether a text can stand for a name: not too long, and nothing in it that a page or a log could stumble
/// over.
pub fn is_plain_text(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.chars().any(char::is_control)
}

/// Whether a text has the form of an e-mail address: something, one `@`, and a name behind it, at most 254
/// bytes (RFC 5321 section 4.5.3.1.3). Whether it can be reached, only a message can tell.
pub fn is_email(text: &str) -> bool {
    let text = text.trim();
    let bare =
        text.len() <= 254 && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>(),;:\"[]\\".contains(c));
    bare && text.rsplit_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && !local.contains('@')
            && !host.is_empty()
            && host.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
    })
}
