//! Sessions and API keys as the store keeps them: by the digest of their secret.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::digest::Digest;
use crate::ids::{ApiKeyId, UserId};
use crate::networks::Networks;

/// What a session is for. One kind is never taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionKind {
    /// Opened by the SOAP `Login`; slides with use.
    Soap,
    /// A REST token; ends at a fixed time, may be refreshed.
    Token,
    /// A browser's session.
    Web,
}

impl SessionKind {
    /// The name in the store and in audit events.
    pub fn name(self) -> &'static str {
        match self {
            Self::Soap => "soap",
            Self::Token => "token",
            Self::Web => "web",
        }
    }

    /// The kind that the store wrote under this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Soap, Self::Token, Self::Web].into_iter().find(|kind| kind.name() == name)
    }
}

/// An open or ended session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The digest of its id.
    pub digest: Digest,
    /// What it is for.
    pub kind: SessionKind,
    /// Whose.
    pub user: UserId,
    /// The credential version it was opened with; another one ends it.
    pub credential_version: i64,
    /// The digest of the first session of a chain of refreshed ones; its own for the first (R39).
    pub chain: Digest,
    /// When it was opened.
    pub created: Timestamp,
    /// When it ends unless it is used or refreshed.
    pub expires: Timestamp,
    /// When it ends in any case.
    pub absolute: Timestamp,
    /// When it was ended, if it was. Ended ones are kept until `absolute`, so that reuse is seen.
    pub ended: Option<Timestamp>,
    /// From where it was opened or last exchanged, if over a network.
    pub source: Option<IpAddr>,
}

impl Session {
    /// Neither ended nor expired, and opened with the present credential version.
    pub fn is_open(&self, credential_version: i64, now: Timestamp) -> bool {
        self.ended.is_none()
            && now < self.expires
            && now < self.absolute
            && self.credential_version == credential_version
    }
}

/// How many sessions of a kind a user may hold, and what gives way. R42.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionLimit {
    /// One more than this is refused.
    Refuse(u32),
    /// One more than this ends the oldest.
    EndOldest(u32),
}

/// Who may see a key. Contract: ecgrid-rest 2.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyVisibility {
    /// Its owner.
    Private,
    /// Its owner's mailbox.
    Shared,
    /// Its owner's tenant.
    Public,
    /// For one session.
    Session,
}

impl KeyVisibility {
    /// The name in every API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Private => "Private",
            Self::Shared => "Shared",
            Self::Public => "Public",
            Self::Session => "Session",
        }
    }

    /// By name, letter case aside.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Private, Self::Shared, Self::Public, Self::Session]
            .into_iter()
            .find(|visibility| visibility.name().eq_ignore_ascii_case(name))
    }
}

/// An API key as it is kept. R43, R44.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its public id.
    pub id: ApiKeyId,
    /// Its owner.
    pub user: UserId,
    /// The digest of the key.
    pub digest: Digest,
    /// The first 12 characters, for lists.
    pub hint: String,
    /// Who may see it.
    pub visibility: KeyVisibility,
    /// The user's one GUID key, which a new one replaces. Contract: ecgrid-rest 3 #7.
    pub primary: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends, if ever.
    pub expires: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used: Option<Timestamp>,
    /// From where it may be used.
    pub networks: Networks,
}

impl ApiKey {
    /// Neither revoked nor expired.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|end| now < end)
    }
}
