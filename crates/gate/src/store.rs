//! What the gate asks of a store: a small set of meaningful acts, each of them one transaction.
//!
//! An act that changes something takes the audit event with it, so that there is no change without its
//! record (R109). Every write is durable before the act answers (R20). Acts that rest on a judgement carry
//! the [`Stamp`]s of what was judged and answer [`Outcome::Stale`] if that has changed since (R52). How a store
//! fails is a [`StoreError`].

mod attempts;
mod error;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::audit::{AuditEvent, AuditId, Chain, StoredEvent};
use crate::digest::Digest;
use crate::ids::{ApiKeyId, CompanyId, MailboxId, PortalUserId, TenantId, UserId};
use crate::level::Level;
use crate::networks::Networks;
use crate::password::PasswordHash;
use crate::rate::Rate;
use crate::session::{ApiKey, KeyVisibility, Session, SessionKind, SessionLimit};
use crate::throttle::{Failures, ThrottleKey};
use crate::user::{Account, Mailbox, MustChange, Stamp, Status, Tenant};

pub use attempts::{Admission, Attempt, CallsTaken, FailedProof, FailureCounted};
pub use error::StoreError;

/// What became of an act that rests on a judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It is true now.
    Done(T),
    /// What was judged has changed; nothing was done. Judge again.
    Stale,
}

/// Accounts that a sign-in name leads to. Contract: authorisation 3.1.
#[derive(Debug)]
pub enum NameMatch {
    /// None in use.
    None,
    /// Exactly one in use, with its stored hash.
    One(Box<Account>, PasswordHash),
    /// More than one in use.
    Several,
}

/// How a caller named an account at sign-in. Names are in the form of [`crate::user::name_key`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameQuery {
    /// `login@COMPANYID`: that login in that tenant.
    LoginIn(CompanyId, String),
    /// `userId@companyId` of the portal service: that portal id in that tenant.
    PortalIdIn(CompanyId, PortalUserId),
    /// A login in any tenant, or, if no login fits, an e-mail address.
    Login(String),
    /// A portal id in any tenant (`None`: the name has not its form), or, if none fits, an e-mail address.
    PortalId(Option<PortalUserId>, String),
}

/// The caller's side of a judgement: still the same and still proved when the transaction runs (R52).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallerStamp {
    /// The caller's account as judged; `None` for the local operator.
    pub account: Option<Stamp>,
    /// The session that was shown; it must still be open.
    pub session: Option<Digest>,
    /// The key that was shown; it must not have been revoked.
    pub key: Option<ApiKeyId>,
}

/// Which sessions of a user end. Contract: authorisation 3.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndSessions {
    /// All of every kind but this one.
    AllBut(Option<Digest>),
    /// None: `sessions_after_set = "keep"`.
    Keep,
}

/// A set or a change of a password.
#[derive(Debug)]
pub struct ReplacePassword {
    /// The target as judged.
    pub target: Stamp,
    /// The credential version that the caller's proof rests on, where the old password was the proof.
    pub credential_version: Option<i64>,
    /// The caller as judged.
    pub caller: CallerStamp,
    /// The new hash.
    pub hash: PasswordHash,
    /// What becomes of the must-change state.
    pub must_change: MustChange,
    /// A recovery question to keep, if one was sent.
    pub recovery_question: Option<String>,
    /// Which of the target's sessions end. Those that stay are carried over to the new credential version.
    pub sessions: EndSessions,
    /// The act fills in the credential version and the number of ended sessions.
    pub event: AuditEvent,
}

/// What a set gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The target's credential version from now on.
    pub credential_version: i64,
    /// How many sessions ended.
    pub sessions_ended: u32,
    /// The record.
    pub audit: AuditId,
}

/// A session to be opened for an account whose password was proved.
#[derive(Debug)]
pub struct OpenSession {
    /// The account as judged.
    pub account: Stamp,
    /// The session, with the credential version that was proved.
    pub session: Session,
    /// How many of its kind the user may hold.
    pub limit: SessionLimit,
    /// The counter to clear.
    pub throttle: ThrottleKey,
    /// A fresh hash for an outdated one.
    pub rehash: Option<PasswordHash>,
    /// The record of the sign-in.
    pub event: AuditEvent,
}

