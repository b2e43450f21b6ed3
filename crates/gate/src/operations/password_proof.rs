//! Proving a password: the one place where a password is compared, for all doors alike.
//! Contract: authorisation 3.1 (login names), 3.6; R54 to R60.

use std::net::IpAddr;

use crate::Gate;
use crate::audit::Door;
use crate::caller::Origin;
use crate::digest::Digest;
use crate::error::Error;
use crate::gate::Unrecorded;
use crate::hasher::{HashingError, Share, Verification};
use crate::ids::{CompanyId, PortalUserId};
use crate::password::{Password, PasswordHash};
use crate::rate::Source;
use crate::store::{Admission, Attempt, NameMatch, NameQuery};
use crate::throttle::{Failures, ThrottleKey};
use crate::user::{Account, MustChange, name_key};

/// A password that was right, with what the transaction that builds on it needs.
pub(crate) struct Proved {
    pub(crate) account: Account,
    pub(crate) throttle: ThrottleKey,
    pub(crate) rehash: Option<PasswordHash>,
}

/// An attempt that was counted as a failure before its outcome is known.
pub(crate) struct Counted {
    pub(crate) attempt: Attempt,
    /// What was counted before it.
    pub(crate) before: Failures,
}

/// What became of a comparison.
pub(crate) enum Comparison {
    /// Right, and the account may be used. What was counted is cleared by the act that builds on it.
    Right(Box<Proved>, Counted),
    /// Wrong, unknown, throttled, locked or past its time: one and the same to the caller. The account is
    /// for the record.
    Wrong(Option<Box<Account>>),
}

impl NameQuery {
    /// What a caller typed as its name. The last `@` names the tenant if what follows has the form of a
    /// company id. The portal service goes by its own user ids, every other door by logins.
    /// Contract: authorisation 3.1, R86.
    pub fn parse(door: Door, name: &str) -> Self {
        let key = name_key(name);
        let parts = key.rsplit_once('@').and_then(|(user, company)| Some((user, company.parse::<CompanyId>().ok()?)));
        match (door, parts) {
            (Door::Omnitracs, Some((user, company))) => match user.parse::<PortalUserId>() {
                Ok(id) => Self::PortalIdIn(company, id),
                // No portal id looks like this, so that it is found nowhere, in that tenant as elsewhere.
                Err(_) => Self::LoginIn(company, String::new()),
            },
            (Door::Omnitracs, None) => Self::PortalId(key.parse().ok(), key),
            (_, Some((user, company))) => Self::LoginIn(company, user.to_owned()),
            (_, None) => Self::Login(key),
        }
    }

    fn is_of_portal(&self) -> bool {
        match self {
            Self::PortalIdIn(..) | Self::PortalId(..) => true,
            Self::LoginIn(..) | Self::Login(_) => false,
        }
    }

    fn throttle_key(&self) -> ThrottleKey {
        let text = match self {
            Self::LoginIn(company, login) => format!("{login}@{company}"),
            Self::PortalIdIn(company, id) => format!("{id}@{company}"),
            Self::Login(login) => login.clone(),
            Self::PortalId(_, key) => key.clone(),
        };
        ThrottleKey::Name(Digest::of(name_key(&text).as_bytes()))
    }
}

impl Gate {
    /// Who a name leads to, and under what its failures are counted.
    pub(crate) async fn lookup(
        &self,
        name: &NameQuery,
    ) -> Result<(Option<(Box<Account>, PasswordHash)>, ThrottleKey), Error> {
        Ok(match self.store.sign_in_match(name).await? {
            // A tenant without a company id is not reachable through the portal service.
            NameMatch::One(account, hash) if !name.is_of_portal() || account.tenant.company.is_some() => {
                let key = ThrottleKey::User(account.user.id);
                (Some((account, hash)), key)
            }
            NameMatch::One(..) | NameMatch::None | NameMatch::Several => (None, name.throttle_key()),
        })
    }

