//! The gate itself: what its operations share. The operations stand in [`crate::operations`].

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::MutexGuard;

use crate::audit::{Actor, AuditEvent};
use crate::caller::{Caller, Origin, Shown};
use crate::calls::Calls;
use crate::clock::Clock;
use crate::error::{Error, StoreAway};
use crate::hasher::Hasher;
use crate::ids::{TenantId, UserId};
use crate::observer::{Observer, Unobserved};
use crate::password::{NewPassword, Password};
use crate::policy::{BreachList, Names, Policy, Profile, UnusableSettings, Violations, is_listed};
use crate::rate::Rate;
use crate::remembered::Remembered;
use crate::rng::Rng;
use crate::settings::Settings;
use crate::sources::Sources;
use crate::store::{FailedProof, FailureCounted, Store};
use crate::throttle::ThrottleKey;
use crate::turns::Turns;
use crate::user::Account;

/// How often an operation judges again when what it judged has changed meanwhile.
pub(crate) const JUDGEMENTS: usize = 5;

/// The gate. One per process; cheap to share behind an [`Arc`].
pub struct Gate {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) hasher: Arc<dyn Hasher>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) settings: Settings,
    pub(crate) policy: Policy,
    pub(crate) remembered: Remembered,
    breach_list: Option<Arc<dyn BreachList>>,
    observer: Arc<dyn Observer>,
    calls: Calls,
    pub(crate) sources: Sources,
    attempts: Turns,
}

impl Gate {
    /// A gate over these parts.
    pub fn new(
        store: Arc<dyn Store>,
        hasher: Arc<dyn Hasher>,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
        settings: Settings,
    ) -> Result<Self, UnusableSettings> {
        let limits = &settings.limits;
        Ok(Self {
            policy: Policy::new(settings.policy.clone())?,
            remembered: Remembered::new(settings.passwords.remember_verified, rng.as_ref()),
            breach_list: None,
            observer: Arc::new(Unobserved),
            calls: Calls::new(limits.caller_burst, limits.caller_per_second),
            sources: Sources::new(Rate::new(limits.source_failures, limits.source_failures, limits.source_window)),
            attempts: Turns::default(),
            store,
            hasher,
            clock,
            rng,
            settings,
        })
    }