/// What became of an opened session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// It is open.
    Open,
    /// The user holds as many as it may; the counter was cleared, the event was recorded with
    /// `too-many-sessions`.
    TooMany,
}

/// A password that was proved without opening a session (WS-Security).
#[derive(Debug)]
pub struct PasswordProved {
    /// The account as judged.
    pub account: Stamp,
    /// The credential version that was proved.
    pub credential_version: i64,
    /// The counter to clear.
    pub throttle: ThrottleKey,
    /// A fresh hash for an outdated one.
    pub rehash: Option<PasswordHash>,
    /// A nonce to use up: its digest and until when it is remembered (R83).
    pub nonce: Option<(Digest, Timestamp)>,
    /// Now.
    pub now: Timestamp,
}

/// What became of a nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NonceUse {
    /// It was fresh, or none was given.
    Fresh,
    /// This user has used it before; nothing was changed.
    Replayed,
}

/// A token exchanged for a fresh one.
#[derive(Debug)]
pub struct RefreshSession {
    /// The one to end.
    pub old: Digest,
    /// The one to open, in the same chain.
    pub new: Session,
    /// The owner as judged.
    pub account: Stamp,
    /// The record.
    pub event: AuditEvent,
}

/// An administrator's reset: sessions end, throttle and lock are lifted. Contract: authorisation 3.7.
#[derive(Debug)]
pub struct ResetUser {
    /// The target as judged.
    pub target: Stamp,
    /// The caller as judged.
    pub caller: CallerStamp,
    /// The act fills in the number of ended sessions.
    pub event: AuditEvent,
}

/// A user to be made.
#[derive(Debug)]
pub struct NewUser {
    /// A fixed id, for sample data and import; else the next free one.
    pub id: Option<UserId>,
    /// The tenant.
    pub tenant: TenantId,
    /// The mailbox there; it exists.
    pub mailbox: MailboxId,
    /// As given.
    pub login: String,
    /// The portal id, if one was asked for; else made from the login. Contract: authorisation 3.1.
    pub portal_id: Option<PortalUserId>,
    /// May be empty.
    pub email: String,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// How far its authority reaches.
    pub level: Level,
    /// Its first status.
    pub status: Status,
    /// Its password.
    pub hash: PasswordHash,
    /// Whether it has to be changed.
    pub must_change: MustChange,
}

/// What became of a new user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// It exists; this is it.
    User(Box<Account>),
    /// The login is taken in the tenant.
    LoginTaken,
    /// The portal id is or was used in the tenant.
    PortalIdTaken,
    /// The fixed id is or was used.
    IdTaken,
}

/// A change of a user. What is `None` stays.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct UserChange {
    /// A new e-mail address.
    pub email: Option<String>,
    /// A new first name.
    pub first_name: Option<String>,
    /// A new last name.
    pub last_name: Option<String>,
    /// A new status. Suspending and terminating end all sessions, terminating also all keys.
    pub status: Option<Status>,
    /// Locked (`true`) or not. Locking ends all sessions; unlocking also clears the throttle.
    pub locked: Option<bool>,
}

/// A key to be made.
#[derive(Debug)]
pub struct NewApiKey {
    /// The owner as judged.
    pub owner: Stamp,
    /// The caller as judged.
    pub caller: CallerStamp,
    /// The digest of the key.
    pub digest: Digest,
    /// Its first 12 characters.
    pub hint: String,
    /// Who may see it.
    pub visibility: KeyVisibility,
    /// A primary key revokes the one before it.
    pub primary: bool,
    /// When it ends, if ever.
    pub expires: Option<Timestamp>,
    /// From where it may be used.
    pub networks: Networks,
    /// The record.
    pub event: AuditEvent,
}

/// An open session, and when its chain began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSession {
    /// The session.
    pub session: Session,
    /// When the first of its chain was opened.
    pub begun: Timestamp,
}

/// Sessions of a user to be ended.
#[derive(Debug)]
pub struct EndUserSessions {
    /// The user as judged.
    pub target: Stamp,
    /// The caller as judged.
    pub caller: CallerStamp,
    /// Those of this chain alone; else all of every kind.
    pub chain: Option<Digest>,
    /// The act fills in the number of ended sessions.
    pub event: AuditEvent,
}

/// A tenant to be made.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// A fixed id, for sample data and import; else the next free one.
    pub id: Option<TenantId>,
    /// The portal service's company id.
    pub company: Option<CompanyId>,
    /// For people.
    pub name: String,
    /// The licence for Remote Integration.
    pub licensed: bool,
}

