//! How far a user's authority reaches. What a level may do stands in [`crate::authority`].

use std::fmt;
use std::str::FromStr;

/// An authorisation level, lowest first, so that `<` compares ranks. Contract: authorisation 3.2.
///
/// A higher rank gives no right by itself: rank is only an upper bound on targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Rank 1: sees itself.
    General = 1,
    /// Rank 2: a trading partner's user.
    TPUser,
    /// Rank 3: works in its mailbox.
    MailboxUser,
    /// Rank 4: administers its mailbox.
    MailboxAdmin,
    /// Rank 5: works across its tenant, administers nobody.
    NetworkUser,
    /// Rank 6: administers its tenant; on the portal service it has the role Admin.
    NetworkAdmin,
    /// Rank 7: the operator's own staff, all tenants.
    NetOps,
    /// Rank 8: the operator's own staff, all tenants.
    TechOps,
    /// Rank 9: everything.
    Root,
}

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Self; 9] = [
        Self::General,
        Self::TPUser,
        Self::MailboxUser,
        Self::MailboxAdmin,
        Self::NetworkUser,
        Self::NetworkAdmin,
        Self::NetOps,
        Self::TechOps,
        Self::Root,
    ];

    /// 1 to 9. Contract: authorisation 3.2.
    pub fn rank(self) -> u8 {
        self as u8
    }

    /// The name in every API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::General => "General",
            Self::TPUser => "TPUser",
            Self::MailboxUser => "MailboxUser",
            Self::MailboxAdmin => "MailboxAdmin",
            Self::NetworkUser => "NetworkUser",
            Self::NetworkAdmin => "NetworkAdmin",
            Self::NetOps => "NetOps",
            Self::TechOps => "TechOps",
            Self::Root => "Root",
        }
    }

    /// Whether this is the operator's own staff, who act on all tenants. Contract: authorisation 3.2.
    pub fn is_system_wide(self) -> bool {
        self >= Self::NetOps
    }

    /// Whether the portal service shows and treats this level as its role Admin. Contract: authorisation 3.3.
    pub fn has_admin_role(self) -> bool {
        self >= Self::NetworkAdmin
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No level has that name.
#[derive(Debug, thiserror::Error)]
#[error("no such level; there are {}", Level::ALL.map(Level::name).join(", "))]
pub struct UnknownLevel;

impl FromStr for Level {
    type Err = UnknownLevel;

    /// By name, letter case aside. Contract: ecgrid-rest 3 #12.
    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        Self::ALL.into_iter().find(|level| level.name().eq_ignore_ascii_case(text)).ok_or(UnknownLevel)
    }
}