    /// Tells somebody of every outcome from now on.
    #[must_use]
    pub fn observed_by(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    /// Refuses what is on this list too, from now on (R12).
    #[must_use]
    pub fn with_breach_list(mut self, list: Arc<dyn BreachList>) -> Self {
        self.breach_list = Some(list);
        self
    }

    /// Now, by the gate's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What an operator decided about the gate.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The password policy, for doors that show its limits.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The gate's randomness, for request ids.
    pub fn rng(&self) -> &dyn Rng {
        self.rng.as_ref()
    }

    /// Whether the store can be read and written just now.
    pub async fn ready(&self) -> Result<(), Error> {
        Ok(self.store.ready().await?)
    }

    /// The local operator, who holds the store itself in hand and is known by the machine's name for them.
    /// For the command line only: whoever may call this may do everything.
    pub fn operator(&self, origin: Origin, name: String) -> Caller {
        Caller::operator(origin, name)
    }

    /// Records a refusal that a door decided by itself (a body that cannot be read, no credential at all).
    /// `word` is stable and holds nothing that was sent.
    ///
    /// Without a proved caller it counts as a failure of the source address, and is no longer recorded once
    /// there are too many: who sends no credential must not be able to fill the disk.
    pub async fn refused(&self, origin: &Origin, caller: Option<&Caller>, word: &'static str) -> Result<(), Error> {
        self.observer.outcome(origin.door, origin.operation, Some(word));
        let event = |event| AuditEvent { refused: Some(word), ..event };
        match caller {
            Some(caller) => {
                self.store.record(event(self.event_by(caller))).await?;
            }
            None if self.check_source(origin).is_err() => {}
            None => {
                let event = event(self.event(origin, Actor::Unproved, None));
                // Whether it was recorded or too many came before: the door's answer is the same.
                let _ = self.record_failure(event, Unrecorded::IfLimited).await?;
            }
        }
        Ok(())
    }

    pub(crate) fn event(&self, origin: &Origin, actor: Actor, tenant: Option<TenantId>) -> AuditEvent {
        AuditEvent {
            time: self.now(),
            tenant,
            door: origin.door,
            operation: origin.operation,
            actor,
            source: origin.source,
            request: origin.request.as_str().to_owned(),
            target: None,
            refused: None,
            credential_version: None,
            sessions_ended: None,
            note: String::new(),
        }
    }

    /// Judges a new password: by the policy, and then, since that may wait for a disk, by the local breach list.
    pub(crate) async fn accept(
        &self,
        profile: Profile,
        password: &Password,
        names: &Names<'_>,
    ) -> Result<NewPassword, Error> {
        let accepted = self.policy.accept(profile, password.duplicate(), names)?;
        match &self.breach_list {
            Some(list) if is_listed(list.as_ref(), &accepted).await? => Err(Violations::listed().into()),
            Some(_) | None => Ok(accepted),
        }
    }

    /// An event in the caller's own chain.
    pub(crate) fn event_by(&self, caller: &Caller) -> AuditEvent {
        self.event(caller.origin(), caller.actor(), caller.tenant())
    }

    /// An event in the target's chain.
    pub(crate) fn event_about(&self, caller: &Caller, target: &Account) -> AuditEvent {
        let mut event = self.event(caller.origin(), caller.actor(), Some(target.user.tenant));
        event.target = Some(target.user.id);
        event
    }

    /// Tells how an attempt of a proved caller ended, records a refusal, and passes the result on. A failing
    /// store is logged instead: nothing was changed, and the door answers the failure.
    pub(crate) async fn recorded<T>(
        &self,
        caller: &Caller,
        target: Option<UserId>,
        result: Result<T, Error>,
    ) -> Result<T, Error> {
        let result = match result {
            Err(error) => Err(self.record_refusal(caller, target, error).await),
            done @ Ok(_) => done,
        };
        self.told(caller.origin(), result)
    }

    /// What is answered with "come again" leaves no record (decision 4); of a store that is away none could be kept.
    /// Of what it did not confirm the record is tried, since the act may hold. Gives what is to be told: of a wrong
    /// password that could not be counted, why (decision 8).
    pub(crate) async fn record_refusal(&self, caller: &Caller, target: Option<UserId>, error: Error) -> Error {
        if matches!(error, Error::Busy { .. } | Error::StoreAway(StoreAway::Unavailable(_))) {
            return error;
        }
        let mut event = self.event_by(caller);
        event.target = target;
        event.refused = Some(error.word());
        if matches!(error, Error::CurrentPasswordWrong) {
            return self.record_failure(event, Unrecorded::Never).await.err().unwrap_or(error);
        }
        if let Err(cause) = self.store.record(event).await {
            tracing::error!(cause = &cause as &dyn std::error::Error, "a refusal could not be recorded");
        }
        error
    }

    /// Tells how an attempt ended, and passes the result on.
    pub(crate) fn told<T>(&self, origin: &Origin, result: Result<T, Error>) -> Result<T, Error> {
        if let Err(error @ (Error::Store(_) | Error::StoreAway(_))) = &result {
            let (request, operation) = (origin.request.as_str(), origin.operation.name());
            tracing::error!(
                request,
                operation,
                error = error as &dyn std::error::Error,
                "the store failed an operation"
            );
        }
        let refused = result.as_ref().err().map(Error::word);
        self.observer.outcome(origin.door, origin.operation, refused);
        result
    }

    /// Tells of a refusal alone, where the attempt goes on otherwise.
    pub(crate) fn told_if_refused<T>(&self, origin: &Origin, result: Result<T, Error>) -> Result<T, Error> {
        if result.is_err() { self.told(origin, result) } else { result }
    }

    /// Records a failure and counts it against its source, in one. The source that has to wait, and for how long,
    /// is the answer.
    pub(crate) async fn record_failure(
        &self,
        event: AuditEvent,
        unrecorded: Unrecorded,
    ) -> Result<Result<(), Error>, Error> {
        let (source, now) = (event.source, event.time);
        let limit = self.sources.rate;
        let unless_limited = matches!(unrecorded, Unrecorded::IfLimited);
        Ok(match self.store.record_failure(FailedProof { event, limit, unless_limited }).await? {
            FailureCounted::Recorded { arrival } => {
                if let Some(arrival) = arrival {
                    self.sources.note(source, arrival, now);
                }
                Ok(())
            }
            FailureCounted::Limited { arrival } => {
                Err(Error::RateLimited { retry_after: self.sources.note(source, arrival, now).unwrap_or_default() })
            }
        })
    }

    /// The caller as it is now, after something it was judged by has changed.
    pub(crate) async fn again(&self, caller: &Caller) -> Result<Caller, Error> {
        let Some((account, shown)) = caller.account().zip(caller.shown()) else { return Ok(caller.clone()) };
        let now = self.now();
        let read = match shown {
            Shown::Key(_, digest) => self
                .store
                .api_key(digest)
                .await?
                .filter(|(key, _)| key.is_valid(now) && key.networks.hold(caller.origin().door, caller.origin().source))
                .map(|(key, account)| (account, Shown::Key(key.id, key.digest))),
            Shown::Session(session) => self
                .store
                .session(&session.digest)
                .await?
                .filter(|(session, account)| {
                    account.user.locked.is_none() && session.is_open(account.user.credential_version, now)
                })
                .map(|(session, account)| (account, Shown::Session(session))),
            Shown::Password { credential_version } => self
                .store
                .account(account.user.id)
                .await?
                .filter(|account| {
                    account.user.locked.is_none() && account.user.credential_version == *credential_version
                })
                .map(|account| (account, shown.clone())),
        };
        let (account, shown) = read.filter(|(account, _)| account.in_use()).ok_or(Error::Unidentified)?;
        Ok(Caller::user(caller.origin().clone(), account, shown))
    }

    /// One attempt on an account at a time in this process, so that parallel guesses see each other's
    /// failures while parallel good calls do not (R60).
    pub(crate) async fn one_attempt_at_a_time(&self, key: &ThrottleKey) -> MutexGuard<'_, ()> {
        self.attempts.wait(key).await
    }

    /// Refuses a source of which this server knows that it has failed too often. The store looks again when it
    /// counts an attempt or a failure, for all servers.
    pub(crate) fn check_source(&self, origin: &Origin) -> Result<(), Error> {
        match self.sources.wait(origin.source, self.now()) {
            Some(retry_after) => Err(Error::RateLimited { retry_after }),
            None => Ok(()),
        }
    }

    pub(crate) async fn check_call(&self, user: UserId) -> Result<(), Error> {
        let accepted = self.calls.accept(self.store.as_ref(), user, self.now()).await;
        accepted.map_err(|retry_after| Error::RateLimited { retry_after })
    }
}

/// Whether a failure may go unrecorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unrecorded {
    /// It was judged: it leaves its record.
    Never,
    /// It is counted and recorded unless its source has failed too often already. Decision 4.
    IfLimited,
}