/// A change of a tenant. What is `None` stays.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct TenantChange {
    /// The licence for Remote Integration.
    pub licensed: Option<bool>,
    /// Its users cannot authenticate.
    pub suspended: Option<bool>,
}

/// A name that must be unique is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name is taken")]
pub struct Taken;

/// Where password changes become true. Implementations pass the contract suite of `passgate-store`.
#[async_trait]
pub trait Store: Send + Sync {
    // --- Reading: the latest committed state, never waiting for a writer. ---

    /// A tenant.
    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>, StoreError>;
    /// The tenant with this company id.
    async fn tenant_by_company(&self, company: &CompanyId) -> Result<Option<Tenant>, StoreError>;
    /// All tenants by id, after one, at most `limit`.
    async fn tenants(&self, after: Option<TenantId>, limit: u32) -> Result<Vec<Tenant>, StoreError>;
    /// A mailbox (never number 0, which is the tenant itself).
    async fn mailbox(&self, tenant: TenantId, id: MailboxId) -> Result<Option<Mailbox>, StoreError>;
    /// A user's account, whatever its status.
    async fn account(&self, id: UserId) -> Result<Option<Account>, StoreError>;
    /// The account with this portal id in a tenant, whatever its status.
    async fn account_by_portal_id(&self, tenant: TenantId, id: &PortalUserId) -> Result<Option<Account>, StoreError>;
    /// Accounts of a tenant by id, after one, at most `limit`, whatever their status.
    async fn accounts(&self, tenant: TenantId, after: Option<UserId>, limit: u32) -> Result<Vec<Account>, StoreError>;
    /// The account that a name signs in to. Only accounts with [`Account::in_use`] count; locked ones do.
    async fn sign_in_match(&self, name: &NameQuery) -> Result<NameMatch, StoreError>;
    /// A user's account with its stored hash, read at one instant.
    async fn account_and_hash(&self, id: UserId) -> Result<Option<(Account, PasswordHash)>, StoreError>;
    /// A session, open or ended, with its owner.
    async fn session(&self, digest: &Digest) -> Result<Option<(Session, Account)>, StoreError>;
    /// A user's open sessions, oldest first, at most `limit`.
    async fn sessions(&self, user: UserId, now: Timestamp, limit: u32) -> Result<Vec<HeldSession>, StoreError>;
    /// How many open sessions of a kind a user has.
    async fn open_sessions(&self, user: UserId, kind: SessionKind, now: Timestamp) -> Result<u32, StoreError>;
    /// A key, valid or not, with its owner.
    async fn api_key(&self, digest: &Digest) -> Result<Option<(ApiKey, Account)>, StoreError>;
    /// A user's keys by id, revoked ones too, at most `limit`.
    async fn api_keys(&self, user: UserId, limit: u32) -> Result<Vec<ApiKey>, StoreError>;
    /// The chains that hold a record.
    async fn chains(&self) -> Result<Vec<Chain>, StoreError>;
    /// Records of a chain in order, after one, at most `limit`.
    async fn events(&self, chain: Chain, after: i64, limit: u32) -> Result<Vec<StoredEvent>, StoreError>;
    /// The head that the store keeps of a chain: the last sequence and hash; (0, genesis) for none.
    async fn head(&self, chain: Chain) -> Result<(i64, Digest), StoreError>;
    /// Where the kept part of a chain begins: the sequence and hash of the last record that retention removed;
    /// (0, genesis) while all of it is kept.
    async fn anchor(&self, chain: Chain) -> Result<(i64, Digest), StoreError>;
    /// Whether the store can be read and written just now.
    async fn ready(&self) -> Result<(), StoreError>;

    // --- Signing in and out. ---

