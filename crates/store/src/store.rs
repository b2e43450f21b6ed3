//! [`Store`] over any engine: each act of the trait is handed to the engine, and nothing more.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::audit::{AuditEvent, AuditId, Chain, GENESIS, StoredEvent};
use passgate_gate::digest::Digest;
use passgate_gate::ids::{ApiKeyId, CompanyId, MailboxId, PortalUserId, TenantId, UserId};
use passgate_gate::password::PasswordHash;
use passgate_gate::rate::Rate;
use passgate_gate::session::{ApiKey, Session, SessionKind};
use passgate_gate::store::{
    Admission, Attempt, CallerStamp, CallsTaken, Created, EndUserSessions, FailedProof, FailureCounted, HeldSession,
    NameMatch, NameQuery, NewApiKey, NewTenant, NewUser, NonceUse, OpenSession, Opened, Outcome, PasswordProved,
    Receipt, RefreshSession, ReplacePassword, ResetUser, Store, StoreError, Taken, TenantChange, UserChange,
};
use passgate_gate::throttle::{Failures, ThrottleKey};
use passgate_gate::user::{Account, Mailbox, Stamp, Tenant};

use crate::sql::Engine;
use crate::{acts, reads};

/// A store over an engine. Made by what the engine offers, such as [`crate::SqliteStore::open`].
pub struct SqlStore<E> {
    pub(crate) engine: E,
}

impl<E> fmt::Debug for SqlStore<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl<E: Engine> Store for SqlStore<E> {
    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>, StoreError> {
        self.engine.read(&reads::TenantById(id)).await
    }

    async fn tenant_by_company(&self, company: &CompanyId) -> Result<Option<Tenant>, StoreError> {
        self.engine.read(&reads::TenantByCompany(company)).await
    }

    async fn tenants(&self, after: Option<TenantId>, limit: u32) -> Result<Vec<Tenant>, StoreError> {
        self.engine.read(&reads::TenantsAfter { after, limit }).await
    }

    async fn mailbox(&self, tenant: TenantId, id: MailboxId) -> Result<Option<Mailbox>, StoreError> {
        self.engine.read(&reads::MailboxById(tenant, id)).await
    }

    async fn account(&self, id: UserId) -> Result<Option<Account>, StoreError> {
        self.engine.read(&reads::AccountById(id)).await
    }

    async fn account_by_portal_id(&self, tenant: TenantId, id: &PortalUserId) -> Result<Option<Account>, StoreError> {
        self.engine.read(&reads::AccountByPortalId(tenant, id)).await
    }

    async fn accounts(&self, tenant: TenantId, after: Option<UserId>, limit: u32) -> Result<Vec<Account>, StoreError> {
        self.engine.read(&reads::AccountsAfter { tenant, after, limit }).await
    }

    async fn sign_in_match(&self, name: &NameQuery) -> Result<NameMatch, StoreError> {
        self.engine.read(&reads::SignInMatch(name)).await
    }

    async fn account_and_hash(&self, id: UserId) -> Result<Option<(Account, PasswordHash)>, StoreError> {
        self.engine.read(&reads::AccountAndHashById(id)).await
    }

    async fn session(&self, digest: &Digest) -> Result<Option<(Session, Account)>, StoreError> {
        self.engine.read(&reads::SessionByDigest(digest)).await
    }

    async fn sessions(&self, user: UserId, now: Timestamp, limit: u32) -> Result<Vec<HeldSession>, StoreError> {
        self.engine.read(&reads::HeldSessionsOf { user, now, limit }).await
    }

    async fn open_sessions(&self, user: UserId, kind: SessionKind, now: Timestamp) -> Result<u32, StoreError> {
        self.engine.read(&reads::OpenSessionsOf { user, kind, now }).await
    }

    async fn api_key(&self, digest: &Digest) -> Result<Option<(ApiKey, Account)>, StoreError> {
        self.engine.read(&reads::ApiKeyByDigest(digest)).await
    }

    async fn api_keys(&self, user: UserId, limit: u32) -> Result<Vec<ApiKey>, StoreError> {
        self.engine.read(&reads::ApiKeysOf { user, limit }).await
    }

    async fn chains(&self) -> Result<Vec<Chain>, StoreError> {
        self.engine.read(&reads::AllChains).await
    }

    async fn events(&self, chain: Chain, after: i64, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
        self.engine.read(&reads::EventsAfter { chain, after, limit }).await
    }

    async fn head(&self, chain: Chain) -> Result<(i64, Digest), StoreError> {
        self.engine.read(&reads::HeadOf(chain)).await
    }

    async fn anchor(&self, chain: Chain) -> Result<(i64, Digest), StoreError> {
        let anchor = self.engine.read(&reads::AnchorOf(chain)).await?;
        Ok(anchor.map_or((0, Digest::from_bytes(GENESIS)), |checkpoint| (checkpoint.id.sequence, checkpoint.hash)))
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.engine.read(&reads::TenantsAfter { after: None, limit: 1 }).await?;
        self.engine.write(acts::Ready).await
    }

