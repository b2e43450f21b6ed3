//! Audit events: one record of each attempt, allowed or refused, chained per tenant (R108, R110).

use std::net::IpAddr;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::digest::Digest;
use crate::ids::{ApiKeyId, TenantId, UserId};

/// A way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Door {
    /// ECGrid REST v2.
    EcgridRest,
    /// ECGridOS SOAP 4.1.
    Ecgridos,
    /// Omnitracs Services Portal SOAP.
    Omnitracs,
    /// The help desk's console.
    Console,
    /// The users' sign-in page.
    Portal,
    /// The command line.
    Cli,
}

impl Door {
    /// The name in logs and audit events.
    pub fn name(self) -> &'static str {
        match self {
            Self::EcgridRest => "ecgrid-rest",
            Self::Ecgridos => "ecgridos",
            Self::Omnitracs => "omnitracs",
            Self::Console => "console",
            Self::Portal => "portal",
            Self::Cli => "cli",
        }
    }
}

/// What was attempted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// An administrative set.
    SetPassword,
    /// A change of one's own.
    ChangePassword,
    /// Asking for a generated password.
    GeneratePassword,
    /// Ending a user's sessions, lifting lock and throttle.
    ResetUser,
    /// Making a user.
    CreateUser,
    /// Changing a user's profile or status.
    UpdateUser,
    /// Reading a user.
    ReadUser,
    /// Locking a user, or lifting a lock.
    LockUser,
    /// Replacing a user's primary API key.
    GenerateApiKey,
    /// Making an additional API key.
    CreateApiKey,
    /// Revoking an API key.
    RevokeApiKey,
    /// Reading about API keys.
    ReadApiKeys,
    /// Signing in.
    SignIn,
    /// Signing out.
    SignOut,
    /// Exchanging a token for a fresh one.
    RefreshSession,
    /// Reading one's own session.
    ReadSession,
    /// Reading about the sessions of a user.
    ReadSessions,
    /// Ending sessions of a user.
    EndSessions,
    /// Making a tenant.
    CreateTenant,
    /// Changing a tenant.
    UpdateTenant,
    /// Making a mailbox.
    CreateMailbox,
    /// Removing old records, as retention asks.
    PruneAudit,
    /// Something a door does not offer, or could not make out.
    Unknown,
}

impl Operation {
    /// The name in logs and audit events.
    pub fn name(self) -> &'static str {
        match self {
            Self::SetPassword => "set-password",
            Self::ChangePassword => "change-password",
            Self::GeneratePassword => "generate-password",
            Self::ResetUser => "reset-user",
            Self::CreateUser => "create-user",
            Self::UpdateUser => "update-user",
            Self::ReadUser => "read-user",
            Self::LockUser => "lock-user",
            Self::GenerateApiKey => "generate-api-key",
            Self::CreateApiKey => "create-api-key",
            Self::RevokeApiKey => "revoke-api-key",
            Self::ReadApiKeys => "read-api-keys",
            Self::SignIn => "sign-in",
            Self::SignOut => "sign-out",
            Self::RefreshSession => "refresh-session",
            Self::ReadSession => "read-session",
            Self::ReadSessions => "read-sessions",
            Self::EndSessions => "end-sessions",
            Self::CreateTenant => "create-tenant",
            Self::UpdateTenant => "update-tenant",
            Self::CreateMailbox => "create-mailbox",
            Self::PruneAudit => "prune-audit",
            Self::Unknown => "unknown",
        }
    }
}

/// Who attempted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody whose credential was proved.
    Unproved,
    /// A user, by one of its API keys.
    Key(UserId, ApiKeyId),
    /// A user, by a session.
    Session(UserId),
    /// A user, by its password.
    Password(UserId),
    /// Somebody with the data folder in hand, by the name the machine knows them by.
    Operator(String),
}

impl Actor {
    /// Which kind of credential was shown.
    pub fn credential(&self) -> &'static str {
        match self {
            Self::Unproved => "none",
            Self::Key(..) => "api-key",
            Self::Session(_) => "session",
            Self::Password(_) => "password",
            Self::Operator(_) => "operator",
        }
    }

    /// The user behind it, if any.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::Key(user, _) | Self::Session(user) | Self::Password(user) => Some(*user),
            Self::Unproved | Self::Operator(_) => None,
        }
    }

    /// The key's id or the operator's name.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Key(_, key) => Some(key.to_string()),
            Self::Operator(name) => Some(name.clone()),
            Self::Unproved | Self::Session(_) | Self::Password(_) => None,
        }
    }
}

/// One record. Never holds a secret or what somebody typed as a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// When it was decided, UTC.
    pub time: Timestamp,
    /// The tenant it concerns: the target's, else the actor's; `None` for the system's own chain.
    pub tenant: Option<TenantId>,
    /// By which way in.
    pub door: Door,
    /// What was attempted.
    pub operation: Operation,
    /// Who attempted it.
    pub actor: Actor,
    /// From where, if over a network.
    pub source: Option<IpAddr>,
    /// The request's id.
    pub request: String,
    /// The user it was about.
    pub target: Option<UserId>,
    /// `None` when allowed, else the stable word for why not.
    pub refused: Option<&'static str>,
    /// The target's credential version afterwards, where a password was set.
    pub credential_version: Option<i64>,
    /// How many sessions it ended.
    pub sessions_ended: Option<u32>,
    /// More, in words of our own: `must-change=required`, `status=Suspended`.
    pub note: String,
}