    /// Counts an attempt before its outcome is known, unless it comes too soon (R60).
    async fn begin_attempt(&self, attempt: &Attempt) -> Result<Admission, StoreError>;
    /// Records a failure and counts it against its source, for all servers and durably (R62).
    async fn record_failure(&self, failure: FailedProof) -> Result<FailureCounted, StoreError>;
    /// Sets a counter to zero, after a proof that no other act completes.
    async fn clear_failures(&self, key: &ThrottleKey) -> Result<(), StoreError>;
    /// Takes back one counted attempt whose outcome was never learnt, since the hashing lane was full. The counter
    /// is as it was before, instant included; if others have counted since, it is less by one.
    async fn forget_attempt(&self, attempt: &Attempt, before: Failures) -> Result<(), StoreError>;
    /// Opens a session, clears the counter, notes the sign-in.
    async fn open_session(&self, act: OpenSession) -> Result<Outcome<Opened>, StoreError>;
    /// Clears the counter after a password was proved without a session, and uses up the nonce.
    async fn password_proved(&self, act: PasswordProved) -> Result<Outcome<NonceUse>, StoreError>;
    /// Moves the end of a session that is in use; of an ended one nothing moves.
    async fn extend_session(&self, digest: &Digest, expires: Timestamp) -> Result<(), StoreError>;
    /// Ends a session. `Stale`: it was ended before.
    async fn end_session(&self, digest: &Digest, event: AuditEvent) -> Result<Outcome<AuditId>, StoreError>;
    /// Exchanges a token. `Stale`: it was ended meanwhile.
    async fn refresh_session(&self, act: RefreshSession) -> Result<Outcome<AuditId>, StoreError>;
    /// Ends every session of a chain, since an ended token was used again (R39). Recorded if one was open.
    async fn end_chain(&self, chain: &Digest, event: AuditEvent) -> Result<(), StoreError>;
    /// Notes the use of a key.
    async fn key_used(&self, id: ApiKeyId, now: Timestamp) -> Result<(), StoreError>;

    // --- Changing users. ---

    /// Makes a password true: hash, version, must-change, sessions, throttle and record at once (R19).
    async fn replace_password(&self, act: ReplacePassword) -> Result<Outcome<Receipt>, StoreError>;
    /// Ends sessions, lifts throttle and lock.
    async fn reset_user(&self, act: ResetUser) -> Result<Outcome<Receipt>, StoreError>;
    /// Ends sessions of a user, and nothing else.
    async fn end_user_sessions(&self, act: EndUserSessions) -> Result<Outcome<Receipt>, StoreError>;
    /// Makes a user; the act fills in the event's target.
    async fn create_user(
        &self,
        user: NewUser,
        caller: CallerStamp,
        event: AuditEvent,
    ) -> Result<Outcome<Created>, StoreError>;
    /// Changes a user; answers what it is now.
    async fn update_user(
        &self,
        target: Stamp,
        caller: CallerStamp,
        change: UserChange,
        event: AuditEvent,
    ) -> Result<Outcome<Account>, StoreError>;
    /// Makes a key.
    async fn create_api_key(&self, act: NewApiKey) -> Result<Outcome<ApiKeyId>, StoreError>;
    /// Revokes a key of a user. `Stale`: it is not there, is revoked already, or the judged has changed.
    async fn revoke_api_key(
        &self,
        id: ApiKeyId,
        owner: Stamp,
        caller: CallerStamp,
        event: AuditEvent,
    ) -> Result<Outcome<()>, StoreError>;

    // --- Tenants. ---

    /// Makes a tenant; the act fills in the event's tenant.
    async fn create_tenant(&self, tenant: NewTenant, event: AuditEvent) -> Result<Result<Tenant, Taken>, StoreError>;
    /// Changes a tenant. `Stale`: there is none.
    async fn update_tenant(
        &self,
        id: TenantId,
        change: TenantChange,
        event: AuditEvent,
    ) -> Result<Outcome<Tenant>, StoreError>;
    /// Makes a mailbox.
    async fn create_mailbox(&self, mailbox: Mailbox, event: AuditEvent) -> Result<Result<(), Taken>, StoreError>;

    // --- Calls (R63). ---

    /// Whether several servers may work over this store at once. The only server of a store counts calls by
    /// itself, in memory; those that share one take them from it.
    fn is_shared(&self) -> bool;
    /// Takes up to `want` calls out of a caller's count, for the server that asks to give out one by one. Not
    /// necessarily durable: after a failure of the database the count may begin anew.
    async fn take_calls(&self, caller: UserId, rate: Rate, want: u32, now: Timestamp)
    -> Result<CallsTaken, StoreError>;

    // --- The record. ---

    /// Records an attempt that changed nothing.
    async fn record(&self, event: AuditEvent) -> Result<AuditId, StoreError>;
}