    /// Compares a password with an account's, or does the same work where there is none. The attempt is
    /// counted before the comparison and stays counted unless the caller of this completes it with an act
    /// that clears the counter. Whether a right password may be used for what it is shown for is `usable`'s
    /// to say.
    pub(crate) async fn compare(
        &self,
        found: Option<(Box<Account>, PasswordHash)>,
        throttle: ThrottleKey,
        source: Option<IpAddr>,
        share: Share,
        password: &Password,
        usable: impl FnOnce(&Self, &Account) -> bool + Send,
    ) -> Result<Comparison, Error> {
        let now = self.now();
        let limited = self.sources.rate.zip(source).map(|(rate, source)| (Source::of(source), rate));
        let attempt = Attempt { key: throttle, throttle: self.settings.throttle, source: limited, now };
        let counted = match self.store.begin_attempt(&attempt).await? {
            Admission::Admitted { before } => Counted { attempt, before },
            Admission::Throttled => return Ok(Comparison::Wrong(found.map(|(account, _)| account))),
            Admission::SourceLimited { arrival } => {
                let retry_after = self.sources.note(source, arrival, now).unwrap_or_default();
                return Err(Error::RateLimited { retry_after });
            }
        };
        let stored = found.as_ref().map(|(_, hash)| hash);
        let verification = match self.hasher.verify(share, password, stored).await {
            Ok(verification) => verification,
            Err(error) => return Err(self.never_judged(&counted, error).await),
        };
        let Some((account, _)) = found else { return Ok(Comparison::Wrong(None)) };
        match verification {
            Verification::Match { outdated } if usable(self, &account) => {
                let rehash = if outdated { self.hasher.rehash(share, password).await.ok() } else { None };
                let proved = Proved { account: *account, throttle: counted.attempt.key.clone(), rehash };
                Ok(Comparison::Right(Box::new(proved), counted))
            }
            Verification::Match { .. } | Verification::Mismatch => Ok(Comparison::Wrong(Some(account))),
        }
    }

    pub(crate) async fn never_judged(&self, counted: &Counted, error: HashingError) -> Error {
        match self.store.forget_attempt(&counted.attempt, counted.before).await {
            Ok(()) => error.into(),
            Err(store) => store.into(),
        }
    }

    /// Whether a right password lets somebody in: not under a lock, and not past its time.
    /// Contract: authorisation 3.5, 3.6.
    pub(crate) fn usable(&self, account: &Account) -> bool {
        account.user.locked.is_none() && self.has_not_lapsed(account)
    }

    /// Not a temporary password past its time. Contract: authorisation 3.5.
    pub(crate) fn has_not_lapsed(&self, account: &Account) -> bool {
        let life = self.settings.passwords.temporary_life;
        let user = &account.user;
        let lapsed = user.must_change == MustChange::Required
            && !user.password_used
            && !life.is_zero()
            && self.now().duration_since(user.password_set_at) > life;
        !lapsed
    }

    /// A key or a session that is none. Such secrets are looked at even when their source has failed too often,
    /// for whoever holds a good one must not be shut out by the guesses of others behind the same address (R61);
    /// a bad one is then told to wait, and leaves no record. `why` becomes the record's note.
    pub(crate) async fn failed_secret(&self, origin: &Origin, account: Option<&Account>, why: &str) -> Error {
        match self.check_source(origin) {
            Ok(()) => self.failed(origin, account, Error::Unidentified, why, Unrecorded::IfLimited).await,
            Err(limited) => limited,
        }
    }

    /// Records a failed proof of whatever kind, and counts it against its source. What could not be counted is not
    /// told as judged.
    pub(crate) async fn failed_proof(&self, origin: &Origin, account: Option<&Account>, error: Error) -> Error {
        self.failed(origin, account, error, "", Unrecorded::Never).await
    }

    async fn failed(
        &self,
        origin: &Origin,
        account: Option<&Account>,
        error: Error,
        why: &str,
        unrecorded: Unrecorded,
    ) -> Error {
        let mut event = self.event(origin, crate::audit::Actor::Unproved, account.map(|account| account.user.tenant));
        event.target = account.map(|account| account.user.id);
        event.refused = Some(error.word());
        why.clone_into(&mut event.note);
        match self.record_failure(event, unrecorded).await {
            Ok(Ok(())) => error,
            Ok(Err(limited)) => limited,
            Err(store) => store,
        }
    }
}