    async fn begin_attempt(&self, attempt: &Attempt) -> Result<Admission, StoreError> {
        self.engine.write(acts::BeginAttempt(attempt.clone())).await
    }

    async fn record_failure(&self, failure: FailedProof) -> Result<FailureCounted, StoreError> {
        self.engine.write(failure).await
    }

    async fn clear_failures(&self, key: &ThrottleKey) -> Result<(), StoreError> {
        self.engine.write(acts::ClearFailures(key.clone())).await
    }

    async fn forget_attempt(&self, attempt: &Attempt, before: Failures) -> Result<(), StoreError> {
        self.engine.write(acts::ForgetAttempt { attempt: attempt.clone(), before }).await
    }

    async fn open_session(&self, act: OpenSession) -> Result<Outcome<Opened>, StoreError> {
        self.engine.write(act).await
    }

    async fn password_proved(&self, act: PasswordProved) -> Result<Outcome<NonceUse>, StoreError> {
        self.engine.write(act).await
    }

    async fn extend_session(&self, digest: &Digest, expires: Timestamp) -> Result<(), StoreError> {
        self.engine.write(acts::ExtendSession { digest: *digest, expires }).await
    }

    async fn end_session(&self, digest: &Digest, event: AuditEvent) -> Result<Outcome<AuditId>, StoreError> {
        self.engine.write(acts::EndSession { digest: *digest, event }).await
    }

    async fn refresh_session(&self, act: RefreshSession) -> Result<Outcome<AuditId>, StoreError> {
        self.engine.write(act).await
    }

    async fn end_chain(&self, chain: &Digest, event: AuditEvent) -> Result<(), StoreError> {
        self.engine.write(acts::EndChain { chain: *chain, event }).await
    }

    async fn key_used(&self, id: ApiKeyId, now: Timestamp) -> Result<(), StoreError> {
        let minute = acts::to_the_minute(now);
        // Most uses fall into a minute that is noted already: a read is a hundred times cheaper.
        if self.engine.read(&reads::LastUseOf(id)).await?.is_some_and(|noted| noted >= minute) {
            return Ok(());
        }
        self.engine.write(acts::UseKey { id, minute }).await
    }

    async fn replace_password(&self, act: ReplacePassword) -> Result<Outcome<Receipt>, StoreError> {
        self.engine.write(act).await
    }

    async fn reset_user(&self, act: ResetUser) -> Result<Outcome<Receipt>, StoreError> {
        self.engine.write(act).await
    }

    async fn end_user_sessions(&self, act: EndUserSessions) -> Result<Outcome<Receipt>, StoreError> {
        self.engine.write(act).await
    }

    async fn create_user(
        &self,
        user: NewUser,
        caller: CallerStamp,
        event: AuditEvent,
    ) -> Result<Outcome<Created>, StoreError> {
        self.engine.write(acts::CreateUser { user, caller, event }).await
    }

    async fn update_user(
        &self,
        target: Stamp,
        caller: CallerStamp,
        change: UserChange,
        event: AuditEvent,
    ) -> Result<Outcome<Account>, StoreError> {
        self.engine.write(acts::UpdateUser { target, caller, change, event }).await
    }

    async fn create_api_key(&self, act: NewApiKey) -> Result<Outcome<ApiKeyId>, StoreError> {
        self.engine.write(act).await
    }

    async fn revoke_api_key(
        &self,
        id: ApiKeyId,
        owner: Stamp,
        caller: CallerStamp,
        event: AuditEvent,
    ) -> Result<Outcome<()>, StoreError> {
        self.engine.write(acts::RevokeApiKey { id, owner, caller, event }).await
    }

    async fn create_tenant(&self, tenant: NewTenant, event: AuditEvent) -> Result<Result<Tenant, Taken>, StoreError> {
        self.engine.write(acts::CreateTenant { tenant, event }).await
    }

    async fn update_tenant(
        &self,
        id: TenantId,
        change: TenantChange,
        event: AuditEvent,
    ) -> Result<Outcome<Tenant>, StoreError> {
        self.engine.write(acts::UpdateTenant { id, change, event }).await
    }

    async fn create_mailbox(&self, mailbox: Mailbox, event: AuditEvent) -> Result<Result<(), Taken>, StoreError> {
        self.engine.write(acts::CreateMailbox { mailbox, event }).await
    }

    fn is_shared(&self) -> bool {
        self.engine.is_shared()
    }

    async fn take_calls(
        &self,
        caller: UserId,
        rate: Rate,
        want: u32,
        now: Timestamp,
    ) -> Result<CallsTaken, StoreError> {
        self.engine.write(acts::TakeCalls { caller, rate, want, now }).await
    }

    async fn record(&self, event: AuditEvent) -> Result<AuditId, StoreError> {
        self.engine.write(acts::Record(event)).await
    }
}