/// A chain of audit events: a tenant's, or the system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chain(pub Option<TenantId>);

impl Chain {
    /// The number that the store and audit ids use; 0 is the system's chain.
    pub fn number(self) -> i32 {
        self.0.map_or(0, TenantId::get)
    }

    /// The chain of that number.
    pub fn from_number(number: i32) -> Self {
        Self(TenantId::new(number))
    }
}

/// Names one record: the chain and the place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditId {
    /// Which chain.
    pub chain: Chain,
    /// From 1 on, without gaps.
    pub sequence: i64,
}

impl std::fmt::Display for AuditId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.chain.number(), self.sequence)
    }
}

/// A record as the store keeps it: every field as text or number exactly as it was hashed, so that the
/// chain can be verified by a later version which no longer knows a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its name.
    pub id: AuditId,
    /// Microseconds since 1970, UTC.
    pub time: i64,
    /// [`Door::name`].
    pub door: String,
    /// [`Operation::name`].
    pub operation: String,
    /// [`Actor::credential`].
    pub credential: String,
    /// The actor's user id.
    pub actor: Option<i32>,
    /// [`Actor::detail`].
    pub actor_detail: Option<String>,
    /// The source address.
    pub source: Option<String>,
    /// The request's id.
    pub request: String,
    /// The target's user id.
    pub target: Option<i32>,
    /// The word for why not.
    pub refused: Option<String>,
    /// The target's credential version afterwards.
    pub credential_version: Option<i64>,
    /// How many sessions ended.
    pub sessions_ended: Option<i64>,
    /// More.
    pub note: String,
    /// The hash over this record and the one before.
    pub hash: Digest,
}

impl StoredEvent {
    /// Puts an event at its place in a chain, after the record with the hash `previous`.
    pub fn link(event: &AuditEvent, sequence: i64, previous: &Digest) -> Self {
        let mut stored = Self {
            id: AuditId { chain: Chain(event.tenant), sequence },
            time: event.time.as_microsecond(),
            door: event.door.name().to_owned(),
            operation: event.operation.name().to_owned(),
            credential: event.actor.credential().to_owned(),
            actor: event.actor.user().map(UserId::get),
            actor_detail: event.actor.detail(),
            source: event.source.map(|address| address.to_string()),
            request: event.request.clone(),
            target: event.target.map(UserId::get),
            refused: event.refused.map(str::to_owned),
            credential_version: event.credential_version,
            sessions_ended: event.sessions_ended.map(i64::from),
            note: event.note.clone(),
            hash: *previous,
        };
        stored.hash = stored.expected_hash(previous);
        stored
    }

    /// The hash that this record must have after one with the hash `previous`.
    ///
    /// SHA-256 over the previous hash and then each field as: its length in 8 bytes, big-endian, or
    /// 2^64-1 where there is none; then its text. No two different records have one encoding.
    pub fn expected_hash(&self, previous: &Digest) -> Digest {
        let mut sha = Sha256::new();
        sha.update(previous.as_bytes());
        let number = |n: i64| Some(n.to_string());
        let fields = [
            number(i64::from(self.id.chain.number())),
            number(self.id.sequence),
            number(self.time),
            Some(self.door.clone()),
            Some(self.operation.clone()),
            Some(self.credential.clone()),
            self.actor.map(|id| id.to_string()),
            self.actor_detail.clone(),
            self.source.clone(),
            Some(self.request.clone()),
            self.target.map(|id| id.to_string()),
            self.refused.clone(),
            self.credential_version.and_then(number),
            self.sessions_ended.and_then(number),
            Some(self.note.clone()),
        ];
        for field in fields {
            let length = field.as_ref().map_or(u64::MAX, |text| text.len() as u64);
            sha.update(length.to_be_bytes());
            sha.update(field.unwrap_or_default().as_bytes());
        }
        Digest::from_bytes(sha.finalize().into())
    }
}

/// The hash before the first record of every chain.
pub const GENESIS: [u8; 32] = [0; 32];

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> AuditEvent {
        AuditEvent {
            time: Timestamp::UNIX_EPOCH,
            tenant: TenantId::new(7),
            door: Door::EcgridRest,
            operation: Operation::SetPassword,
            actor: Actor::Operator("ann".into()),
            source: None,
            request: "r1".into(),
            target: UserId::new(1042),
            refused: None,
            credential_version: Some(2),
            sessions_ended: Some(0),
            note: String::new(),
        }
    }

    #[test]
    fn a_record_changed_in_any_field_no_longer_has_its_hash() {
        let genesis = Digest::from_bytes(GENESIS);
        let linked = StoredEvent::link(&event(), 1, &genesis);
        assert_eq!(linked.hash, linked.expected_hash(&genesis));

        let forged = StoredEvent { target: Some(1043), ..linked.clone() };
        assert_ne!(forged.hash, forged.expected_hash(&genesis));
        let moved = StoredEvent { request: "r".into(), note: "1".into(), ..linked.clone() };
        assert_ne!(moved.hash, moved.expected_hash(&genesis));
        assert_ne!(linked.hash, linked.expected_hash(&linked.hash));
    }
}
